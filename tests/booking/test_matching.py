"""A lawyer drops out: as many as possible are received, and nobody is moved who need not be."""

import time
from datetime import timedelta
from itertools import pairwise, permutations
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from portal import clock
from portal.booking.matching import Claim, cheapest, rematch
from portal.booking.rules import Desk, Loads

NINE = clock.at(clock.today(), 9 * 60)
HUO, LU, QIN = UUID(int=1), UUID(int=2), UUID(int=3)


def desk(
    firm: UUID = HUO, minutes: int = 0, topics: str = "debt", weight: int = 1, is_free: bool = True
) -> Desk:
    lawyer, at = uuid4(), NINE + timedelta(minutes=minutes)
    return Desk(uuid4(), at, lawyer, f"{lawyer}", firm, weight, frozenset(topics.split()), is_free)


def claim(
    kept: Desk | None = None, *barred: UUID, minutes: int = 0, topic: str = "debt", fixed: bool = False
) -> Claim:
    at = kept.starts_at if kept else NINE + timedelta(minutes=minutes)
    return Claim(uuid4(), at, kept.slot if kept else None, topic, frozenset(barred), fixed)


def matched(claims: list[Claim], desks: list[Desk], loads: Loads | None = None) -> list[Desk | None]:
    found = rematch(claims, desks, loads or Loads())
    return [found.get(one.appointment) for one in claims]


def test_who_has_a_desk_keeps_it_and_who_lost_one_gets_a_free_one_at_the_same_time():
    kept, free, later = desk(is_free=False), desk(LU), desk(LU, minutes=30)
    assert matched([claim(kept), claim()], [kept, later, free]) == [kept, free]


def test_nobody_is_moved_for_somebody_elses_comfort():
    """The free desk does not know the topic; the taken one would. It stays taken."""
    kept, free = desk(topics="labour", is_free=False), desk(topics="debt")
    mine = claim(kept, topic="debt")
    assert matched([mine, claim(topic="labour")], [kept, free]) == [kept, free]


def test_somebody_is_moved_when_otherwise_another_would_be_received_by_nobody():
    """The only free desk is of a firm in conflict; whoever has the other can sit there."""
    kept, free = desk(HUO, is_free=False), desk(LU)
    stays, stranded = claim(kept), claim(None, LU)
    assert matched([stays, stranded], [kept, free]) == [free, kept]


def test_whoever_has_come_is_not_moved_and_the_other_is_told():
    kept, free = desk(HUO, is_free=False), desk(LU)
    assert matched([claim(kept, fixed=True), claim(None, LU)], [kept, free]) == [kept, None]


def test_another_time_is_the_last_resort_and_then_the_nearest():
    soon, late = desk(minutes=30), desk(minutes=120)
    assert matched([claim()], [late, soon]) == [soon]
    assert matched([claim()], [late, soon, strange := desk(topics="labour")]) == [strange]


def test_rather_one_comes_at_another_time_than_two():
    half_past, eleven = desk(minutes=30), desk(minutes=120, topics="labour")
    early, later = claim(topic="debt"), claim(minutes=30, topic="labour")
    assert matched([early, later], [half_past, eleven]) == [eleven, half_past]


def test_of_equals_the_firm_furthest_below_its_share_is_due():
    huo, lu = desk(HUO, weight=1), desk(LU, weight=3)
    assert matched([claim()], [huo, lu], Loads({HUO: 2, LU: 3})) == [lu]
    assert matched([claim()], [huo, lu], Loads({HUO: 1, LU: 9})) == [huo]


def test_nobody_sits_with_a_firm_in_conflict_and_no_desk_has_two():
    desks = [desk(HUO), desk(LU)]
    assert matched([claim(None, HUO, LU), claim(None, HUO), claim(None, HUO)], desks).count(None) == 2
    assert matched([], desks) == [] and matched([claim()], []) == [None]


