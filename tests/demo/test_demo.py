"""The demonstration is the community it says it is, on whatever day it is opened."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from app import app
from portal import clock, database, invariants
from portal.booking.models import Appointment
from portal.community.models import Building, Compound, Grid, Household, Unit
from portal.consultations.models import Prescription, PrescriptionState
from portal.council.models import Meeting, MeetingState, Motion, MotionState
from portal.demo import load
from portal.demo.people import ACCOUNTS, PASSWORD, RESIDENTS
from portal.disputes.models import Dispute
from portal.disputes.models import State as DisputeState
from portal.law import identifiers
from portal.lectures.models import Lecture, SignUp, SignUpState
from portal.lectures.models import State as LectureState
from portal.notices import Notice
from portal.people import actions
from portal.people.models import Post, Role
from portal.roster import duty_actions, queries
from portal.roster.models import Duty, Firm, Lawyer
from portal.rounds.models import Answer, Round, Visit
from tests import make
from tests.engines import migrated
from tests.forms_browser import Browser

MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=clock.CHINA)  # a Tuesday


@pytest.fixture(scope="module")
def moment(request):
    """When the demonstration is opened."""
    return getattr(request, "param", MORNING)


@pytest.fixture(scope="module")
def place(engine, moment):
    """A migrated database for all tests of one moment."""
    url = engine.prepared(migrated)
    yield url
    engine.drop(url)


@pytest.fixture(scope="module")
async def demonstration(place, moment):
    """The demonstration as of that moment; tests live in it too, and share it, for they change nothing that counts."""
    await database.connect(place)
    try:
        with clock.standing_at(moment):
            await load()
            yield
    finally:
        await database.close()


async def test_it_has_mornings_ahead_and_keeps_every_promise(demonstration):
    await keeps_its_promises()


async def test_it_is_the_community_it_says_it_is(demonstration):
    assert (await Compound.all().count(), await Grid.all().count()) == (10, 6)
    assert await Household.all().count() == 3996
    sizes = [
        await Household.filter(unit__building__grid_id=grid.id).count()
        for grid in await Grid.all().order_by("ordinal")
    ]
    assert sorted(sizes)[0] == 348 and sum(sizes) == 3996
    for role, column, model in (
        (Role.GRID_OFFICER, "grid_id", Grid),
        (Role.BUILDING_HEAD, "building_id", Building),
        (Role.UNIT_HEAD, "unit_id", Unit),
    ):
        minded = await Post.filter(role=role).values_list(column, flat=True)
        assert sorted(map(str, minded)) == sorted(map(str, await model.all().values_list("id", flat=True)))


async def test_firms_and_lawyers_are_valid_and_belong_to_nobody(demonstration):
    firms = await Firm.all()
    assert len(firms) == 20
    for firm in firms:
        assert identifiers.credit_code(firm.code) == firm.code and firm.code.startswith("31990000")
    lawyers = await Lawyer.all()
    assert len(lawyers) == 28
    assert {identifiers.licence(lawyer.licence).province for lawyer in lawyers} == {"99"}
    assert {lawyer.firm_id for lawyer in lawyers} == {firm.id for firm in firms}


async def keeps_its_promises() -> None:
    broken = {result.promise: result.broken async for result in invariants.check() if result.broken}
    assert broken == {}
    ahead = [morning.on for morning in await queries.working_mornings(clock.today(), 10)]
    sitting = Counter(await Duty.filter(day__in=ahead).values_list("day", flat=True))
    assert all(2 <= sitting[day] <= 4 for day in ahead), sitting
    assert await duty_actions.materialise() == 0, "the roster's own job has nothing to mend"
    chen = await Lawyer.get(person__name="陈明理")
    first = min(
        day for day in await Duty.filter(lawyer=chen, day__gte=clock.today()).values_list("day", flat=True)
    )
    assert first <= ahead[1]
    theirs = Appointment.filter(
        lawyer=chen, starts_at__gte=clock.at(first), starts_at__lt=clock.span(first)[1]
    )
    assert await theirs.count() == 5


async def test_a_year_lies_behind_it(demonstration):
    issued = await Prescription.filter(state=PrescriptionState.ISSUED).count()
    assert 35 <= issued <= 60
    since = clock.now() - timedelta(days=366)
    disputes = await Dispute.filter(created_at__gte=since).values_list("state", "reopened", "level_settled")
    assert 140 <= len(disputes) <= 170
    assert {state for state, _, _ in disputes} == {state.value for state in DisputeState}
    assert any(reopened for _, reopened, _ in disputes)
    assert {1, 2, 3, 4} <= {level for _, _, level in disputes}
    assert await Dispute.filter(created_at__gt=clock.now()).count() == 0
    coming = await Lecture.filter(state=LectureState.OPEN)
    assert any(one.taken == one.capacity for one in coming)
    assert any(one.capacity * 9 <= one.taken * 10 < one.capacity * 10 for one in coming)
    assert await SignUp.filter(state=SignUpState.WAITING).count() == 4
    assert await Motion.filter(state=MotionState.PASSED).count() == 1
    assert await Motion.filter(state=MotionState.REJECTED).count() == 1
    assert await Meeting.filter(state=MeetingState.NOTICED, starts_at__gt=clock.now()).count() == 1
    walked = await Round.get(state="open")
    pending = await Visit.filter(round=walked, answer=Answer.PENDING).count()
    assert 0 < pending < await Visit.filter(round=walked).count()


async def test_those_who_are_expected_will_be_reminded(demonstration):
    shen = await make.by_phone(RESIDENTS[0][1])
    due = await Notice.filter(person=shen, kind="booking/reminder", state="owed").values_list(
        "next_at", flat=True
    )
    assert {clock.day_of(at) for at in due} == {date(2026, 11, 25), date(2026, 11, 26)}


async def test_everybody_it_names_can_sign_in(demonstration):
    for account in ACCOUNTS:
        person = await actions.sign_in(account.login, PASSWORD)
        assert person.name == account.name and person.roles, account.login
    for name, phone in RESIDENTS:
        assert (await make.by_phone(phone)).name == name


async def test_each_person_finds_something_on_their_desk(demonstration):
    for account in ACCOUNTS:
        person = await actions.sign_in(account.login, PASSWORD)
        browser = await make.sign_in(Browser(app), person)
        assert (await browser.get("/desk")).status == 200, account.login
    shen = await make.reload(await make.by_phone(RESIDENTS[0][1]))
    page = await (await make.sign_in(Browser(app), shen)).get("/desk")
    assert "11月26日" in page.text and "处方" in page.text


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 9, 19, 21, 0, tzinfo=clock.CHINA),
        datetime(2027, 2, 7, 9, 10, tzinfo=clock.CHINA),
    ],
    ids=["on the evening before a make-up Sunday", "in the Spring Festival"],
    indirect=True,
    scope="module",
)
async def test_on_any_other_day_it_does_too(demonstration):
    await keeps_its_promises()
