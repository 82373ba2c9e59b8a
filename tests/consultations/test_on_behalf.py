"""Who holds a resident's grant books for them, moves and cancels it; taken back, it opens nothing from that moment on."""

from datetime import datetime, timedelta

import pytest

from app import app
from portal import clock
from portal.booking import actions as booking
from portal.booking.models import Appointment, Hold, State
from portal.consultations.actions import proxies
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation
from portal.errors import Forbidden, Refusal
from portal.law.topics import Topic
from portal.notices import Notice
from portal.people import actions as people
from portal.people import consents, proxy_queries
from portal.people.models import Scope
from tests import make
from tests.forms_browser import Browser, Page

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        yield


async def granted(cast, *scopes: Scope, agrees: bool = True) -> None:
    """Mei lets Tao act for her."""
    await people.appoint(cast.mei, cast.tao.phone, scopes or [Scope.BOOK], clock.today() + timedelta(days=30))
    if agrees:
        await people.agree(cast.mei, consents.BOOKING)
    await people.agree(cast.tao, consents.BOOKING)


async def at_the_last_page(cast) -> tuple[Browser, Page]:
    """Tao holds a time and reads everything once more."""
    browser = await make.sign_in(Browser(app), cast.tao)
    page = await (await browser.get("/book/times?topic=debt")).form("/book/times?topic=debt").submit()
    return browser, page


async def test_an_agent_books_for_the_resident_who_is_told_and_sees_it(cast):
    await make.duty(cast.chen)
    await granted(cast)
    _browser, page = await at_the_last_page(cast)
    form = page.form("/book/confirm")
    assert form.choices("for_whom") == ["", cast.mei.number]
    shown = await form.fill(for_whom=cast.mei.number, mode="desk", words="她借给邻居三万元").submit()
    booked = await Appointment.get()
    assert shown.path == f"/appointments/{booked.number}" and shown.status == 200
    assert (booked.person_id, booked.booked_by_id) == (cast.mei.id, cast.tao.id)
    assert await Notice.filter(kind="booking/booked", person_id=cast.mei.id).count() == 1
    asked = await Consultation.get()
    assert (asked.person_id, asked.words) == (cast.mei.id, "她借给邻居三万元")


async def test_an_agent_moves_and_cancels_and_after_the_grant_is_taken_back_finds_nothing(cast):
    duty = await make.duty(cast.chen)
    booked = await make.appointment(cast.mei, duty.made[0])
    await granted(cast)
    browser = await make.sign_in(Browser(app), cast.tao)
    page = await browser.get(f"/appointments/{booked.number}/move")
    await page.form(f"/appointments/{booked.number}/move").submit()
    moved = await Appointment.get()
    assert moved.starts_at != duty.made[0].starts_at
    (proxy,) = await proxy_queries.proxies_by(cast.mei)
    await people.dismiss(cast.mei, proxy)
    assert (await browser.get(f"/appointments/{booked.number}")).status == 404
    assert (await browser.post(f"/appointments/{booked.number}/cancellation", {"reason": ""})).status == 404
    assert (await Appointment.get()).state == State.BOOKED
    await people.appoint(cast.mei, cast.tao.phone, [Scope.BOOK], clock.today() + timedelta(days=1))
    await browser.post(f"/appointments/{booked.number}/cancellation", {"reason": "她住院了"})
    assert (await Appointment.get()).state == State.CANCELLED


async def test_a_grant_taken_back_a_moment_ago_books_nothing(cast):
    at = (await make.slot(cast.chen)).starts_at
    await granted(cast)
    await booking.hold("b", at, Topic.DEBT)
    (proxy,) = await proxy_queries.proxies_by(cast.mei)
    await people.dismiss(cast.mei, proxy)
    with pytest.raises(Forbidden, match="授权"):
        await proxies.ask_for(cast.tao, cast.mei, "b", Intake(topic="debt", words="借钱不还"))
    assert not await Appointment.all().exists() and await Hold.filter(browser="b").exists()


