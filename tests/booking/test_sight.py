"""Who reads what of an appointment and of a place on the waitlist, and what a passphrase hides of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal
from portal.booking.models import Appointment, Wait
from portal.conflicts.models import Wall
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.people import actions as people
from portal.people.models import ContactBy, Proxy, Scope, Session
from tests import make
from tests.forms_browser import Browser

NAME, PHONE, NEEDS, WHY = "梅秀英", "13800000001", "金丝雀听力不好", "金丝雀改期原因"
TOLD = "金丝雀候补的话"
STRANGERS = ("yu", "tao", "wu", "lin", "xu", "sun", "bai", "qiu", "jiang", "kong")


@pytest.fixture
async def booked(cast) -> SimpleNamespace:
    """Mei's appointment with Chen and her place on the waitlist, with what she confided in both."""
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen), needs=NEEDS, reason=WHY)
    async with transaction():
        wait = await Wait.create(person=cast.mei, topic="debt", typed={"words": TOLD}, **make.here())
        agent = await make.person("代理人")
        ends_on = clock.today() + timedelta(days=3)
        await Proxy.create(resident=cast.mei, agent=agent, scopes=[Scope.BOOK], ends_on=ends_on)
    day = clock.day_of(appointment.starts_at).isoformat()
    path = f"/appointments/{appointment.number}"
    return SimpleNamespace(
        appointment=appointment,
        wait=wait,
        agent=agent,
        pages=[path, f"{path}/slip", f"{path}/calendar.ics", f"{path}/move", f"/waitlist/{wait.number}"],
        lists=["/appointments", f"/queue?day={day}", "/queue/affected", "/waitlist", "/desk", "/"],
    )


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def read(who, *paths: str) -> str:
    """Everything these addresses say to this person."""
    browser = await browser_of(who)
    return "\n".join([(await browser.get(path, follow=True)).html for path in paths])


async def test_outsiders_find_nothing_at_all(cast, booked):
    elsewhere = [cast.other.an, cast.other.ge, cast.other.tang, cast.other.pan, cast.other.shi]
    for who in [*(getattr(cast, name) for name in STRANGERS), *elsewhere]:
        browser = await browser_of(who)
        for path in booked.pages:
            assert (await browser.get(path)).status == 404, (who.name if hasattr(who, "name") else who, path)
        for path in booked.pages[::4]:
            assert (await browser.post(f"{path}/telephone")).status == 404
        said = await read(who, *booked.lists)
        for canary in (NAME, "梅*", PHONE, "金丝雀", booked.appointment.number, booked.wait.number):
            assert canary not in said, (who, canary)


async def test_staff_receive_somebody_without_reading_what_they_confided(cast, booked):
    for who in (cast.fang, cast.he, cast.guo):
        said = await read(who, *booked.pages, *booked.lists)
        assert NAME in said and NEEDS in said
        assert not [canary for canary in (PHONE, WHY, TOLD) if canary in said]
        lists = await read(who, *booked.lists)
        assert NAME not in lists and "梅**" in lists
    assert [entry for entry in await journal.of(booked.appointment) if entry["verb"] == "open"] == []


async def test_a_telephone_is_shown_when_asked_for_and_that_is_written_down(cast, booked):
    fang = await browser_of(cast.fang)
    for record, path in ((booked.appointment, booked.pages[0]), (booked.wait, booked.pages[4])):
        page = await fang.get(path)
        assert page.has("138****0001") and not page.has(PHONE)
        assert (await page.press("显示电话")).has(PHONE)
        assert not (await fang.get(path)).has(PHONE)
        entries = [entry for entry in await journal.of(record) if entry["verb"] == "unmask"]
        assert [(entry["actor"], entry["detail"]) for entry in entries] == [
            (cast.fang.id, {"whose": cast.mei.number})
        ]


