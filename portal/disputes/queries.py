"""What is read of disputes: lists to work through, counts to answer for, and how one of them went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from tortoise.expressions import Q, RawSQL

from portal import clock, database, journal, locality, paging
from portal.community.models import Building, Community, Grid, Unit
from portal.conflicts.models import Party
from portal.disputes.models import LEVEL_NAMES, OPEN, Agreement, Dispute, Hop, Level, Sitting, State
from portal.languages import _
from portal.law import places
from portal.law.dispute_types import DisputeType
from portal.paging import Leaf
from portal.people import consents, finding
from portal.people.consents import Purpose
from portal.people.models import Consent, Person

LOOKING = ("open", "unmask")
NOWHERE = "none"  # the key of disputes that lie in no grid, or in none that is told
OPEN_SQL = ", ".join(f"'{state}'" for state in OPEN)
URGENCY = RawSQL(
    f'CASE WHEN "dispute"."state" NOT IN ({OPEN_SQL}) THEN 0 WHEN "dispute"."is_dangerous" THEN 2 ELSE 1 END'
)
RESULT = (State.SETTLED, State.FAILED, State.ESCALATED)  # ended with a result: what the rates divide by


async def unagreed(dispute: Dispute) -> list[Purpose]:
    """What still needs the reporter's consent before the other side is told (个人信息保护法 23): of whoever reported it
    online without agreeing, or took it back since. Who reported at the desk or to a head said so there."""
    if dispute.reporter_id is None:
        return []
    asked = Consent.filter(person_id=dispute.reporter_id, purpose=Purpose.MEDIATION.value)
    if dispute.channel != "web" and not await asked.exists():
        return []
    return await consents.lacking(dispute.reporter_id, [Purpose.MEDIATION])


@dataclass(frozen=True)
class Wanted:
    """Which disputes a list shows; whatever is empty does not narrow it. Months are [since, until) as days."""

    states: tuple[str, ...] = ()
    level: int | None = None
    grid: Any = None
    building: Any = None
    unit: Any = None
    category: str = ""
    settled: Literal["", "grid", "community"] = ""
    danger: bool = False
    late: datetime | None = None  # open, and accepted before this
    since: date | None = None
    until: date | None = None

    @property
    def condition(self) -> Q:
        """The same as a condition on disputes."""
        found = Q()
        if self.states:
            found &= Q(state__in=list(self.states))
        if self.level:
            found &= Q(level=self.level)
        if self.grid:
            somewhere = Q(protection_id=None)  # where somebody who is protected lives, no list tells
            nowhere = Q(grid_id=None) | Q(protection_id__isnull=False)
            found &= nowhere if self.grid == NOWHERE else somewhere & Q(grid_id=self.grid)
        for path, place in (("building_id", self.building), ("unit_id", self.unit)):
            if place:
                found &= Q(**{path: place}, protection_id=None)
        if self.category:
            found &= Q(category=self.category)
        if self.settled:
            most = Level.GRID if self.settled == "grid" else Level.COMMUNITY
            found &= Q(state=State.SETTLED, level_settled__lte=int(most))
        if self.danger:
            found &= Q(is_dangerous=True)
        if self.late:
            found &= Q(state__in=OPEN, accepted_at__lt=self.late)
        if self.since:
            at = clock.at(self.since)
            found &= Q(ended_at__gte=at) | Q(ended_at=None, created_at__gte=at)
        if self.until:
            at = clock.at(self.until)
            found &= Q(ended_at__lt=at) | Q(ended_at=None, created_at__lt=at)
        return found


async def listing(person: Person, wanted: Wanted, page: int = 1, text: str = "") -> Leaf:
    """One page of what this person may see, danger first, then what is open, then the newest.

    No names, no words and no rooms: who needs them opens the record, and that is written down. Where somebody who is
    protected lives is not told at all.
    """
    meant = await finding.matching(Dispute, person, text)
    found = locality.narrow(Dispute.visible_to(person), person).filter(wanted.condition, meant)
    leaf = await paging.leaf(
        found.annotate(urgency=URGENCY).order_by("-urgency", "-created_at", "number"),
        page,
        "number",
        "category",
        "state",
        "level",
        "is_dangerous",
        "created_at",
        "accepted_at",
        "reopened",
        "protection_id",
        "compound__name",
        "building__name",
        "unit__name",
        "grid__name",
    )
    for row in leaf.rows:
        if row["protection_id"]:
            row |= dict.fromkeys(("compound__name", "building__name", "unit__name", "grid__name"))
    return leaf


async def place_named(wanted: Wanted, communities: Sequence[UUID]) -> str:
    """The building or unit a list is narrowed to, as people call it; empty where it is to none of these communities'."""
    here, row = list(communities), None
    if wanted.unit:
        units = Unit.filter(id=wanted.unit, building__compound__community_id__in=here).first()
        row = await units.values_list("building__compound__name", "building__name", "name")
    elif wanted.building:
        buildings = Building.filter(id=wanted.building, compound__community_id__in=here).first()
        row = await buildings.values_list("compound__name", "name")
    return places.say(*row) if row else ""


