"""What somebody finds by a few characters, and that the index follows whatever happens to a record."""

from dataclasses import replace

import pytest
from tortoise import Tortoise

from portal import index, journal, pairs, reindex, settings
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.database import rows, transaction
from portal.disputes.models import Dispute, Level
from portal.fields import Sealed
from portal.people import actions, finding
from portal.people.models import Person
from portal.privacy.actions import erasure
from tests import make

WORDS = "楼上漏水，泡了天花板。Wi-Fi 也断了"


async def found(kind, person, text) -> list:
    """The ids of the rows of a kind that this person finds by a text."""
    meant = kind.visible_to(person).filter(await finding.matching(kind, person, text))
    return await meant.values_list("id", flat=True)


async def report(cast, words: str = WORDS, **columns) -> Dispute:
    """A dispute that Mei reported."""
    async with transaction():
        made = await Dispute.create(
            reporter=cast.mei,
            category="neighbours",
            words=words,
            place="银杏苑1栋1单元202",
            grid=cast.places.grids[0],
            community=cast.places.community,
            level_arose=Level.GRID,
            level=Level.GRID,
            **columns,
        )
        await journal.record(cast.mei, "create", made)
    return made


async def ask(cast, words: str = WORDS) -> Consultation:
    """A consultation that Mei booked with Chen."""
    (slot, *_rest) = (await make.duty(cast.chen)).made
    appointment = await make.appointment(cast.mei, slot)
    async with transaction():
        made = await Consultation.create(
            person=cast.mei,
            appointment=appointment,
            topic="debt",
            words=words,
            community=cast.places.community,
        )
        await journal.record(cast.mei, "create", made)
    return made


async def test_a_mediator_finds_a_dispute_in_every_way_people_say_it(cast):
    made = await report(cast)
    by_words = ("漏水", "天花板", "楼上 泡了", "wi-fi", "ＷＩ", "银杏苑", "漏水 秀英", "  漏水  ")
    by_name = ("梅秀英", "秀英", "梅", "mxy", "MXY", "xy", "meixiuying", "meixiu", "xiuying")
    by_number = (made.number, made.number.lower().replace("-", " "))
    for text in (*by_words, *by_name, *by_number):
        assert await found(Dispute, cast.he, text) == [made.id], text
    for text in ("离婚", "水楼", "漏水 离婚", "陶建国", "tjg", "水", "q y", "，", "9999"):
        assert await found(Dispute, cast.he, text) == [], text


async def test_without_a_text_every_row_is_found_that_is_visible(cast):
    made = [(await report(cast, words)).id for words in (WORDS, "邻居吵闹")]
    assert set(await found(Dispute, cast.he, "  ")) == set(made)
    assert await found(Dispute, cast.yu, "") == []


@pytest.mark.parametrize(
    "text", ['漏水" OR 1', "漏水' OR '1'='1", "NOT 漏水 *", "a AND NEAR(b)", "%", "{}", "\\", "~mxy"]
)
async def test_no_text_is_an_expression(cast, text):
    made = await report(cast)
    assert await found(Dispute, cast.he, text) in ([], [made.id])
    assert await found(Dispute, cast.he, f"{text} 离婚") == []


async def test_a_telephone_finds_what_it_may_reach(cast):
    asked = await ask(cast)
    for text in ("138 0000 0001", "+86 13800000001", "0001"):
        assert await found(Consultation, cast.chen.person, text) == [asked.id], text
        assert await found(Consultation, cast.fang, text) == [], text  # the centre sees no telephone of it
    assert await found(Consultation, cast.chen.person, "0002") == []


async def test_the_centre_finds_a_consultation_by_its_name_and_by_no_word_of_it(cast):
    asked = await ask(cast)
    assert await found(Consultation, cast.chen.person, "漏水") == [asked.id]
    assert await found(Consultation, cast.mei, "漏水") == [asked.id]
    for somebody in (cast.fang, cast.he, cast.guo, cast.lin.person, cast.tao, cast.other.tang):
        assert await found(Consultation, somebody, "漏水") == []
    assert await found(Consultation, cast.fang, "mxy") == [asked.id]
    assert await found(Consultation, cast.other.tang, "mxy") == []


async def test_advice_is_found_once_it_is_issued(cast):
    asked = await ask(cast)
    async with transaction():
        draft = await Prescription.create(consultation=asked, lawyer=cast.chen, steps="先去公证处保全证据")
        await journal.record(cast.chen.person, "draft", draft)
    assert (
        await found(Consultation, cast.mei, "公证处")
        == await found(Consultation, cast.chen.person, "公证处")
        == []
    )
    async with transaction():
        await Prescription.filter(id=draft.id).update(state=PrescriptionState.ISSUED)
        await journal.record(cast.chen.person, "issue", draft)
    assert await found(Consultation, cast.mei, "公证处") == [asked.id]
    assert await found(Prescription, cast.mei, "公证处") == [draft.id]
    assert await found(Prescription, cast.mei, "漏水") == []


