"""Deadlines of a case: taken along from where they were counted, confirmed by the lawyer, and pressing when they come near."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, journal
from portal.consultations import actions
from portal.consultations.actions import deadlines as deadline_actions
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation, Danger, Deadline, State
from portal.consultations.queries import deadlines as deadline_queries
from portal.database import transaction
from portal.errors import Forbidden
from portal.people.consents import BOOKING
from portal.people.models import Protection, Proxy, Scope
from portal.people.passwords import HASHER
from portal.roster.models import Day
from portal.roster.queries import legal_calendar
from tests import make
from tests.forms_browser import Browser

LABOUR = "labour_sue"  # fifteen days from the award


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def case(cast, days_ago: int = 3, **columns) -> SimpleNamespace:
    """Mei's consultation with Chen, with a deadline of fifteen days that was counted from so many days ago."""
    consultation = await make.consultation(cast.mei, await make.slot(cast.chen), **columns)
    async with transaction():
        told = [(LABOUR, clock.today() - timedelta(days=days_ago))]
        await deadline_actions.keep(cast.mei, consultation, await deadline_queries.counted(told))
    return SimpleNamespace(made=consultation, path=f"/consultations/{consultation.number}")


async def test_what_was_counted_goes_along_and_stands_on_the_case(cast, holding):
    held = await holding(person=cast.mei, words="仲裁输了，想起诉")
    on = clock.today() - timedelta(days=10)
    page = await held.page.get(f"/deadlines/{LABOUR}")
    page = await page.form(f"/deadlines/{LABOUR}").fill(on=on).submit()
    await page.form("/question").submit()
    page = await held.page.get("/book/confirm")
    assert page.has("最后一天", "期限")
    form = page.form("/book/confirm")
    page = (
        await form.fill(mode="desk", name="梅秀英", consent=form.choices("consent")).submit()
        if "name" in form
        else await form.fill(mode="desk", consent=form.choices("consent")).submit()
    )
    made = await Consultation.get(person_id=cast.mei.id)
    (row,) = await Deadline.filter(consultation_id=made.id)
    assert (row.period, row.event_on, row.last_on) == (LABOUR, on, on + timedelta(days=15))
    assert made.is_urgent and Danger.DEADLINE in made.dangers, "five days are left"
    page = await held.page.get(f"/consultations/{made.number}")
    assert page.has("律师还没核对", "只剩 5 天", "《劳动争议调解仲裁法》第50条")


async def test_a_far_one_is_kept_too_and_presses_nobody(cast, holding):
    held = await holding(person=cast.mei)
    intake = Intake(topic="labour", words="想起诉", deadlines=((LABOUR, clock.today()),))
    await actions.ask(cast.mei, held.key, intake, agreed=BOOKING)
    made = await Consultation.get(person_id=cast.mei.id)
    assert not made.is_urgent and await Deadline.filter(consultation_id=made.id).count() == 1


def test_a_draft_is_read_leniently():
    told = [
        ["labour_sue", "2026-11-01"],
        ["nonsense", "2026-11-01"],
        ["labour_sue"],
        "x",
        ["appeal_judg", "1. Mai"],
    ]
    assert Intake.read({"deadlines": told}).deadlines == (("labour_sue", date(2026, 11, 1)),)
    assert Intake.read({"deadlines": {"a": 1}}).deadlines == () == Intake.read({}).deadlines


async def test_the_lawyer_confirms_with_one_tap_and_the_resident_sees_it(cast):
    one = await case(cast)
    chen = await browser_of(cast.chen)
    page = await (await chen.get(one.path)).press("核对无误")
    assert page.has("律师已核对", "陈明理") and not page.has("核对无误。") and not page.has("律师还没核对")
    assert (await (await browser_of(cast.mei)).get(one.path)).has("律师已核对")
    verbs = [entry["verb"] for entry in await journal.of(one.made)]
    assert "confirm_deadline" in verbs


async def test_the_lawyer_corrects_the_day_it_is_counted_from_and_that_confirms_it(cast):
    one = await case(cast)
    chen = await browser_of(cast.chen)
    on = clock.today() - timedelta(days=1)
    form = (await chen.get(one.path)).form("/deadlines", contains="照这一天重算")
    page = await form.fill(on=on).submit()
    row = await Deadline.get(consultation_id=one.made.id)
    assert (row.event_on, row.last_on) == (
        on,
        on + timedelta(days=15),
    ) and row.confirmed_by_id == cast.chen.id
    assert page.has("律师已核对")
    fang = await browser_of(cast.fang)
    refused = await fang.post(f"{one.path}/deadlines", {"period": LABOUR, "on": clock.today().isoformat()})
    assert refused.status == 409 and (await Deadline.get(id=row.id)).event_on == on
    assert (await fang.post(f"{one.path}/deadlines/removal", {"period": LABOUR})).status == 409
    assert (await fang.post(f"{one.path}/deadlines/confirmation", {"period": LABOUR})).status in (403, 404)


async def test_staff_note_one_and_take_out_what_nobody_confirmed(cast):
    one = await case(cast)
    fang = await browser_of(cast.fang)
    page = await fang.get(one.path)
    form = page.form("/deadlines", contains="算出来，记下")
    page = await form.fill(period="appeal_judg", on=clock.today()).submit()
    assert page.has("上诉") and await Deadline.filter(confirmed_at__isnull=True).count() == 2
    page = await fang.post(f"{one.path}/deadlines/removal", {"period": LABOUR}, follow=True)
    assert [row.period for row in await Deadline.all()] == ["appeal_judg"]
    assert (await fang.post(f"{one.path}/deadlines/removal", {"period": LABOUR})).status == 409


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"period": LABOUR},
        {"period": "nonsense", "on": "2026-11-01"},
        {"period": LABOUR, "on": "1888-01-01"},
    ],
)
async def test_what_cannot_be_counted_is_refused_beside_the_field(cast, sent):
    one = await case(cast)
    for who in (cast.fang, cast.chen):
        page = await (await browser_of(who)).post(f"{one.path}/deadlines", sent)
        assert page.status == 422 and page.errors()
    assert await Deadline.all().count() == 1


