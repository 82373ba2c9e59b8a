"""Two communities in one portal have nothing to do with each other: not in lists, times, offers, figures or messages."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, locality, notices
from portal.booking import actions as booking
from portal.booking import queries as times
from portal.booking.models import Appointment, Hold, Wait, WaitState
from portal.booking.queries import Asker
from portal.community.models import Community
from portal.consultations.models import Consultation
from portal.council import actions as council
from portal.council.models import Meeting, Motion
from portal.database import transaction
from portal.disputes import actions as disputes
from portal.disputes import queries as dispute_queries
from portal.disputes.actions.reports import Report
from portal.disputes.models import Dispute, Level
from portal.errors import Conflict, Forbidden
from portal.feedback import actions as feedback
from portal.feedback.models import Category, Feedback
from portal.law.topics import Topic
from portal.lectures import actions as lectures
from portal.lectures.models import Lecture
from portal.notices import Notice
from portal.people import queries as people
from portal.people.models import ContactBy, Person, Post, Role
from portal.reporting import queries as reporting
from portal.roster import actions as roster
from portal.roster.models import Duty, Pattern
from portal.rounds import actions as rounds
from portal.rounds.models import Purpose
from tests import make
from tests.forms_browser import Browser, Page

MONDAY = date(2026, 11, 23)
# Words of the second community that nobody of the first may ever read, and of the first that nobody of the second may.
MARK = {"银杏": "鹳", "槐树": "鸢"}


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(MONDAY, 8 * 60 + 30)):
        yield


@pytest.fixture
def there(cast):
    """The second community."""
    return cast.other.places.community


def at(community: Community):
    """Inside, this community is meant, as for a request from there."""
    return locality.standing(locality.Known(community.id, community.name))


async def as_(person: Person | None, chosen: Community | None = None) -> Browser:
    browser = Browser(app)
    if person is not None:
        await make.sign_in(browser, person)
    if chosen is not None:
        page = await browser.post("/communities", {"community": str(chosen.id)})
        assert page.status == 303, page
    return browser


async def fill(places: SimpleNamespace, staff: Person, resident: Person, lawyer) -> set[str]:
    """A record of every kind that a community has; the words by which each is known."""
    mark, community = MARK[places.community.short], {"community_id": places.community.id}
    with at(places.community):
        booked = (await make.duty(lawyer, make.working_day(1), **community)).made[0]
        await make.consultation(resident, booked, words=f"{mark}借钱不还")
        untimed = await make.consultation(resident, None, words=f"{mark}没有时间", **community)
        wait = await booking.join(resident, Topic.DEBT, {"words": f"{mark}排队"})
        place = SimpleNamespace(compound=places.compound, building=places.buildings[0])
        where = dispute_place(places)
        dispute = await disputes.report(
            resident,
            Report(
                category="neighbours", words=f"{mark}吵闹", place=where, said=f"{mark}楼", dangers=["threat"]
            ),
        )
        raised = await feedback.raise_(
            resident, Category.REPAIR, f"{mark}灯坏了", place=f"{mark}门口", grid=places.grids[0]
        )
        lecture = await make.lecture(title=f"{mark}讲座")
        motion = await council.propose(resident, f"{mark}议题", "说明")
        meeting = await council.call(
            staff, f"{mark}会议", f"{mark}室", clock.now() + timedelta(days=9), 20, []
        )
        walked = await rounds.start(
            staff,
            places.grids[0],
            title=f"{mark}走访",
            purpose=Purpose.QUESTIONNAIRE,
            question=f"{mark}问题",
            until_on=MONDAY + timedelta(days=5),
        )
        called = await make.person(f"{mark}婆婆", contact_by=ContactBy.CALL, **community)
        async with transaction():
            await notices.owe(
                called, "lectures/reminder", number="K7F3-29QX", starts_at=clock.now(), venue=""
            )
    assert place.compound
    records = (untimed, wait, dispute, raised, lecture, motion, meeting, walked, called)
    return {mark, places.community.name, resident.name, resident.number, lawyer.person.name} | {
        record.number for record in records
    }


def dispute_place(places: SimpleNamespace):
    """The first staircase, as a report points at it."""
    from portal.community.queries import Place

    return Place(places.compound, places.buildings[0], places.units[0], places.grids[0])


@pytest.fixture
async def both(cast):
    """Both communities full; the words by which either is known, by its short name."""
    other = cast.other
    return {
        "银杏": await fill(cast.places, cast.fang, cast.mei, cast.chen),
        "槐树": await fill(other.places, other.tang, other.an, other.ge),
    }


LISTS = [
    *("/", "/desk", "/queue", "/queue/affected", "/appointments", "/consultations?state=all", "/waitlist"),
    *("/waitlist/new", "/book", "/book/times?topic=debt", "/disputes", "/feedback", "/rounds", "/rounds/new"),
    *("/lectures", "/lectures.ics", "/council", "/roster", "/lawyers", "/calls", "/community", "/people?q=1"),
    *("/board", "/board/disputes.csv?by=grid", "/public", "/disputes/new", "/feedback/new", "/me", "/report"),
]
COMMON = {  # lists of lawyers by which the staff of every community plan
    "/roster",
}


async def pages(person: Person | None, chosen: Community | None = None) -> dict[str, str]:
    """The text of every list somebody can open."""
    browser = await as_(person, chosen)
    found = {path: await browser.get(path) for path in LISTS}
    assert all(page.status in (200, 303, 404) for page in found.values()), found
    return {path: page.html for path, page in found.items() if page.status == 200}


@pytest.mark.parametrize("who", ["fang", "he", "guo", "mei", "sun", "dou", "chen", "jiang", "stranger"])
async def test_no_list_export_or_feed_of_one_community_holds_a_word_of_the_other(cast, both, who):
    somebody = getattr(cast, who, None)
    found = await pages(getattr(somebody, "person", somebody))
    assert len(found) > 8
    for path, text in found.items():
        words = both["槐树"] - (
            {"槐树", cast.other.ge.person.name} if path in COMMON or who == "chen" else set()
        )
        offered = {"槐树社区"} if who in ("stranger", "chen") else set()
        assert not [word for word in words - offered if word in text], path


@pytest.mark.parametrize("who", ["tang", "pan", "an", "shi"])
async def test_the_second_community_reads_nothing_of_the_first(cast, both, who):
    for path, text in (await pages(getattr(cast.other, who))).items():
        words = both["银杏"] - ({"银杏社区", cast.chen.person.name} if path in COMMON else set())
        assert not [word for word in words if word in text], path


async def test_each_finds_its_own_in_the_same_lists(cast, both, there):
    for staff, mark in ((cast.fang, "鹳"), (cast.other.tang, "鸢")):
        found = await pages(staff)
        for path in ("/lectures", "/council", "/rounds", "/calls", "/feedback", "/disputes", "/people?q=1"):
            assert mark in found[path] or path in ("/feedback", "/disputes", "/people?q=1"), path
    assert "鸢讲座" in (await pages(None, there))["/lectures"]
    assert "鸢讲座" in (await pages(None, there))["/lectures.ics"]


async def test_no_address_of_a_record_opens_for_the_staff_of_another_community(cast, both):
    kinds = {
        "/appointments": Appointment,
        "/consultations": Consultation,
        "/waitlist": Wait,
        "/disputes": Dispute,
        "/feedback": Feedback,
        "/people": Person,
    }
    for name in ("fang", "he", "guo", "sun", "kong", "jiang", "mei", "chen"):
        somebody = getattr(cast, name)
        browser = await as_(getattr(somebody, "person", somebody))
        for path, kind in kinds.items():
            for record in await kind.filter(community_id=cast.other.places.community.id):
                page = await browser.get(f"{path}/{record.number}")
                assert page.status == 404, (name, path)
        compound = cast.other.places.compound.id
        assert (await browser.get(f"/community/compounds/{compound}")).status == 404


# -- what is made belongs where it is made -------------------------------------------------------------------------------


async def test_whoever_signs_in_by_telephone_belongs_to_the_community_that_was_chosen(cast, there):
    from portal.people.actions import person_by_phone

    with at(there):
        made = await person_by_phone("13812340001")
    assert made.community_id == there.id
    assert (
        await person_by_phone("13812340001")
    ).community_id == there.id  # and stays there, wherever it is asked


async def test_a_report_belongs_to_the_community_its_place_lies_in(cast, there):
    said = Report(
        category="neighbours", words="楼上太吵", place=dispute_place(cast.other.places), said="一号楼"
    )
    assert (await disputes.report(cast.mei, said)).community_id == there.id


async def test_a_form_offers_only_the_compounds_of_the_own_community(cast):
    page = await (await as_(cast.other.an)).get("/disputes/new")
    assert str(cast.other.places.compound.id) in page.form().choices("compound")
    assert str(cast.places.compound.id) not in page.form().choices("compound")


async def test_a_lawyer_sits_here_on_tuesdays_and_there_on_wednesdays(cast, there):
    browser = await as_(cast.chen.person)
    for weekday, community in ((2, cast.places.community), (3, there)):
        page = await browser.get(f"/roster/{cast.chen.person.number}/pattern")
        assert page.form().choices("community")[-2:] == [str(cast.places.community.id), str(there.id)]
        page = await page.press("保存", weekday=weekday, community=str(community.id))
        assert page.status == 200
    rows = await Pattern.all().order_by("weekday").values_list("weekday", "community_id")
    assert rows == [(2, cast.places.community.id), (3, there.id)]
    for duty in await Duty.all():
        assert duty.community_id == {2: cast.places.community.id, 3: there.id}[duty.day.isoweekday()]
    page = await browser.get("/mornings")
    assert page.has("银杏社区 · ", "槐树社区 · ")
    assert {day.isoweekday() for day in await mornings(there)} == {3}
    assert {day.isoweekday() for day in await mornings(cast.places.community)} == {2}


async def mornings(community: Community) -> list[date]:
    """The days on which somebody can be had there."""
    found = await times.free_times(clock.now(), Asker(community=community.id))
    return [morning.day for morning in found if morning.times]


async def test_staff_of_one_community_neither_fill_nor_clear_the_desk_of_another(cast, there):
    with pytest.raises(Forbidden):
        await roster.add_pattern(cast.guo, cast.chen, weekday=2, from_on=MONDAY, community=there.id)
    with pytest.raises(Forbidden):
        await roster.add_morning(cast.guo, cast.chen, make.working_day(), community=there.id)
    pattern = await roster.add_pattern(
        cast.other.pan, cast.chen, weekday=2, from_on=MONDAY, community=there.id
    )
    with pytest.raises(Forbidden):
        await roster.end_pattern(cast.guo, pattern, MONDAY)
    assert await roster.end_pattern(cast.other.pan, pattern, MONDAY + timedelta(days=1)) > 0


# -- times ---------------------------------------------------------------------------------------------------------------


async def test_a_time_is_offered_and_held_only_in_its_own_community(cast, there):
    slot = await make.slot(cast.other.ge, community_id=there.id)
    with pytest.raises(booking.TimeTaken):
        await booking.hold("b", slot.starts_at, Topic.DEBT)
    assert not await Hold.exists()
    with at(there):
        await booking.hold("b", slot.starts_at, Topic.DEBT)
        made = await booking.book(cast.other.an, "b", topic=Topic.DEBT)
    assert made.community_id == there.id and made.slot_id == slot.id


async def test_the_home_page_names_the_first_time_of_the_community_one_looks_at(cast, there):
    await make.slot(cast.other.ge, community_id=there.id)
    assert (await (await as_(None)).get("/")).has("眼下约满了")
    assert (await (await as_(None, there)).get("/")).has("最早的空位")
    assert (await (await as_(cast.other.an)).get("/")).has("最早的空位")


async def test_a_time_that_comes_free_is_offered_to_whoever_waits_there(cast, there):
    first = await booking.join(cast.mei, Topic.DEBT, {})
    with at(there):
        second = await booking.join(cast.other.an, Topic.DEBT, {})
        slot = await make.slot(cast.other.ge, make.working_day(2), community_id=there.id)
    with locality.standing(None):  # a job belongs to no community
        assert await booking.serve_waitlist() == 1
    assert (await Wait.get(id=second.id)).state == WaitState.OFFERED
    assert (await Wait.get(id=first.id)).state == WaitState.WAITING
    assert (await Hold.get(slot_id=slot.id)).wait_id == second.id
    assert await times.before(second) == 0


async def test_a_time_given_back_is_kept_only_for_those_who_wait_there(cast, there):
    with at(there):
        slot = await make.slot(cast.other.ge, make.working_day(2), community_id=there.id)
        made = await make.appointment(cast.other.an, slot)
    await booking.join(cast.mei, Topic.DEBT, {})
    await booking.cancel(cast.other.an, made)
    assert not await Hold.filter(slot_id=slot.id).exists()


async def test_another_lawyer_is_looked_for_in_the_appointments_own_community(cast, there):
    day = make.working_day(2)
    made = await make.appointment(cast.mei, await make.slot(cast.chen, day))
    await make.slot(cast.other.ge, day, community_id=there.id)
    with pytest.raises(booking.TimeTaken):
        await booking.reassign(cast.fang, made)
    await make.slot(cast.lin, day)
    made = await Appointment.get(id=made.id)
    await booking.reassign(cast.fang, made)
    assert (await Appointment.get(id=made.id)).lawyer_id == cast.lin.id


async def test_who_moves_on_to_another_community_leaves_their_bookings_to_be_rearranged(cast, there):
    slot = await make.slot(cast.chen, make.working_day(2))
    made = await make.appointment(cast.mei, slot)
    assert await times.affected(cast.fang) == []
    async with transaction():
        await Duty.filter(id=slot.duty_id).update(community_id=there.id)
    assert [one.id for one in await times.affected(cast.fang)] == [made.id]
    assert await times.affected(cast.other.tang) == []


async def test_messages_slips_and_calendars_name_the_appointments_own_clinic(cast, there):
    async with transaction():
        await Community.filter(id=there.id).update(desk="槐树一楼", address="槐树路9号")
    slot = await make.slot(cast.other.ge, community_id=there.id)
    with at(there):
        await booking.hold("b", slot.starts_at, Topic.DEBT)
        made = await booking.book(cast.other.an, "b", topic=Topic.DEBT)
    told = [one.read_values()["place"] for one in await Notice.filter(person_id=cast.other.an.id)]
    assert told and set(told) == {"槐树一楼"}
    browser = await as_(cast.other.an)
    assert (await browser.get(f"/appointments/{made.number}/slip")).has("槐树路9号")
    assert "槐树社区" in (await browser.get(f"/appointments/{made.number}/calendar.ics")).html


# -- figures -------------------------------------------------------------------------------------------------------------


async def test_figures_of_one_community_never_hold_cases_of_the_other(cast, both, there):
    here, months = cast.places.community.id, ["2026-11"]
    for communities, times_two in (([here], 1), ([there.id], 1), ([here, there.id], 2), ([], 0)):
        counted = await dispute_queries.counts(communities, MONDAY.replace(day=1), MONDAY + timedelta(days=9))
        assert sum(row["total"] for row in counted) == times_two
        (clinic,) = await reporting.clinic(communities, months)
        assert (clinic["offered"], clinic["booked"]) == (6 * times_two, times_two)
        assert (await reporting.feedback(communities, months))[0]["received"] == times_two
    async with transaction():
        await Lecture.all().update(state="held", attended=7)
    assert sum(row["came"] for row in await reporting.lectures([here], ["2026-11", "2026-12"])) == 7


async def test_the_street_reads_the_sums_of_its_own_communities_as_one(cast, both):
    third = await make.places("桃花", cast.places.street)
    for places in (third, cast.other.places, cast.places):
        async with transaction():
            for grid in places.grids[:1]:
                await Dispute.create(
                    category="other",
                    words="吵",
                    state="settled",
                    level=Level.GRID,
                    level_arose=Level.GRID,
                    level_settled=Level.GRID,
                    ended_at=clock.now(),
                    grid=grid,
                    community=places.community,
                )
    page = await (await as_(cast.jiang)).get("/board/disputes.csv?by=grid")
    assert "银杏社区 第1网格" in page.html and "桃花社区 第1网格" in page.html and "槐树" not in page.html
    page = await (await as_(cast.guo)).get("/board/disputes.csv?by=grid")
    assert "第1网格" in page.html and "桃花" not in page.html and "槐树" not in page.html


# -- who does what -------------------------------------------------------------------------------------------------------


async def test_staff_carry_only_the_messages_of_their_own_community(cast, both, there):
    notice = next(
        one for one in await Notice.filter(channel="call").select_related("person") if "鸢" in one.person.name
    )
    page = await (await as_(cast.fang)).post(f"/calls/{notice.id}/delivery", {})
    assert page.status == 404
    page = await (await as_(cast.other.tang)).post(f"/calls/{notice.id}/delivery", {})
    assert page.status == 303 and (await page.follow()).has("已记下：通知到了。")


async def test_whoever_is_told_holds_the_office_in_that_community_or_in_all(cast, there):
    whole = await make.person("全区负责人")
    async with transaction():
        await Post.create(person=whole, role=Role.LEAD, began_on=date(2020, 1, 1))
    told = {one.name for one in await people.holders(Role.LEAD, community=there.id)}
    assert told == {"潘领", "全区负责人"}


async def test_what_is_public_of_the_other_community_is_read_and_not_touched(cast, there):
    with at(there):
        lecture = await make.lecture()
        meeting = await council.call(cast.other.tang, "会议", "一楼", clock.now() + timedelta(days=9), 20, [])
    page = await (await as_(cast.fang)).get(f"/lectures/{lecture.number}")
    assert (
        page.status == 200
        and not page.has("取消讲座")
        and not page.all("//main//form[@method='post']//input[@name='came']")
    )
    for attempt in (
        lectures.cancel(cast.fang, lecture),
        council.cancel(cast.fang, meeting),
    ):
        with pytest.raises((Forbidden, Conflict)):
            await attempt
    assert (await Lecture.get(id=lecture.id)).state == "open"
    assert (await Meeting.get(id=meeting.id)).state == "noticed"


async def test_a_meeting_weighs_only_motions_of_its_own_community(cast, there):
    with at(there):
        motion = await council.propose(cast.other.an, "别处的议题", "说明")
        await council.admit(cast.other.tang, motion)
    motion = await Motion.get(id=motion.id).select_related("person")
    with pytest.raises(Conflict):
        await council.call(cast.fang, "会议", "一楼", clock.now() + timedelta(days=9), 20, [motion])


# -- choosing, and a further community -----------------------------------------------------------------------------------


async def test_who_works_in_two_communities_changes_between_them_and_sees_one_at_a_time(cast, both, there):
    async with transaction():
        await Post.create(person=cast.fang, role=Role.DISPATCHER, began_on=date(2020, 1, 1), community=there)
    fang = await as_(await make.reload(cast.fang))
    assert (await fang.get("/lectures")).has("鹳讲座") and not (await fang.get("/lectures")).has("鸢讲座")
    page = await (await fang.get("/communities?back=/lectures")).press("槐树社区")
    assert page.path == "/lectures" and page.has("现在看的是槐树社区。", "鸢讲座") and not page.has("鹳讲座")
    for path in ("/calls", "/feedback", "/rounds"):
        assert "鹳" not in (await fang.get(path)).html, path


async def test_nobody_chooses_a_community_that_is_not_theirs(cast, there):
    for person in (cast.mei, cast.fang, cast.guo, cast.jiang, cast.sun):
        browser = await as_(person)
        assert (await browser.post("/communities", {"community": str(there.id)})).status == 404
        browser.keep("portal_community", str(there.id))
        browser.keep("__Host-portal_community", str(there.id))
        assert not (await browser.get("/")).has("槐树社区")
    page = await (await as_(cast.xu)).get("/communities")
    assert page.has("银杏社区", "槐树社区", "再登记一个社区")


async def test_with_one_community_there_is_nothing_to_choose(database):
    await make.places()
    page = await Browser(app).get("/")
    assert not page.has("银杏社区") and (await Browser(app).get("/communities")).status == 404


async def test_an_administrator_enters_a_further_community_and_draws_its_map(cast):
    xu = await as_(cast.xu)
    page: Page = await (await xu.get("/communities")).click("再登记一个社区")
    typed = {"address": "柳树路1号", "desk": "一楼", "phone": "0431-80000009", "hours": "全天"}
    page = await page.press(
        "记下来", street="青年街道", district="北城区", name="银杏社区", short="柳", **typed
    )
    assert page.status == 422 and "已经有一个社区" in page.errors()[0]
    page = await page.press("记下来", name="柳树社区")
    assert page.path == "/community" and page.has("柳树社区", "新社区登记好了", "还没有网格")
    made = await Community.get(name="柳树社区")
    assert made.street_id == cast.places.street.id
    page = await page.press("加网格", grid="第1网格")
    assert page.status == 200 and [grid.name for grid in await made.grids] == ["第1网格"]


async def test_a_lead_of_one_community_enters_no_other_and_draws_only_their_own_map(cast, there):
    guo = await as_(cast.guo)
    assert (await guo.get("/communities/new")).status == 404
    assert (await guo.post("/communities/new", {})).status == 404
    from portal.community import actions

    with pytest.raises(Forbidden):
        await actions.describe(cast.guo, there, hours="从不")
    with pytest.raises(Forbidden):
        await actions.add_grid(cast.guo, there, "第9网格")
    with pytest.raises(Forbidden):
        await actions.add_compound(cast.guo, there, "新苑")
    with pytest.raises(Forbidden):
        await actions.found(cast.guo, "街", "", name="新", short="新")
