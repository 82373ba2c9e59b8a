"""Over a hundred cases every firm has its share to within one, whatever its weight, its conflicts and what its lawyers know."""

from fractions import Fraction
from random import Random
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.booking import rules
from portal.booking.fairness import BEHIND, deficits
from portal.booking.matching import Claim, rematch
from portal.booking.rules import Desk, Loads
from portal.law.topics import Topic

NINE = clock.at(clock.today(), 9 * 60)
TOPICS = list(Topic)[:8]


def desk(n: int, weight: int, topics: frozenset[str]) -> Desk:
    key = UUID(int=n + 1)
    return Desk(key, NINE, key, f"{n:03}", key, weight, topics)


def served(desks: list[Desk], cases: list[tuple[str, frozenset[UUID]]]) -> dict[UUID, int]:
    """Firm → cases, when each (topic, firms in conflict) goes to the desk ranked first."""
    counts = dict.fromkeys((one.firm for one in desks), 0)
    for topic, barred in cases:
        best = rules.rank(desks, topic, barred, Loads(dict(counts)))
        if best:
            counts[best[0].desk.firm] += 1
    return counts


def clinic(seed: int) -> tuple[list[Desk], list[tuple[str, frozenset[UUID]]]]:
    """Two to twenty firms of weights one to five, each knowing three of eight topics, one topic asked more than the others;
    a hundred cases, each in conflict with one firm in ten."""
    random = Random(seed)
    desks = [
        desk(n, random.randint(1, 5), frozenset(random.sample(TOPICS, 3)))
        for n in range(random.randint(2, 20))
    ]
    cases = [
        (
            random.choice([*TOPICS, TOPICS[0], TOPICS[0]]),
            frozenset(one.firm for one in desks if random.random() < 0.1),
        )
        for _case in range(100)
    ]
    return desks, cases


def off(desks: list[Desk], counts: dict[UUID, int]) -> dict[UUID, Fraction]:
    """Firm → how far it is from its share of what was given out."""
    weights, given_out = sum(one.weight for one in desks), sum(counts.values())
    return {one.firm: counts[one.firm] - Fraction(given_out * one.weight, weights) for one in desks}


def test_without_conflicts_every_firm_has_its_share_to_within_one_whatever_its_lawyers_know():
    for seed in range(60):
        desks, cases = clinic(seed)
        counts = served(desks, [(topic, frozenset()) for topic, _barred in cases])
        assert max(abs(one) for one in off(desks, counts).values()) <= 1, seed


def test_with_conflicts_who_is_more_than_one_off_was_not_able():
    """Who ends a case or more below its share was in conflict with the last ones it was due; who ends above had to take what
    the others could not."""
    for seed in range(60):
        desks, cases = clinic(seed)
        counts = dict.fromkeys((one.firm for one in desks), 0)
        for topic, barred in cases:
            able = {one.firm: (counts[one.firm], one.weight) for one in desks if one.firm not in barred}
            best = rules.rank(desks, topic, barred, Loads(dict(counts)))
            if not best:
                continue
            below, chosen = deficits(able), best[0].desk.firm
            assert below[chosen] >= min(BEHIND, max(below.values())) or max(below.values()) < BEHIND
            assert below[chosen] >= 0, (
                "a firm above its share was given a case that another one below could take"
            )
            counts[chosen] += 1
        assert sum(abs(one) > 1 for one in off(desks, counts).values()) <= 1, seed


def test_knowing_the_topic_counts_for_much_inside_that():
    """Of a hundred cases far more go to somebody who knows the topic than by chance."""
    desks = [desk(n, 1, frozenset([TOPICS[n % 4]])) for n in range(8)]
    random, counts, known = Random(1), dict.fromkeys((UUID(int=n + 1) for n in range(8)), 0), 0
    for _case in range(100):
        best = rules.rank(desks, topic := random.choice(TOPICS[:4]), (), Loads(dict(counts)))[0]
        known += topic in best.desk.topics
        counts[best.desk.firm] += 1
    assert known >= 50 and max(counts.values()) - min(counts.values()) <= 2


def test_when_a_morning_is_matched_anew_knowing_the_topic_counts_before_the_share():
    knows, due = desk(0, 1, frozenset(["debt"])), desk(1, 9, frozenset())
    lost = Claim(UUID(int=7), NINE, None, "debt")
    assert rematch([lost], [due, knows], Loads({knows.firm: 5})) == {lost.appointment: knows}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.sets(st.sampled_from(TOPICS))), min_size=2, max_size=8),
    st.lists(st.sampled_from(TOPICS), min_size=1, max_size=100),
)
@example([(1, set()), (9, {TOPICS[0]})], [TOPICS[0]] * 100)
def test_whatever_is_asked_no_firm_is_ever_a_case_and_a_half_off_its_share(firms, topics):
    desks = [desk(n, weight, frozenset(knows)) for n, (weight, knows) in enumerate(firms)]
    counts = dict.fromkeys((one.firm for one in desks), 0)
    for topic in topics:
        counts[rules.rank(desks, topic, (), Loads(dict(counts)))[0].desk.firm] += 1
        assert all(abs(one) < Fraction(3, 2) for one in off(desks, counts).values())