async def test_the_index_follows_a_change_and_not_one_that_was_undone(cast):
    made = await report(cast)
    async with transaction():
        await Dispute.filter(id=made.id).update(**made.sealed(words="是楼下装修噪音"))
        await journal.record(cast.mei, "correct", made)
    assert await found(Dispute, cast.he, "漏水") == [] and await found(Dispute, cast.he, "装修") == [made.id]
    with pytest.raises(RuntimeError):
        async with transaction():
            await Dispute.filter(id=made.id).update(**made.sealed(words="算了"))
            await journal.record(cast.mei, "correct", made)
            raise RuntimeError
    assert await found(Dispute, cast.he, "装修") == [made.id]
    await actions.rename(cast.mei, "梅秀兰")
    assert await found(Dispute, cast.he, "秀英") == [] and await found(Dispute, cast.he, "mxl") == [made.id]
    assert [one async for one in reindex.broken()] == []


async def test_what_is_let_go_is_found_no_more(cast):
    made = await report(cast)
    async with transaction():
        await erasure.erase(cast.guo, "dispute", made.id, "", at_once=False)
    assert (
        await found(Dispute, cast.he, "漏水")
        == []
        == await rows("SELECT id FROM trace WHERE source = ?", made.id)
    )
    assert await found(Dispute, cast.he, "梅秀英") == [made.id]
    assert [one async for one in reindex.broken()] == []


async def test_a_new_key_is_found_by_at_once_and_the_old_one_until_everything_is_brought(cast):
    made = await report(cast)
    now = settings.current()
    old, new = now.keys or now.secret, "a newer key of this test, long enough to be one of the ring"
    settings.use(replace(now, keys=f"{new},{old}"))
    later = await report(cast, "楼道漏水")
    assert set(await found(Dispute, cast.he, "漏水")) == {made.id, later.id}
    assert await reindex.behind() > 0
    brought = {table: count async for table, count in reindex.rotate()}
    assert brought["dispute"] == 2 and await reindex.behind() == 0  # its words and its place
    assert [one async for one in reindex.rotate()] == [(table, 0) for table in brought]
    assert set(await found(Dispute, cast.he, "漏水")) == {made.id, later.id}
    settings.use(replace(now, keys=new))
    assert set(await found(Dispute, cast.he, "漏水")) == {made.id, later.id}
    settings.use(replace(now, keys=old))
    assert await found(Dispute, cast.he, "漏水") == []


async def test_the_index_holds_no_word_and_no_order_of_them(cast):
    await report(cast)
    for row in await rows("SELECT tokens FROM trace"):
        tokens = row["tokens"].split()
        assert tokens == sorted(set(tokens)) and all(
            int(token, 16) >= 0 and len(token) == 8 for token in tokens
        )
    _facts, place = await rows("SELECT tokens FROM trace WHERE kind = 'dispute' ORDER BY part")
    again = await report(cast, "银杏苑1栋1单元202")
    (other,) = await rows("SELECT tokens FROM trace WHERE source = ? AND part = 'facts'", again.id)
    assert not {*other["tokens"].split()} & {*place["tokens"].split()}, "a pair is another one in every part"


async def test_what_is_not_in_step_is_named(cast):
    made = await report(cast)
    async with transaction():
        await Dispute.filter(id=made.id).update(**made.sealed(words="没有人知道的改动"))
    assert [one async for one in reindex.broken()] == [f"dispute {made.id}, facts"]
    async with transaction():
        await index.write(index.of(Dispute), [made.id])
        await Dispute.filter(id=made.id).delete()
    assert {one async for one in reindex.broken()} == {f"dispute {made.id} is not there"}


async def test_a_record_is_found_by_columns_of_the_part_they_belong_to(database):
    guarded = [model for model in Tortoise.apps["portal"].values() if getattr(model, "FOUND_BY", None)]
    assert len(guarded) >= 10
    for model in guarded:
        for part, columns in model.FOUND_BY.items():
            assert {*columns} <= {*model.PARTS[part]}, model.__name__
        confided = {
            name
            for part, columns in model.PARTS.items()
            for name in columns
            if isinstance(model._meta.fields_map[name], Sealed)
        }
        forgotten = confided - {name for columns in model.FOUND_BY.values() for name in columns}
        # Reasons and answers that staff and residents give one another are read on the record; nobody looks for a record by them.
        reasons = {"contested", "over_limit", "helped_words"}
        assert forgotten <= {"phone", "contact_when", "former_names", *reasons}, (
            f"{model.__name__} is not found by {forgotten}"
        )


def test_a_name_is_found_by_every_reading_of_its_characters():
    assert {"szl", "dzl", "shanzhilin", "danzhilin"} <= {*pairs.sounds("单芝琳")}
    assert {"zxm", "xm", "m", "zhangxiaoming", "zhangx", "xiaoming"} <= {*pairs.sounds("张小明")}
    assert [*pairs.sounds("John")] == [] and "jo" in pairs.of_name("John")


def test_a_single_character_is_too_little_but_for_a_name():
    assert pairs.meant("漏", False) == [] and pairs.meant("张", True) == [{"张"}]
    assert finding.too_short(" 漏 ") and not finding.too_short("漏水") and not finding.too_short("")


async def test_a_resident_finds_nothing_of_another_person(cast):
    assert await found(Person, cast.yu, "梅秀英") == []
    assert await found(Person, cast.fang, "mxy") == [cast.mei.id]
