"""No firm ever stands on both sides, and a name is only itself."""

import pytest

from portal.conflicts import actions, queries
from portal.conflicts.models import Check, Side
from portal.conflicts.rules import Names
from portal.database import transaction
from portal.journal import Entry
from portal.law.names import normal
from portal.records import new_id

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("梅秀英", " 梅 秀英 "),
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("ＺＨＡＮＧ Wei", "zhang wei"),
        ("银杏物业服务有限公司", "银杏物业服务有限责任公司"),
    ],
)
def test_spellings_of_one_name_are_one(one, other):
    assert normal(one) == normal(other) != ""


@pytest.mark.parametrize(("one", "other"), [("张伟", "张玮"), ("王建国", "王建华"), ("李明", "李明明")])
def test_names_that_only_look_or_sound_alike_are_two(one, other):
    assert normal(one) != normal(other)


@pytest.mark.parametrize("text", ["", "  ", "不知道", "不清楚", "。。。", "无", "Unknown"])
def test_what_names_nobody_is_compared_with_nobody(text):
    assert normal(text) == "" and not Names.of([text], [None, ""])


def test_a_key_fits_its_column_whatever_the_name_unfolds_into():
    assert len(normal("\ufdfa" * 60)) <= 60


async def matter(firm, client="", other="", client_phone="", other_phone="", sides=(Side.CLIENT, Side.OTHER)):
    number = new_id()
    async with transaction():
        await actions.meet("appointment", number, sides[0], client, client_phone, None, firm)
        await actions.meet("appointment", number, sides[1], other, other_phone, None, firm)
    return number


async def test_a_firm_that_served_the_other_side_is_in_conflict_and_others_are_not(cast):
    await matter(cast.hengdao.id, client="陶建国", client_phone="13800000002")
    firms = [cast.hengdao.id, cast.lanting.id]
    by_name = await queries.check(firms, Names(), Names.of(["陶建国"]))
    by_phone = await queries.check(firms, Names(), Names.of(["老陶"], ["13800000002"]))
    assert by_name.keys() == by_phone.keys() == {cast.hengdao.id}
    assert await queries.check(firms, Names(), Names.of(["陶建华"], ["13800000003"])) == {}


async def test_a_firm_that_stands_against_somebody_does_not_serve_them(cast):
    await matter(cast.hengdao.id, client="陶建国", other="梅秀英", other_phone="13800000001")
    firms = [cast.hengdao.id, cast.lanting.id]
    assert (await queries.check(firms, Names.of(["梅秀英"]), Names())).keys() == {cast.hengdao.id}
    assert (await queries.check(firms, Names.of([], ["13800000001"]), Names())).keys() == {cast.hengdao.id}
    assert await queries.check(firms, Names.of(["陶建国"]), Names.of(["梅秀英"])) == {}


async def test_both_sides_of_a_mediation_are_served_and_one_without_a_firm_binds_nobody(cast):
    await matter(cast.lanting.id, "陶建国", "梅秀英", sides=(Side.A, Side.B))
    await matter(None, "于生", "窦单元", sides=(Side.A, Side.B))
    firms = [cast.hengdao.id, cast.lanting.id]
    for name in ("陶建国", "梅秀英"):
        assert (await queries.check(firms, Names(), Names.of([name]))).keys() == {cast.lanting.id}
    assert await queries.check(firms, Names.of(["于生"]), Names.of(["窦单元"])) == {}


async def test_nothing_to_compare_asks_nothing(cast):
    await matter(cast.hengdao.id, client="陶建国")
    assert await queries.check([cast.hengdao.id], Names(), Names()) == {}
    assert await queries.check([], Names.of(["陶建国"]), Names.of(["陶建国"])) == {}


async def test_the_sides_of_a_matter_come_back_as_they_were_recorded_and_once(cast):
    number = await matter(cast.hengdao.id, "陶建国", "梅秀英", "13800000002")
    async with transaction():
        again = await actions.meet(
            "appointment", number, Side.CLIENT, "陶 建国", "13800000002", None, cast.hengdao.id
        )
        nobody = await actions.meet("appointment", number, Side.OTHER, "不知道", "", None, cast.hengdao.id)
    assert again is not None and again.name == "陶建国" and nobody is None
    served, others = await queries.sides("appointment", number)
    assert (served.keys, served.phones, others.keys) == ({"陶建国"}, {"13800000002"}, {"梅秀英"})


async def test_a_check_is_kept_without_names_and_cannot_be_changed(cast):
    async with transaction():
        made = await actions.store(
            cast.fang,
            "appointment",
            new_id(),
            cast.hengdao.id,
            Names.of(["梅秀英"]),
            Names.of(["陶建国"]),
            [new_id()],
        )
    kept = await Check.get(id=made.id)
    assert not kept.is_clear and kept.searched["others"] == {"names": 1, "phones": 0}
    assert "梅" not in str(kept.searched) + str(kept.hits) + str(await Entry.all().values_list("detail"))
    with pytest.raises(Exception):  # noqa: B017 - each engine has its own word for it
        async with transaction():
            await Check.filter(id=made.id).update(is_clear=True)
    assert not (await Check.get(id=made.id)).is_clear
