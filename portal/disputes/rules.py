"""Who may do what to a dispute at which level, where it goes next, and what its rates mean."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal import policy
from portal.disputes.models import LEVEL_OF, Level
from portal.people.models import Role

USUAL = timedelta(
    days=30
)  # from acceptance to the end: one month (人民调解若干规定 33), longer if both sides agree
REOPENING = timedelta(days=30)  # how long the reporter can have it taken up again by themselves
AGAIN = timedelta(minutes=2)  # the same words of the same person within this time are one report
OFFERED = timedelta(hours=1)  # how long after a report its reporter can hide it by themselves
SITTINGS_AHEAD = timedelta(days=90)
EARLY = timedelta(
    hours=12
)  # a sitting can be recorded this long before its time: people come early, dates slip

SETTLING = {policy.HANDLING, policy.STANDS, policy.COMMUNITY, policy.STREET}
RESIDENTS = {policy.OWN, policy.PROXY}


# -- where it stands, and who stands there ---------------------------------------------------------------------------


def minds(person: Any, level: int, record: Any) -> bool:
    """Does this head mind the place of the record in the office of this level?"""
    places = {Level.UNIT: "unit_id", Level.BUILDING: "building_id", Level.GRID: "grid_id"}
    if level not in places:
        return False
    role = next(role for role, its in LEVEL_OF.items() if its == level)
    place = getattr(record, places[Level(level)])
    return place is not None and place in person.minds(role)


def stands_with(person: Any, dispute: Any) -> bool:
    """Is it this person's to act where the dispute stands? A head's at the level and place they mind, the street's at
    its own level for its own communities (needs `community` loaded), at every level the staff's of its community."""
    if person.serves(dispute.community_id):
        return True
    if dispute.level == Level.STREET:
        streets = person.minds(Role.STREET)
        return None in streets or bool(
            streets and dispute.community and dispute.community.street_id in streets
        )
    return minds(person, dispute.level, dispute)


def is_inside(relations: Collection[str]) -> bool:
    """Does somebody who stands to it in these ways look from an office? Whoever has nothing to settle and is near to the
    one who reported it, or is that one, sees how far it has come, in plain words."""
    return bool(SETTLING & set(relations)) or not RESIDENTS & set(relations)


def level_of(person: Any, place: Any) -> Level | None:
    """The person's own level over a place (anything with unit_id, building_id, grid_id and community_id): the lowest office that
    minds it, COMMUNITY for staff of its community, None for whoever has no say there."""
    for level in sorted(LEVEL_OF.values()):
        if minds(person, level, place):
            return level
    is_theirs = person.serves(place.community_id) if place.community_id else person.is_staff
    return Level.COMMUNITY if is_theirs else None


def arises_at(place: Any) -> Level:
    """The lowest level whose head could see to a place: its unit, else its building, else its grid, which is also where
    a compound as a whole belongs; the community for whatever lies in none."""
    if place.unit_id:
        return Level.UNIT
    if place.building_id:
        return Level.BUILDING
    if place.grid_id or place.compound_id:
        return Level.GRID
    return Level.COMMUNITY


def levels_above(person: Any, dispute: Any) -> list[Level]:
    """Where it can be raised to, the next level first. Levels may be skipped (越级), with a reason like any other hop;
    past the community only staff decide."""
    top = Level.STREET if person.serves(dispute.community_id) else Level.COMMUNITY
    return [level for level in Level if dispute.level < level <= top]


def levels_below(dispute: Any) -> list[Level]:
    """Where it can be handed down to, the nearest first: only levels whose place is known."""
    known = {
        Level.UNIT: dispute.unit_id,
        Level.BUILDING: dispute.building_id,
        Level.GRID: dispute.grid_id,
        Level.COMMUNITY: True,
    }
    return [level for level in reversed(Level) if level < dispute.level and known.get(level)]


def levels_to_settle(person: Any, dispute: Any) -> list[Level]:
    """The levels at which this person may say it was settled, the usual one first.

    A head settles where it stands. Staff who settle it themselves settle at the community or higher; when they only
    write down what a head settled, they may name that head's level.
    """
    if not person.serves(dispute.community_id):
        return [Level(dispute.level)]
    usual = max(Level(dispute.level), Level.COMMUNITY)
    if dispute.accepted_at is not None:
        usual = Level(dispute.level)
    most = max(Level(dispute.level), Level.COMMUNITY)
    return [usual, *(level for level in Level if dispute.level_arose <= level <= most and level != usual)]


# -- what may be done ------------------------------------------------------------------------------------------------


def may_report_settled(person: Any, place: Any) -> bool:
    """May this person log a dispute of this place as settled on the spot?"""
    return level_of(person, place) is not None


def may_accept(person: Any, dispute: Any, now: datetime) -> bool:
    """Whoever stands at its level takes it up. Staff who take up what stands lower lift it to the community."""
    return stands_with(person, dispute)


def may_raise(person: Any, dispute: Any, now: datetime) -> bool:
    """上报: by whoever stands at its level, to a higher one."""
    return stands_with(person, dispute) and bool(levels_above(person, dispute))