def together(*claims: Claim) -> list[Claim]:
    """The same, each against every other."""
    keys = {one.appointment for one in claims}
    return [one._replace(against=frozenset(keys - {one.appointment})) for one in claims]


def apart(claims: list[Claim], desks: list[Desk]) -> list[Desk | None]:
    found = rematch(claims, desks, Loads(), timedelta(minutes=60))
    return [found.get(one.appointment) for one in claims]


def test_nobody_is_brought_near_whom_they_must_not_meet():
    """The nearest free time would seat the two together; the next one is too soon after, the third is not."""
    kept = desk(minutes=60, is_free=False)
    soon, beside, late = desk(LU, minutes=60), desk(LU, minutes=120), desk(LU, minutes=150)
    stays, stranded = claim(kept), claim(minutes=0)
    assert matched([stays, stranded], [kept, soon, beside, late]) == [kept, soon]
    assert apart(together(stays, stranded), [kept, soon, beside, late]) == [kept, late]
    assert apart(together(stays, stranded), [kept, soon, beside]) == [kept, None], (
        "rather by nobody than there"
    )


def test_however_many_times_are_near_the_first_that_is_not_is_found():
    kept = desk(minutes=240, is_free=False)
    times = [desk(LU, minutes=30 * n) for n in range(6, 20)]
    assert apart(together(claim(kept), claim(minutes=150)), [kept, *times]) == [kept, times[5]]
    assert times[5].starts_at == kept.starts_at + timedelta(minutes=90)


def test_two_who_both_need_another_time_are_kept_apart_too():
    soon, same, late = desk(minutes=30), desk(LU, minutes=30), desk(LU, minutes=120)
    claims = together(claim(), claim())
    assert set(matched([claim(), claim()], [soon, same, late])) == {soon, same}
    assert {one and one.starts_at for one in apart(claims, [soon, same, late])} == {
        soon.starts_at,
        late.starts_at,
    }


def test_who_would_have_met_anyway_keeps_the_time_and_whoever_comes_elsewhere_is_kept_away_from():
    kept, free = desk(is_free=False), desk(LU)
    assert apart(together(claim(kept), claim()), [kept, free]) == [kept, free]
    soon, late = desk(minutes=30), desk(minutes=150)
    alone = claim()._replace(away=frozenset({NINE + timedelta(minutes=60)}))
    assert matched([claim()], [soon, late]) == [soon] and apart([alone], [soon, late]) == [late]


def test_a_quarrel_of_many_is_left_to_a_person_rather_than_seated_together():
    desks = [desk(minutes=15 * n) for n in range(1, 8)]
    found = apart(together(*(claim() for _one in range(6))), desks)
    times = sorted(one.starts_at for one in found if one)
    assert times and all(later - sooner > timedelta(minutes=60) for sooner, later in pairwise(times))


@settings(max_examples=150)
@given(st.data())
def test_the_cheapest_way_is_the_cheapest_of_all_ways(data):
    rows = data.draw(st.integers(1, 4))
    columns = data.draw(st.integers(rows, 6))
    number = st.integers(0, 20)
    costs = [[data.draw(number) for _column in range(columns)] for _row in range(rows)]
    found = cheapest(costs)
    assert len(set(found)) == rows
    ways = permutations(range(columns), rows)
    best = min(sum(costs[row][column] for row, column in enumerate(way)) for way in ways)
    assert sum(costs[row][column] for row, column in enumerate(found)) == best


def test_a_full_clinics_morning_is_matched_while_somebody_waits():
    """Twenty desks, six times, one lawyer gone."""
    firms = [uuid4() for _firm in range(20)]
    desks = [desk(firm, minutes=30 * n, is_free=False) for firm in firms for n in range(6)]
    claims = [claim(one) for one in desks[6:]] + [claim(minutes=30 * n) for n in range(6)]
    began = time.perf_counter()
    found = matched(claims, desks[6:])
    assert found[:114] == desks[6:] and found[114:] == [None] * 6
    print(f"{time.perf_counter() - began:.2f} s")