async def test_whoever_books_for_somebody_sees_when_and_where(cast, booked):
    said = await read(booked.agent, *booked.pages)
    assert booked.appointment.number in said and "陈明理" in said
    assert not [canary for canary in (PHONE, NEEDS, WHY, TOLD) if canary in said]
    agent = await browser_of(booked.agent)
    assert (await agent.post(f"{booked.pages[4]}/departure")).status == 403
    # Who may book for somebody may also cancel for them; a grant that is over lets them do neither.
    assert (await agent.post(f"{booked.pages[0]}/cancellation")).status == 303
    async with transaction():
        await Proxy.all().update(revoked_at=clock.now())
    assert (await agent.post(f"{booked.pages[0]}/cancellation")).status == 404


async def test_a_wall_hides_the_appointment_and_every_move_of_it(cast, booked):
    async with transaction():
        await Wall.create(firm=cast.hengdao, matter_kind="appointment", matter=booked.appointment.id)
    chen = await browser_of(cast.chen)
    for path in booked.pages[:4]:
        assert (await chen.get(path)).status == 404
    for move in ("arrival", "call", "absence", "cancellation", "move", "telephone"):
        assert (await chen.post(f"{booked.pages[0]}/{move}")).status == 404, move
    said = await read(cast.chen, *booked.lists[1:])
    assert not [canary for canary in (NAME, booked.appointment.number, NEEDS) if canary in said]


# -- behind a passphrase -----------------------------------------------------------------------------------------------

SAID = "槐花落了一地"
WORDS = "他又动手了，我想问怎么办。"


async def told(browser: Browser, passphrase: str = SAID, **more):
    """The story of somebody who is being hurt, up to the page that offers a passphrase."""
    page = await browser.get("/book/story?topic=marriage_family")
    form = page.form("/book/story").fill(words=WORDS, contact_by="sms", dangers=["violence"])
    page = await form.submit()
    form = page.form("/book/safety").fill(passphrase=passphrase, protect_by="call", **more)
    return page, form


async def test_a_passphrase_is_offered_to_whoever_is_hurt_and_never_asked_for(cast):
    page, _form = await told(Browser(app))
    assert page.has("可以设一个口令", "不设也一样能约")
    went_on = await page.click("继续选时间")
    assert went_on.path == "/book/times"
    page = await Browser(app).get("/book/story?topic=debt")
    page = await page.form("/book/story").fill(words=WORDS, contact_by="sms", dangers=["eviction"]).submit()
    assert not page.has("口令")


@pytest.mark.parametrize("poor", ["短", "111111", "ａ" * 6])
async def test_a_poor_passphrase_is_refused_where_it_is_typed(cast, poor):
    _page, form = await told(Browser(app), poor)
    refused = await form.submit()
    assert refused.status == 422 and refused.errors()
    assert (await refused.browser.get("/book/safety")).has("可以设一个口令")


async def test_what_is_booked_with_a_passphrase_is_seen_only_by_who_says_it(cast):
    await make.duty(cast.lin)
    mei = await browser_of(cast.mei)
    _page, form = await told(mei)
    page = await form.submit()
    assert page.path == "/book/times" and page.has("口令记住了")
    page = await page.form("/book/times?topic=marriage_family").submit()
    confirm = page.form("/book/confirm")
    assert page.has("会设口令") and not page.has(SAID)
    page = await confirm.fill(consent=confirm.choices("consent")).submit()
    appointment = await Appointment.get(person_id=cast.mei.id)
    assert page.path == f"/appointments/{appointment.number}" and page.has("约好了")
    consultation = await Consultation.get(appointment_id=appointment.id)
    assert appointment.protection_id and appointment.protection_id == consultation.protection_id
    assert (await mei.get(f"/consultations/{consultation.number}")).has(WORDS)

    another = await browser_of(cast.mei)  # whoever holds her telephone
    ways = [f"/appointments/{appointment.number}{end}" for end in ("", "/slip", "/calendar.ics", "/move")]
    for path in (*ways, f"/consultations/{consultation.number}"):
        assert (await another.get(path)).status == 404, path
    said = await read(cast.mei, "/desk", "/", "/me", f"/lookup?number={appointment.number}")
    assert WORDS not in said and f"/appointments/{appointment.number}" not in said
    # nor is anything said by a refusal
    await make.duty(cast.chen)
    await another.post("/book/times?topic=debt", {"slot": (await _written(appointment)), "topic": "debt"})
    page = await another.get("/book/confirm")
    form = page.form("/book/confirm")
    form.fill(words="另一件事", **({"consent": form.choices("consent")} if "consent" in form else {}))
    await form.submit()
    assert await Appointment.filter(person_id=cast.mei.id, protection_id=None).count() == 1