def may_hand_down(person: Any, dispute: Any, now: datetime) -> bool:
    """交办: by whoever stands at its level, to a lower one that knows the place."""
    return stands_with(person, dispute) and bool(levels_below(dispute))


def may_mediate(person: Any, dispute: Any, now: datetime) -> bool:
    """Plan a sitting: whoever stands at its level."""
    return stands_with(person, dispute)


def may_settle(person: Any, dispute: Any, now: datetime) -> bool:
    """Record an agreement: whoever stands at its level, a head only there."""
    return stands_with(person, dispute)


def may_fail(person: Any, dispute: Any, now: datetime) -> bool:
    """Say that mediation did not succeed: whoever stands at its level."""
    return stands_with(person, dispute)


def may_withdraw(person: Any, dispute: Any, now: datetime) -> bool:
    """The reporter at any time (mediation is voluntary: 人民调解法 3, 23), staff for somebody who asks them to."""
    return person.id == dispute.reporter_id or person.serves(dispute.community_id)


def may_escalate(person: Any, dispute: Any, now: datetime) -> bool:
    """Hand over to the street's or the court's own procedure: staff, and the street for what stands there."""
    return person.serves(dispute.community_id) or (
        dispute.level >= Level.STREET and stands_with(person, dispute)
    )


def may_reopen(person: Any, dispute: Any, now: datetime) -> bool:
    """Take up again at the level where it ended: whoever stands there; the reporter within thirty days of its end."""
    if stands_with(person, dispute):
        return True
    is_fresh = dispute.ended_at is not None and now <= dispute.ended_at + REOPENING
    return person.id == dispute.reporter_id and is_fresh


def may_protect_own(person: Any, dispute: Any, now: datetime) -> bool:
    """Put their own report behind a passphrase: a resident who told it themselves and ticked a danger, once, just after.

    Later it is the desk's to do: whoever picks up the telephone meanwhile must not be able to shut its owner out.
    """
    is_own = person.id == dispute.reporter_id and dispute.channel == "web"
    is_wanted = dispute.is_dangerous and dispute.protection_id is None
    return is_own and is_wanted and now <= dispute.created_at + OFFERED


def may_protect(person: Any, dispute: Any) -> bool:
    """Put it behind a passphrase at the desk, or behind another: staff of its community, for somebody else."""
    return dispute.reporter_id not in (None, person.id) and person.serves(dispute.community_id)


MAY = {
    "accept": may_accept,
    "settle": may_settle,
    "withdraw": may_withdraw,
    "escalate": may_escalate,
    "raise": may_raise,
    "hand_down": may_hand_down,
    "mediate": may_mediate,
    "fail": may_fail,
    "reopen": may_reopen,
}


def may_record(person: Any, sitting: Any, dispute: Any, now: datetime) -> bool:
    """May this person write down how a sitting went? Its mediator and whoever stands at the level, from its day on."""
    is_theirs = person.id == sitting.mediator_id or stands_with(person, dispute)
    return is_theirs and now >= sitting.starts_at - EARLY


def may_read_agreement(person: Any, dispute: Any, is_party: bool) -> bool:
    """The parties have a copy each (人民调解法 29), and whoever is in charge; a neighbour who reported it has none."""
    return is_party or stands_with(person, dispute) or dispute.handler_id == person.id


# -- what the rates mean ---------------------------------------------------------------------------------------------


def usually_by(dispute: Any) -> datetime | None:
    """When it should have ended: a month after it was taken up. Passing it on does not set the clock back."""
    return dispute.accepted_at + USUAL if dispute.accepted_at else None


class Rate(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """In per cent with one decimal; None when there is nothing to compare with."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


class Rates(NamedTuple):
    """不出网格率 and 不出社区率 of some disputes, and what they leave out."""

    in_grid: Rate
    in_community: Rate
    open: int
    withdrawn: int


def rates(rows: Iterable[Mapping[str, Any]]) -> Rates:
    """The two rates of what `queries.counts` counted.

    不出网格率 = disputes that are settled, and still are, at GRID or below ÷ all that have ended with a result: settled,
    failed, or handed over to street or court. 不出社区率 is the same up to COMMUNITY.

    - Open disputes are in neither number; they are shown beside it, and so are those withdrawn by the parties.
    - A settlement that was undone does not count: reopened, the dispute is open again; settled anew, it counts where
      that happened. One that went on to the street or a court counts below the line only.
    - A level is where it was settled, not where it arose; a dispute that staff took up is settled at the community.
    """
    keys = ("settled", "failed", "escalated", "in_grid", "in_community", "open", "withdrawn")
    sums = dict.fromkeys(keys, 0)
    for row in rows:
        for key in keys:
            sums[key] += row[key]
    ended = sums["settled"] + sums["failed"] + sums["escalated"]
    return Rates(
        Rate(sums["in_grid"], ended), Rate(sums["in_community"], ended), sums["open"], sums["withdrawn"]
    )
