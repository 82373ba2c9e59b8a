"""After a 处方: one more question within a week, whether it helped after a month, and nobody who came is forgotten."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, policy
from portal.booking.models import Appointment
from portal.consultations import nagging
from portal.consultations.actions import aftercare as aftercare_actions
from portal.consultations.actions import prescriptions
from portal.consultations.models import Consultation, FollowUp, Helped, Prescription, State
from portal.consultations.queries import SHEET
from portal.consultations.queries import aftercare as aftercare_queries
from portal.consultations.rules import Advice, aftercare, nag
from portal.database import transaction
from portal.law.days import Calendar
from portal.notices import Notice
from portal.people.models import Protection, Proxy, Scope
from portal.reporting import queries
from portal.reporting.rules import told_of
from portal.roster.models import Duty, Lawyer
from tests import make
from tests.forms_browser import Browser

WORDS = "借条没写还款日怎么办"


@pytest.fixture
async def advised(cast, meeting) -> SimpleNamespace:
    """Chen's 处方 for Mei, issued at the meeting."""
    with clock.standing_at(meeting.at):
        asked = await Consultation.get(id=meeting.consultation.id).select_related("appointment__lawyer")
        draft = await prescriptions.save(
            cast.chen.person, asked, Advice(facts="借钱", questions="怎么办", steps="先催告")
        )
        loaded = await Prescription.get(id=draft.id).select_related(*SHEET)
        await prescriptions.issue(cast.chen.person, loaded)
    return SimpleNamespace(path=f"/prescriptions/{loaded.number}", at=meeting.at, of=meeting.consultation)


async def put(cast, advised, after=timedelta(hours=1)):
    """Mei's page after she asked once more."""
    with clock.standing_at(advised.at + after):
        mei = await make.sign_in(Browser(app), cast.mei)
        page = await mei.get(advised.path)
        return await page.form("/question").fill(question=WORDS).submit()


async def test_the_one_question_reaches_the_same_lawyer_and_its_answer_the_resident(cast, advised):
    await make.duty(cast.chen, clock.day_of(advised.at) + timedelta(days=2))
    page = await put(cast, advised)
    assert page.has(WORDS, "律师会在")
    assert (await FollowUp.get()).lawyer_id == cast.chen.id
    assert WORDS not in (await make.last_notice(cast.chen.person.phone, "consultations/question")).values
    with clock.standing_at(advised.at + timedelta(hours=2)):
        chen = await make.sign_in(Browser(app), cast.chen.person)
        assert (await chen.get("/desk")).has("等您回答的追问")
        page = await chen.get(advised.path)
        assert (await page.form("/answer").fill(answer="").submit()).status == 422
        page = await page.form("/answer").fill(answer="可以随时要，给合理的时间。").submit()
        assert page.has("答复已经交给居民")
    assert await make.last_notice(cast.mei.phone, "consultations/answered")
    with clock.standing_at(advised.at + timedelta(hours=3)):
        mei = await make.sign_in(Browser(app), cast.mei)
        page = await mei.get(advised.path)
    assert page.has("可以随时要") and not page.has("想问什么")


async def test_it_goes_to_a_colleague_who_sits_here_sooner_and_to_no_other_firm(cast, advised):
    await make.duty(cast.lin, clock.day_of(advised.at) + timedelta(days=1))
    await make.duty(cast.wu, clock.day_of(advised.at) + timedelta(days=3))
    await put(cast, advised, timedelta(days=1))
    assert (await FollowUp.get()).lawyer_id == cast.wu.id
    with clock.standing_at(advised.at + timedelta(days=1, hours=1)):
        wu, lin = [await make.sign_in(Browser(app), one.person) for one in (cast.wu, cast.lin)]
        assert (await lin.get(advised.path)).status == 404
        page = await wu.get(advised.path)
        assert page.has("先催告", WORDS)
        await page.form("/answer").fill(answer="可以").submit()
        assert (await wu.get(advised.path)).status == 404, "answered: it is none of theirs any more"


async def test_where_nobody_of_the_firm_comes_staff_see_it_and_it_is_given_on_later(cast, advised):
    await put(cast, advised, timedelta(days=1))
    asked = await FollowUp.get()
    assert asked.lawyer_id is None
    with clock.standing_at(advised.at + timedelta(days=1)):
        fang = await make.sign_in(Browser(app), cast.fang)
        page = await fang.get("/desk")
        assert page.has("追问没有人答") and not page.has(WORDS)
        assert await aftercare_actions.route() == 0
        await make.duty(cast.wu, clock.day_of(advised.at) + timedelta(days=4))
        assert [await aftercare_actions.route() for _n in range(2)] == [1, 0]
    assert (await FollowUp.get()).lawyer_id == cast.wu.id
    for days, late in ((4, 0), (5, 1)):
        with clock.standing_at(advised.at + timedelta(days=days)):
            assert await aftercare_queries.unanswered(Consultation.all()).count() == late