async def _written(appointment) -> str:
    from portal.booking.forms import write_time

    return write_time(appointment.starts_at)


async def test_a_question_left_behind_a_passphrase_is_rung_about_as_its_resident_chose(cast):
    mei = await browser_of(cast.mei)
    _page, form = await told(mei)
    page = await form.submit("记住口令，请你们联系我")
    leaving = page.form("/book/triage")
    page = await leaving.fill(consent=leaving.choices("consent")).submit()
    consultation = await Consultation.get(person_id=cast.mei.id)
    assert page.path == f"/consultations/{consultation.number}" and consultation.protection_id
    fang = await browser_of(cast.fang)
    page = await fang.get(f"/consultations/{consultation.number}")
    assert page.has("受保护居民") and not page.has(NAME) and not page.has("动手")
    assert (await page.press("显示电话")).has(PHONE)
    async with transaction():
        protection = (await Consultation.get(id=consultation.id).select_related("protection")).protection
        await type(protection).filter(id=protection.id).update(contact_by=ContactBy.PAPER)
    assert (await fang.post(f"/consultations/{consultation.number}/telephone")).status == 404


async def test_a_place_on_the_waitlist_takes_its_passphrase_into_the_appointment(cast):
    mei = await browser_of(cast.mei)
    _page, form = await told(mei)
    await form.submit()
    page = await mei.get("/waitlist/new?topic=marriage_family")
    joining = page.form("/waitlist/new")
    await joining.fill(consent=joining.choices("consent")).submit()
    wait = await Wait.get(person_id=cast.mei.id)
    assert wait.protection_id and SAID not in str(wait.typed)
    assert (await mei.get(f"/waitlist/{wait.number}")).status == 200
    assert (await (await browser_of(cast.mei)).get(f"/waitlist/{wait.number}")).status == 404
    page = await (await browser_of(cast.fang)).get("/waitlist")
    rows = " ".join(page.all("//tbody//text()"))
    assert wait.number in rows and "受保护居民" in rows and "梅" not in rows and "离婚" not in rows
    page = await (await browser_of(cast.fang)).get("/waitlist?topic=marriage_family")
    assert not page.has(wait.number)


async def test_what_is_printed_or_kept_outside_of_a_protected_appointment_says_nothing(cast, booked):
    async with transaction():
        protection = await people.protect(cast.mei, SAID, ContactBy.NONE)
        await Appointment.filter(id=booked.appointment.id).update(protection_id=protection.id)
    mei = await browser_of(cast.mei)
    session = await Session.filter(person_id=cast.mei.id).order_by("-created_at").first()
    await people.say(cast.mei, session, SAID)
    entry = (await mei.get(booked.pages[2])).html
    assert "服务中心预约" in entry and booked.appointment.number not in entry and "URL:" not in entry
    slip = await mei.get(booked.pages[1])
    assert slip.status == 200 and not slip.has("陈明理") and not slip.has("法律诊所一楼")
    for who in (cast.fang, cast.chen):
        listed = await read(who, booked.lists[1])
        assert "受保护居民" in listed and NAME not in listed and NEEDS not in listed and "借钱" not in listed
    staff = await read(cast.fang, booked.pages[0], "/appointments")
    assert not [canary for canary in (NAME, "梅*", PHONE, NEEDS) if canary in staff]
    fang = await browser_of(cast.fang)
    for asked in (NAME, "0001"):
        assert not (await fang.get(f"/appointments?q={asked}")).has(booked.appointment.number)
    assert (await fang.get(f"/appointments?q={booked.appointment.number}")).has("受保护居民")
    assert (await fang.post(f"{booked.pages[0]}/telephone")).status == 404
