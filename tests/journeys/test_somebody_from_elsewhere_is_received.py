"""Whoever lives elsewhere reads where their own clinic is, and is received here all the same, by themselves or at the desk."""

from portal.booking.models import Appointment
from portal.community.models import Community
from portal.consultations.models import Consultation
from tests import make
from tests.journeys.steps import number_on, prove, stranger

AGREED = ["sensitive", "firm"]


async def test_who_lives_elsewhere_is_told_of_the_nearer_clinic_and_books_here_without_a_word_more(cast):
    await make.duty(cast.chen)
    here, theirs = cast.places.community, await Community.get(id=cast.other.places.community.id)
    an = stranger()
    await an.post("/communities", {"community": str(here.id)})
    page = await an.get("/book/story?topic=debt")
    page = await page.press("下一步：选时间", words="隔壁单元的人借了我三万元。")
    page = await prove(await page.form("/book/times?topic=debt").submit(), "13800000011")
    assert page.path == "/book/confirm" and page.has(f"您登记在{theirs.name}", theirs.address, "照常往下办")
    page = await page.form("/book/confirm").fill(consent=AGREED).submit("确认预约")
    made = await Appointment.get(number=number_on(page))
    assert page.has("约好了") and made.community_id == here.id and made.person_id == cast.other.an.id

    fang = await make.sign_in(stranger(), cast.fang)
    asked = await Consultation.get(appointment_id=made.id)
    assert (await fang.get(f"/consultations/{asked.number}")).has("别的社区的居民"), (
        "staff weigh it; nothing is barred"
    )
    page = await fang.get("/counter")
    page = await page.form("/counter").fill(phone="13800000011", name="安居民", topic="debt").submit()
    assert page.status == 200 and await Appointment.filter(person_id=cast.other.an.id).count() == 2