async def test_nobody_else_sees_or_changes_them(cast):
    one = await case(cast)
    async with transaction():
        await Proxy.create(resident=cast.mei, agent=cast.tao, scopes=[Scope.ADVICE], ends_on="2099-12-31")
    assert not (await (await browser_of(cast.tao)).get(one.path)).has("最后一天")
    sent = {"period": LABOUR, "on": clock.today().isoformat()}
    for who in (cast.mei, cast.tao, cast.yu, cast.lin, cast.jiang, cast.kong, cast.sun, cast.other.tang):
        browser = await browser_of(who)
        for end in ("", "/confirmation", "/removal"):
            assert (await browser.post(f"{one.path}/deadlines{end}", sent)).status in (403, 404)
    with pytest.raises(Forbidden):
        await deadline_actions.confirm(cast.lin.person, one.made, LABOUR)
    row = await Deadline.get()
    assert row.confirmed_at is None and row.event_on == clock.today() - timedelta(days=3)


async def test_behind_a_passphrase_the_lists_of_staff_name_no_day(cast):
    one = await case(cast, days_ago=10)
    fang, chen = await browser_of(cast.fang), await browser_of(cast.chen)
    for browser in (fang, chen):
        assert (await browser.get("/consultations?state=all")).has("最后一天")
        assert (await browser.get("/consultations?due=1")).has(one.made.number)
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase=HASHER.hash("银杏叶黄了"))
        await Consultation.filter(id=one.made.id).update(protection_id=protection.id)
    for path in ("/consultations?state=all", one.path, "/desk"):
        assert not (await fang.get(path)).has("最后一天"), path
    assert not (await fang.get("/consultations?due=1")).has(one.made.number)
    assert (await chen.get(one.path)).has("最后一天")


async def test_when_a_last_day_comes_near_the_case_becomes_urgent_once_and_first(cast):
    far = await case(cast, days_ago=3)
    assert await deadline_actions.hurry() == 0
    with clock.standing_at(clock.now() + timedelta(days=6)):
        assert await deadline_actions.hurry() == 1 and await deadline_actions.hurry() == 0
        again = await Consultation.get(id=far.made.id)
        assert again.is_urgent and again.dangers == [Danger.DEADLINE]
        desk = await (await browser_of(cast.chen)).get("/desk")
        assert desk.has("七天之内有期限", "还剩 6 天")
        assert (await (await browser_of(cast.fang)).get("/desk")).has("期限快到了", "还剩 6 天")
    async with transaction():
        await Consultation.all().update(state=State.CLOSED, is_urgent=False, danger="")
    with clock.standing_at(clock.now() + timedelta(days=6)):
        assert await deadline_actions.hurry() == 0


async def test_what_staff_note_and_is_near_makes_it_urgent_at_once(cast):
    made = await make.consultation(cast.mei, danger="minor", is_urgent=True)
    fang = await browser_of(cast.fang)
    on = clock.today() - timedelta(days=12)
    await fang.post(f"/consultations/{made.number}/deadlines", {"period": LABOUR, "on": on.isoformat()})
    assert (await Consultation.get(id=made.id)).danger == "minor,deadline"


async def test_the_days_of_the_law_are_those_published_and_where_none_are_what_staff_entered(cast):
    async with transaction():
        for on in (date(2026, 2, 24), date(2028, 3, 1)):
            await Day.create(day=on, is_open=False, name="停电", is_edited=True)
    known = await legal_calendar(date(2026, 2, 1), date(2028, 12, 31))
    assert known.is_workday(date(2026, 2, 24)) and not known.is_workday(date(2026, 2, 17))
    assert not known.is_workday(date(2028, 3, 1))
    made = await make.consultation(cast.mei)
    async with transaction():
        counted = await deadline_queries.counted([(LABOUR, date(2026, 2, 1))])
        await deadline_actions.keep(cast.mei, made, counted)
    row = await Deadline.get()
    assert (row.last_on, row.rolled_on) == (date(2026, 2, 16), date(2026, 2, 24))


async def test_what_the_lawyer_confirmed_is_offered_in_the_prescription(cast):
    one = await case(cast)
    chen = await browser_of(cast.chen)
    await chen.post(f"{one.path}/deadlines/confirmation", {"period": LABOUR})
    await chen.post(f"{one.path}/deadlines", {"period": "appeal_judg", "on": clock.today().isoformat()})
    async with transaction():
        await Deadline.filter(period="appeal_judg").update(confirmed_at=None)
    with clock.standing_at(one.made.appointment.starts_at):
        chen = await browser_of(cast.chen)
        page = await chen.get(f"{one.path}/prescription")
        assert page.form("/prescription")["deadlines"].count("起算") == 1
        form = page.form("/prescription").fill(deadlines="先打电话", questions="怎么起诉", steps="去法院")
        page = await form.submit("把核对过的期限放进去")
        text = page.form("/prescription")["deadlines"]
        assert text.startswith("先打电话\n") and "《劳动争议调解仲裁法》第50条" in text
        page = await page.form("/prescription").submit("把核对过的期限放进去")
        assert page.form("/prescription")["deadlines"] == text, "once"