async def grids(communities: Sequence[UUID]) -> list[tuple[str, str]]:
    """(id, name) of every grid of these communities for a select, with its community where there are several."""
    found = (
        await Grid.filter(community_id__in=list(communities))
        .order_by("community__created_at", "ordinal")
        .values_list("id", "name", "community__name")
    )
    several = len({community for _key, _name, community in found}) > 1
    return [(str(key), f"{community} {name}" if several else name) for key, name, community in found]


async def counts(
    communities: Sequence[UUID],
    first: date,
    after: date,
    by: Literal["month", "grid", "category", "level"] = "month",
) -> list[dict[str, Any]]:
    """Disputes of these communities from the day `first` up to but not including `after`, in groups, as the database counts them.

    A dispute belongs to the time it ended; one that is open, to the time it was reported. Each row has `key`, `label`,
    `total`, `open`, `settled`, `failed`, `withdrawn`, `escalated`, `reopened` (settled now, after having been taken up
    again), and `in_grid`, `in_community`: settled, and still settled, at that level or below (`rules.rates` divides).
    Keys are months (2026-11), ids of grids or "none", categories, levels.
    """
    key = {
        "month": database.month_of("COALESCE(ended_at, created_at)"),
        "grid": "CASE WHEN protection_id IS NULL THEN grid_id END",
        "category": "category",
        "level": "level",
    }[by]
    parts = {
        "open": f"state IN ({OPEN_SQL})",
        **{state.value: f"state = '{state}'" for state in (*RESULT, State.WITHDRAWN)},
        "reopened": "state = 'settled' AND reopened > 0",
        "in_grid": f"state = 'settled' AND level_settled <= {int(Level.GRID)}",
        "in_community": f"state = 'settled' AND level_settled <= {int(Level.COMMUNITY)}",
    }
    sums = ", ".join(f'SUM(CASE WHEN {test} THEN 1 ELSE 0 END) AS "{name}"' for name, test in parts.items())
    since, until = clock.at(first), clock.at(after)
    found = await database.rows(
        f'SELECT {key} AS "key", COUNT(*) AS "total", {sums} FROM "dispute" '
        f"WHERE {locality.among('community_id', communities)} "
        "AND ((ended_at >= ? AND ended_at < ?) OR (ended_at IS NULL AND created_at >= ? AND created_at < ?)) "
        "GROUP BY 1 ORDER BY 1",
        *communities,
        since,
        until,
        since,
        until,
    )
    names = await labels(by, communities)
    order = list(names)
    rows: list[dict[str, Any]] = [
        {
            "key": str(row["key"]) if row["key"] is not None else NOWHERE,
            **{name: int(row[name]) for name in ("total", *parts)},
        }
        for row in found
    ]
    rows.sort(key=lambda row: order.index(row["key"]) if row["key"] in order else len(order))
    return [{**row, "label": names.get(row["key"], row["key"])} for row in rows]


async def labels(by: str, communities: Sequence[UUID]) -> dict[str, str]:
    """Key of a group of `counts` → words, in the order in which people expect them; months have none."""
    if by == "grid":
        return {**dict(await grids(communities)), NOWHERE: _("没有落到网格")}
    if by == "category":
        return {kind.value: str(kind.label) for kind in DisputeType}
    if by == "level":
        return {str(int(level)): str(name) for level, name in LEVEL_NAMES.items()}
    return {}


async def entries(dispute: Dispute) -> list[dict[str, Any]]:
    """What was done with it, oldest first, without who only looked at it."""
    return [entry for entry in await journal.of(dispute) if entry["verb"] not in LOOKING]


async def hops(dispute: Dispute) -> list[Hop]:
    """Where it was passed on to and why, oldest first."""
    return await Hop.filter(dispute_id=dispute.id).order_by("created_at").select_related("person")


async def sittings(dispute: Dispute) -> list[Sitting]:
    """Planned, held and called off, in order of their time."""
    return await Sitting.filter(dispute_id=dispute.id).order_by("starts_at").select_related("mediator")


async def agreements(dispute: Dispute) -> list[Agreement]:
    """What was agreed, oldest first."""
    return await Agreement.filter(dispute_id=dispute.id).order_by("created_at")


async def parties(dispute: Dispute) -> list[Party]:
    """Who stands on which side, A before B."""
    return await Party.filter(matter_kind="dispute", matter=dispute.id).order_by("side", "created_at")


async def is_party(person: Person, dispute: Dispute) -> bool:
    """Does this person stand on one of the two sides, as far as the portal knows?"""
    return await Party.filter(matter_kind="dispute", matter=dispute.id, person_id=person.id).exists()


async def dangers(dispute: Dispute) -> list[str]:
    """The codes of what was said to be dangerous when it was reported."""
    if not dispute.is_dangerous:
        return []
    entries = await journal.of(dispute)
    return next((entry["detail"].get("dangers", []) for entry in entries if entry["verb"] == "create"), [])


async def committee(dispute: Dispute) -> Community | None:
    """The community whose mediation committee keeps the file: the one it belongs to."""
    return await Community.get_or_none(id=dispute.community_id) if dispute.community_id else None
