"""Who reads what of somebody's need: words planted in each of its parts, looked for on every page of everybody."""

from datetime import timedelta

from app import app
from portal import clock, journal
from portal.database import transaction
from portal.feedback import actions
from portal.feedback.models import Category, Feedback, Handler, Reply
from portal.people.models import Proxy, Scope, Way
from tests import canaries, make
from tests.forms_browser import Browser

PLANTED = {
    "words": "茉莉家的水漏下来",
    "place": "茉莉苑北门302",
    "name": "茉莉香",
    "phone": "13812340777",
    "masked": "138****0777",
    "answer": "茉莉已经修好",
}
OWN = {"words", "place", "answer"}
STAFF = OWN | {"name", "masked"}
SEEN = {
    "jasmine": OWN | {"name"},  # their own name greets them
    **{name: {"place"} for name in ("dou", "bai", "sun")},
    **{name: STAFF for name in ("fang", "he", "guo")},
}


async def planted(cast) -> Feedback:
    """What a resident raised about a staircase, answered."""
    cast.jasmine = await make.person(PLANTED["name"], phone=PLANTED["phone"])
    places = cast.places
    where = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
    community = {"community_id": places.community.id, "place": PLANTED["place"]}
    record = await actions.raise_(cast.jasmine, Category.REPAIR, PLANTED["words"], **where, **community)
    await actions.dispatch(cast.fang, record, Handler.PROPERTY)
    await actions.answer(cast.fang, record, "solve", PLANTED["answer"])
    return record


def pages(record: Feedback) -> list[str]:
    """Everything a number and a curious mind lead to."""
    return [
        f"/feedback/{record.number}",
        "/feedback",
        "/feedback?state=solved",
        "/desk",
        "/",
        f"/lookup?number={record.number}",
    ]


async def test_everybody_sees_just_this(cast):
    record = await planted(cast)
    for name, who in canaries.everybody(cast).items():
        assert await canaries.seen(who, pages(record), PLANTED) == SEEN.get(name, set()), name


async def test_a_list_tells_neither_words_nor_names(cast):
    record = await planted(cast)
    for who in (cast.fang, cast.dou, cast.sun):
        assert await canaries.seen(who, ["/feedback", "/desk"], PLANTED) <= {"place"}, who.name
    assert record.place == PLANTED["place"]


async def test_offices_are_left_at_the_door_by_whoever_comes_in_by_telephone(cast):
    record = await planted(cast)
    for who in (cast.fang, cast.dou):
        assert await canaries.seen(who, pages(record), PLANTED, Way.PHONE) == set()


async def test_who_stands_in_for_a_resident_sees_whose_it_is_and_how_far_it_has_come(cast):
    record = await planted(cast)
    async with transaction():
        await Proxy.create(
            resident=cast.jasmine,
            agent=cast.tao,
            scopes=[Scope.ASK_BACK],
            ends_on=clock.today() + timedelta(days=9),
        )
    assert await canaries.seen(cast.tao, pages(record), PLANTED) == {"name"}
    # a head who stands in for somebody of another place does not read that place in the list either
    async with transaction():
        await Proxy.all().update(agent_id=cast.qiu.id)
    assert await canaries.seen(cast.qiu, ["/feedback", "/desk"], PLANTED) <= {"name"}


async def test_whoever_took_it_in_at_a_door_reads_what_they_wrote_and_nobody_elses_number(cast):
    record = await planted(cast)
    async with transaction():
        await Feedback.filter(id=record.id).update(taken_by_id=cast.dou.id)
    assert await canaries.seen(cast.dou, pages(record), PLANTED) == OWN | {"name"}


async def test_a_telephone_is_whole_when_staff_ask_and_that_is_written_down(cast):
    record = await planted(cast)
    dou, tang = await make.sign_in(Browser(app), cast.dou), await make.sign_in(Browser(app), cast.other.tang)
    for browser in (dou, tang):
        assert (await browser.post(f"/feedback/{record.number}/phone")).status == 404
    fang = await make.sign_in(Browser(app), cast.fang)
    page = await (await fang.get(f"/feedback/{record.number}")).press("显示电话")
    assert page.has(PLANTED["phone"])
    looked = [entry["actor"] for entry in await journal.of(record) if entry["verb"] == "unmask"]
    assert looked == [cast.fang.id]


async def test_what_was_said_on_the_way_is_for_those_who_know_what_it_is_about(cast):
    record = await planted(cast)
    async with transaction():
        await Reply.create(feedback=record, person=cast.fang, verb="return", words="茉莉退回的缘由")
    said = {"reply": "茉莉退回的缘由"}
    for who, sees in ((cast.fang, True), (cast.jasmine, True), (cast.dou, False), (cast.sun, False)):
        assert bool(await canaries.seen(who, pages(record), said)) is sees, who.name


async def test_a_call_for_help_shows_its_number_to_staff_alone_and_in_no_list(cast):
    await (await Browser(app).get("/help")).press(
        "请打电话给我", phone=PLANTED["phone"], name=PLANTED["name"]
    )
    record = await Feedback.get()
    for name, who in canaries.everybody(cast).items():
        expected = {"name", "masked"} if name in ("fang", "he", "guo") else set()
        assert await canaries.seen(who, pages(record), PLANTED) == expected, name
        assert await canaries.seen(who, ["/feedback", "/desk"], PLANTED) == set(), name
