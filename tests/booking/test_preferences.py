"""What a resident would rather have in a lawyer is weighed after the topic and before the share, and claims nothing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from portal import clock
from portal.booking import drafts, preference_rules, rules
from portal.booking.actions import book, hold, reassign
from portal.booking.models import Appointment
from portal.booking.rules import Desk, Loads
from portal.database import transaction
from portal.law.topics import Topic
from portal.roster.models import Lawyer
from portal.roster.skills import ANY, Gender, Preference, Speech, preference
from tests import make

AT = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "speaks", "gender"),
    [
        ("", set(), ""),
        ("听力不好，家里人陪着", set(), ""),
        ("想要女律师", set(), "woman"),
        ("最好是会说四川话的女律师", {"sichuan"}, "woman"),
        ("说藏语", {"tibetan"}, ""),
        ("不要男律师", set(), ""),
        ("男律师女律师都行", set(), ""),
        ("a female lawyer, please", set(), "woman"),
        ("Woman lawyer who can speak English", {"english"}, "woman"),
        ("需要手语", {"sign"}, ""),
    ],
)
def test_what_is_asked_for_is_read_from_the_words(words, speaks, gender):
    assert preference(words) == Preference(frozenset(speaks), gender)


def test_who_asks_for_nothing_is_met_by_nobody_who_says_nothing():
    assert ANY.met(frozenset(), "") == 0 == Preference(frozenset({"wu"})).met(frozenset({"hakka"}), "")
    assert Preference(frozenset({"wu"}), "woman").met(frozenset({"wu"}), "woman") == 2


def desk(number: str, *, topics=(), speaks=(), gender="", weight=1) -> Desk:
    return Desk(
        slot=uuid4(),
        starts_at=AT,
        lawyer=uuid4(),
        number=number,
        firm=uuid4(),
        weight=weight,
        topics=frozenset(topics),
        names=(number, ""),
        speaks=frozenset(speaks),
        gender=gender,
    )


def test_topic_first_then_the_wish_then_the_share():
    knows, meets, due = (
        desk("1", topics=["debt"]),
        desk("2", speaks=["sichuan"], gender="woman"),
        desk("3", weight=9),
    )
    wish = Preference(frozenset({"sichuan"}), "woman")
    order = [one.desk.number for one in rules.rank([due, meets, knows], "debt", (), Loads(), wish)]
    assert order == ["1", "2", "3"]
    assert [one.desk.number for one in rules.rank([meets, due], "debt", (), Loads())] == ["3", "2"]
    barred = rules.rank([meets, due], "debt", {meets.firm}, Loads(), wish)
    assert [one.desk.number for one in barred] == ["3"]  # a wish opens no firm in conflict
    above, below = desk("4", gender="woman"), desk("5")
    loads = Loads({above.firm: 4, below.firm: 2})
    woman = rules.rank([below, above], "debt", (), loads, Preference(gender="woman"))
    assert [one.desk.number for one in woman] == ["4", "5"]  # nor is it outweighed by shares


def test_a_kept_time_yields_to_who_meets_more_and_a_promised_lawyer_to_nobody():
    held, woman = desk("1"), desk("2", gender="woman")
    ranked = rules.rank([held, woman], "debt", (), Loads(), Preference(gender="woman"))
    assert [one.desk for one in preference_rules.in_order(ranked, held.slot)] == [woman, held]
    assert [one.desk for one in preference_rules.in_order(ranked, held.lawyer)] == [held, woman]
    plain = rules.rank([held, woman], "debt", (), Loads(), ANY)
    assert next(iter(preference_rules.in_order(plain, woman.slot))).desk == woman


async def test_who_asks_for_a_woman_is_received_by_one_who_is_free_then_and_the_account_says_why(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        day = make.working_day(1)
        async with transaction():
            await Lawyer.filter(id=cast.lin.id).update(gender=Gender.WOMAN, speaks=[Speech.SICHUAN.value])
            await Lawyer.filter(id__in=[cast.chen.id]).update(topics=[])
        slots = [(await make.duty(one, day, 2)).made for one in (cast.chen, cast.lin)]
        async with transaction():
            # Lin's firm is behind, so that fairness alone would choose Chen.
            await Lawyer.filter(id=cast.lin.id).update(topics=[])
        await make.appointment(cast.tao, slots[1][1])
        kept = await hold("browser", slots[0][0].starts_at, Topic.DEBT)
        assert kept.slot_id == slots[0][0].id
        made = await book(cast.mei, "browser", topic=Topic.DEBT, needs="想要女律师，会说四川话")
        found = await Appointment.get(id=made.id)
        assert found.lawyer_id == cast.lin.id
        chosen = next(row for row in found.assigned if row["chosen"])
        assert chosen["meets"] == 2 and "合乎居民的愿望" in rules.reason(chosen)
        await reassign(cast.fang, made, cast.chen.id)  # staff who name somebody mean it
        assert (await Appointment.get(id=made.id)).lawyer_id == cast.chen.id


async def test_where_nobody_meets_it_the_wish_costs_nobody_their_time(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        slot = await make.slot(cast.chen, make.working_day(1))
        await hold("browser", slot.starts_at, Topic.DEBT)
        made = await book(cast.mei, "browser", topic=Topic.DEBT, needs="说藏语")
        assert made.lawyer_id == cast.chen.id and made.assigned[0]["meets"] == 0


async def test_who_named_a_lawyer_is_not_taken_to_another_for_their_words(cast):
    with clock.standing_at(clock.at(make.working_day(), 8 * 60)):
        day = make.working_day(1)
        async with transaction():
            await Lawyer.filter(id=cast.lin.id).update(gender=Gender.WOMAN, topics=[])
            await Lawyer.filter(id=cast.chen.id).update(topics=[])
        named, _woman = await make.slot(cast.chen, day), await make.slot(cast.lin, day)
        await make.appointment(cast.tao, (await make.slot(cast.lin, make.working_day(5))))
        await hold("browser", named.starts_at, Topic.DEBT)
        await drafts.keep("browser", lawyer=cast.chen.person.number)
        made = await book(cast.mei, "browser", topic=Topic.DEBT, needs="想要女律师")
        assert made.lawyer_id == cast.chen.id