@pytest.mark.parametrize("scope", [Scope.ADVICE, Scope.MEDIATION, Scope.ASK_BACK])
async def test_who_was_granted_something_else_is_not_even_asked_for_whom(cast, scope):
    await make.duty(cast.chen)
    await granted(cast, scope)
    browser, page = await at_the_last_page(cast)
    assert "for_whom" not in page.form("/book/confirm")
    forged = await browser.post(
        "/book/confirm", {"for_whom": cast.mei.number, "mode": "desk", "words": "借钱不还"}
    )
    assert forged.status == 422 and not await Appointment.all().exists()
    with pytest.raises(Forbidden):
        await proxies.ask_for(cast.tao, cast.mei, "b", Intake(topic="debt", words="借钱不还"))


async def test_nobody_agrees_for_somebody_else(cast):
    await make.duty(cast.chen)
    await granted(cast, agrees=False)
    _browser, page = await at_the_last_page(cast)
    refused = await page.form("/book/confirm").fill(for_whom=cast.mei.number, words="借钱不还").submit()
    assert refused.status == 422 and refused.has("本人还没有同意")
    again = refused.form("/book/confirm")
    assert again["for_whom"] == cast.mei.number
    assert not await consents.lacking(cast.tao, consents.BOOKING)
    assert len(await consents.lacking(cast.mei, consents.BOOKING)) == 2


async def test_what_only_they_can_do_themselves_is_refused_at_the_form_and_in_the_act(cast):
    await make.duty(cast.chen)
    await granted(cast)
    _browser, page = await at_the_last_page(cast)
    child = {"for_child": True, "guardian": "梅秀英", "relation": "奶奶", "guardian_agrees": True}
    refused = (
        await page.form("/book/confirm").fill(for_whom=cast.mei.number, words="借钱不还", **child).submit()
    )
    assert refused.status == 422 and refused.has("要由监护人自己约")
    await people.withdraw(cast.mei, consents.BOOKING[0])
    (held,) = await Hold.all()
    with pytest.raises(Refusal):
        await proxies.ask_for(cast.tao, cast.mei, held.browser, Intake(topic="debt", words="借钱不还"))
    assert not await Appointment.all().exists()


async def test_whom_it_is_for_is_not_forgotten_when_the_time_is_kept_longer(cast):
    await make.duty(cast.chen)
    await granted(cast)
    browser, _page = await at_the_last_page(cast)
    typed = {"for_whom": cast.mei.number, "mode": "phone", "words": "借钱不还", "needs": ""}
    longer = await (await browser.post("/book/hold/extension", typed)).follow()
    assert longer.form("/book/confirm")["for_whom"] == cast.mei.number


async def test_staff_take_an_offer_for_somebody_beyond_the_limit_with_a_reason(cast):
    days = [make.working_day(2), make.working_day(3)]
    for day in days:
        await make.appointment(cast.mei, await make.slot(cast.chen, day))
    await people.agree(cast.mei, consents.BOOKING)
    await make.slot(cast.lin, make.working_day(4))
    wait = await booking.join(cast.mei, Topic.DEBT, {})
    await booking.serve_waitlist()
    desk = await make.sign_in(Browser(app), cast.fang)
    refused = await desk.post(f"/waitlist/{wait.number}/acceptance", {})
    assert refused.status == 409 and refused.has("写明原因")
    page = await desk.get(f"/waitlist/{wait.number}")
    form = page.form(f"/waitlist/{wait.number}/acceptance", index=1)
    await form.fill(over_limit="后天开庭，必须先见律师").submit()
    more = await Appointment.filter(channel="waitlist").get()
    assert (more.over_limit, more.booked_by_id) == ("后天开庭，必须先见律师", cast.fang.id)
    own = await make.sign_in(Browser(app), cast.mei)
    assert not (await own.get(f"/appointments/{more.number}")).has("后天开庭")