async def test_their_own_lawyer_answers_where_they_sit_here_within_a_week(cast, advised):
    day = clock.day_of(advised.at)
    await make.duty(cast.wu, day + timedelta(days=2))
    consultation = await Consultation.get(id=advised.of.id).select_related("appointment")

    async def answering():
        with clock.standing_at(advised.at + timedelta(days=1)):
            duty = await aftercare_queries.answering(consultation)
        return duty and duty.lawyer_id

    assert await answering() == cast.wu.id
    for rows, columns, back in (
        (Lawyer.filter(id=cast.wu.id), {"licence_until": day}, {"licence_until": cast.wu.licence_until}),
        (Duty.filter(lawyer_id=cast.wu.id), {"withdrawn_at": advised.at}, {"withdrawn_at": None}),
        (
            Duty.filter(lawyer_id=cast.wu.id),
            {"day": day + timedelta(days=9)},
            {"day": day + timedelta(days=2)},
        ),
    ):
        async with transaction():
            await rows.update(**columns)
        assert await answering() is None, columns
        async with transaction():
            await rows.update(**back)
    await make.duty(cast.chen, day + timedelta(days=6))
    assert await answering() == cast.chen.id


def test_only_they_or_who_is_asked_back_for_them_say_whether_it_helped_and_not_for_ever():
    ended = clock.at(datetime(2026, 11, 2).date(), 600)
    told = SimpleNamespace(state=State.ADVISED, helped="", ended_at=ended, relations={policy.OWN})
    for days, may in ((29, False), (30, True), (89, True), (90, False)):
        assert aftercare.may_tell(None, told, ended + timedelta(days=days)) is may, days
    for relation, may in ((policy.ASKS_BACK, True), (policy.PROXY, False), (policy.ASSIGNED, False)):
        told.relations = {relation}
        assert aftercare.may_tell(None, told, ended + timedelta(days=31)) is may, relation


async def test_what_is_protected_goes_to_no_colleague(cast, advised):
    async with transaction():
        behind = await Protection.create(person=cast.mei, passphrase="x")
        await Consultation.filter(id=advised.of.id).update(protection_id=behind.id)
    await make.duty(cast.wu, clock.day_of(advised.at) + timedelta(days=3))
    consultation = await Consultation.get(id=advised.of.id).select_related("appointment")
    with clock.standing_at(advised.at + timedelta(days=1)):
        assert await aftercare_queries.answering(consultation) is None


async def test_of_two_questions_at_once_one_is_kept_and_a_late_one_is_shown_the_way(cast, advised):
    with clock.standing_at(advised.at + timedelta(days=6, hours=23)):
        mei = await make.sign_in(Browser(app), cast.mei)
        both = await asyncio.gather(
            *[mei.post(f"{advised.path}/question", {"question": f"问题{n}"}) for n in range(2)]
        )
    assert sorted(page.status for page in both) == [303, 409]
    assert await FollowUp.all().count() == 1
    async with transaction():
        await FollowUp.all().delete()
    with clock.standing_at(advised.at + timedelta(days=7, minutes=1)):
        mei = await make.sign_in(Browser(app), cast.mei)
        assert (await mei.get(advised.path)).has("7 天之内", "再约一次")
        late = await mei.post(f"{advised.path}/question", {"question": WORDS})
        assert late.status == 409 and late.has("再约一次")


async def test_nobody_else_asks_or_answers(cast, advised):
    await put(cast, advised)
    with clock.standing_at(advised.at + timedelta(hours=2)):
        tao = await make.sign_in(Browser(app), cast.tao)
        fang = await make.sign_in(Browser(app), cast.fang)
        assert (await tao.post(f"{advised.path}/question", {"question": WORDS})).status == 404
        assert (await fang.post(f"{advised.path}/answer", {"answer": WORDS})).status == 404
        assert not (await fang.get(advised.path)).has(WORDS)


# -- whether it helped ---------------------------------------------------------------------------------------------------


async def asked_whether(advised, days=30) -> int:
    with clock.standing_at(advised.at + timedelta(days=days, hours=13)):
        return await aftercare_actions.ask_whether_it_helped()


async def test_after_thirty_days_they_are_asked_once(cast, advised):
    assert [await asked_whether(advised, days) for days in (29, 45)] == [0, 0], "too early, and too late"
    for columns in ({"state": State.CLOSED}, {"helped": Helped.SOLVED}):
        async with transaction():
            await Consultation.all().update(**columns)
        assert await asked_whether(advised) == 0, columns
        async with transaction():
            await Consultation.all().update(state=State.ADVISED, helped="")
    assert [await asked_whether(advised, days) for days in (30, 31)] == [1, 0]
    notice = await make.last_notice(cast.mei.phone, "consultations/helped")
    assert clock.minute_of(notice.next_at) == 8 * 60, "not at night"


