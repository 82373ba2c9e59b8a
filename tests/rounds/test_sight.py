"""Who reads what was said at a door: the heads of that staircase, building and grid, and the staff of the community."""

from datetime import timedelta

from portal import clock, journal
from portal.rounds import actions
from portal.rounds.actions import Said
from portal.rounds.models import Answer, Purpose, Visit
from tests import canaries

PLANTED = {"note": "丹桂老伴住院了", "beside": "丹桂隔壁单元的事"}


async def test_what_was_said_at_a_door_is_read_along_the_rungs_and_its_reading_written_down(cast):
    until = clock.today() + timedelta(days=7)
    record = await actions.start(
        cast.guo,
        cast.places.grids[0],
        title="冬季走访",
        purpose=Purpose.QUESTIONNAIRE,
        question="有什么难处",
        until_on=until,
    )
    unit, beside = cast.places.units[0], cast.places.units[1]
    door = await Visit.filter(round_id=record.id, unit_id=unit.id).first()
    assert door is not None
    next_door = await Visit.filter(round_id=record.id, unit_id=beside.id).first()
    assert next_door is not None
    before = Said(Answer.PENDING)
    await actions.visit(cast.dou, record, {door.id: (before, Said(Answer.NEED, PLANTED["note"]))})
    await actions.visit(cast.bai, record, {next_door.id: (before, Said(Answer.NEED, PLANTED["beside"]))})
    pages = [
        f"/rounds/{record.number}/units/{unit.id}",
        f"/rounds/{record.number}/units/{beside.id}",
        f"/rounds/{record.number}",
        "/rounds",
        f"/lookup?number={record.number}",
        "/desk",
    ]
    near = {"dou", "bai", "sun", "fang", "he", "guo"}
    for name, who in canaries.everybody(cast).items():
        expected = {"note"} if name == "dou" else {"note", "beside"} if name in near else set()
        assert await canaries.seen(who, pages, PLANTED) == expected, name
    read = {entry["actor"] for entry in await journal.of(record) if entry["verb"] == "open"}
    assert read == {getattr(cast, name).id for name in near - {"dou"}}