async def test_no_help_is_a_task_for_staff_and_said_once(cast, advised):
    path = f"/consultations/{advised.of.number}"
    with clock.standing_at(advised.at + timedelta(days=29)):
        mei = await make.sign_in(Browser(app), cast.mei)
        assert (await mei.get(f"{path}/helped")).status == 403
    with clock.standing_at(advised.at + timedelta(days=31)):
        mei = await make.sign_in(Browser(app), cast.mei)
        page = await mei.get(f"{path}/helped")
        assert (await page.form("/helped").submit()).status == 422
        page = await page.form("/helped").fill(helped="no", words="对方不接电话").submit()
        assert page.has("再约一次")
        assert (await mei.get(f"{path}/helped")).status == 409
        fang = await make.sign_in(Browser(app), cast.fang)
        page = await fang.get("/desk")
        assert page.has("说没有帮助的", "请联系本人")
        page = await fang.get(path)
        assert not page.has("对方不接电话"), "confided to the lawyer, not to the desk"
        page = await page.press("已经联系过本人")
        assert page.has("联系过本人") and not (await fang.get("/desk")).has("请联系本人")


async def test_whoever_may_be_asked_back_for_them_answers(cast, advised):
    async with transaction():
        await Proxy.create(
            resident=cast.mei,
            agent=cast.tao,
            scopes=[Scope.ASK_BACK],
            ends_on=clock.today() + timedelta(days=99),
        )
    path = f"/consultations/{advised.of.number}"
    with clock.standing_at(advised.at + timedelta(days=31)):
        tao = await make.sign_in(Browser(app), cast.tao)
        assert not (await tao.get(path)).has("三万")
        page = await tao.get(f"{path}/helped")
        await page.form("/helped").fill(helped="solved").submit()
    assert (await Consultation.get(id=advised.of.id)).helped == "solved"


# -- nobody who came is forgotten ----------------------------------------------------------------------------------------


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.CHINA)


@pytest.mark.parametrize(
    ("now", "hours", "was"),
    [
        (china(25, 15), 4, china(25, 11)),
        (china(25, 10), 4, china(24, 14)),
        (china(25, 20), 4, china(25, 13)),
        (china(29, 12), 4, china(27, 13)),  # a Sunday
        (china(30, 10), 8, china(27, 10)),  # a Monday
    ],
)
def test_working_hours_are_counted_back_over_nights_and_weekends(now, hours, was):
    assert nag.hours_ago(now, hours, Calendar()) == was


async def test_a_lawyer_is_reminded_once_and_staff_see_it_after_twice_the_hours(cast, meeting):
    async with transaction():
        seen = await meeting.consultation.appointment
        await type(seen).filter(id=seen.id).update(state="done", started_at=meeting.at, ended_at=meeting.at)
    start = meeting.at  # nine in the morning
    with clock.standing_at(start + timedelta(hours=3, minutes=59)):
        assert await nagging.remind() == 0
    with clock.standing_at(start + timedelta(hours=4, minutes=1)):
        assert [await nagging.remind() for _n in range(2)] == [1, 0]
        fang = await make.sign_in(Browser(app), cast.fang)
        assert not (await fang.get("/desk")).has("请联系律师或律所")
    assert await make.last_notice(cast.chen.person.phone, "consultations/unwritten")
    with clock.standing_at(start + timedelta(hours=12)):
        fang = await make.sign_in(Browser(app), cast.fang)
        assert (await fang.get("/desk")).has("请联系律师或律所", "陈明理")


async def test_whoever_has_a_prescription_or_an_end_is_not_asked_about(cast, advised):
    with clock.standing_at(advised.at + timedelta(days=3)):
        assert await nagging.remind() == 0
    assert not await Notice.filter(kind="consultations/unwritten").exists()


async def test_who_is_still_inside_or_has_nothing_written_at_all_is_asked_about_for_thirty_days(cast):
    now, slots = clock.now(), (await make.duty(cast.chen)).made
    inside = await make.appointment(cast.mei, slots[0], state="started", started_at=now)
    begun = await make.consultation(cast.tao, slots[1], state=State.STARTED)
    async with transaction():
        await Appointment.filter(id=begun.appointment_id).update(state="done", started_at=now)
    await make.appointment(cast.yu, slots[2], state="done", started_at=now - timedelta(days=30))
    await make.appointment(cast.yu, slots[3])
    found = {one.id for one in await nagging.unwritten(Appointment.all(), now)}
    assert found == {inside.id, begun.appointment_id}


# -- the figure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "helped", "percent"), [(0, 0, None), (4, 4, None), (5, 4, 80.0), (10, 9, 90.0)]
)
def test_a_share_is_given_only_when_enough_have_answered(said, helped, percent):
    counts = {"said": said, "helped": helped, "solved": 0}
    assert told_of(counts)["percent"] == percent


async def test_the_board_counts_whoever_answered_and_nobody_else(cast, advised):
    async with transaction():
        for n, how in enumerate(["solved", "solved", "better", "better", "no", ""]):
            when = clock.now() - timedelta(days=n) if how else None
            await Consultation.create(
                person=cast.mei, topic="debt", words="-", helped=how, helped_at=when, **make.here()
            )
    today = clock.today()
    months = sorted({f"{day:%Y-%m}" for day in (today, today - timedelta(days=6))})
    assert await queries.helped([cast.places.community.id], months) == {"said": 5, "helped": 4, "solved": 2}
    assert (await queries.helped([cast.other.places.community.id], months))["said"] == 0
    guo = await make.sign_in(Browser(app), cast.guo)
    assert (await guo.get("/board")).has("有帮助率", "4 / 5 人说有帮助")
