"""The calendar the clinic goes by, and who comes when."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.expressions import Q, Subquery

from portal import clock, locality, paging
from portal.community.models import Community
from portal.law.topics import Topic
from portal.paging import Leaf
from portal.people import finding
from portal.people.models import Person
from portal.roster import models, rules, skills
from portal.roster.calendar_queries import Morning as Morning
from portal.roster.calendar_queries import calendar as calendar
from portal.roster.calendar_queries import legal_calendar as legal_calendar
from portal.roster.calendar_queries import titles
from portal.roster.calendar_queries import working_mornings as working_mornings


class Covered(NamedTuple):
    """One day of the board: who comes, and whether anybody is missing."""

    on: date
    is_open: bool
    is_provisional: bool
    note: str
    duties: list[dict[str, Any]]

    @property
    def lawyers(self) -> int:
        """How many come."""
        return len(self.duties)

    @property
    def is_hole(self) -> bool:
        """The clinic is open and nobody comes."""
        return self.is_open and not self.duties


async def coverage(first: date, last: date, duties: list[dict[str, Any]] | None = None) -> list[Covered]:
    """Every day from first to last, both included, with the lawyers who come here and how many times each offers; or
    with just these duties where they are given."""
    known = await calendar(first, last)
    duties = await duties_between(first, last, community_id=locality.current()) if duties is None else duties
    return [
        Covered(
            on,
            known.is_workday(on),
            known.is_provisional(on),
            str(known.name(on)),
            [duty for duty in duties if duty["day"] == on],
        )
        for on in rules.days(first, last)
    ]


async def duties_between(first: date, last: date, **of: Any) -> list[dict[str, Any]]:
    """The mornings of a community or a lawyer (`community_id`, `lawyer_id`) that stand, in order: day, hours, `times` on
    offer, the lawyer's id, name, number and firm, and `place`, the community's name."""
    found = models.Duty.filter(day__gte=first, day__lte=last, withdrawn_at=None, **of)
    rows = await found.order_by("day", "from_minute", "lawyer__person__name").values(
        "id",
        "day",
        "from_minute",
        "until_minute",
        "confirmed_at",
        "arrived_at",
        "left_at",
        "lawyer_id",
        name="lawyer__person__name",
        number="lawyer__person__number",
        firm="lawyer__firm__name",
        place="community__name",
    )
    offered = models.Slot.filter(
        withdrawn_at=None, starts_at__gte=clock.at(first), starts_at__lt=clock.span(last)[1]
    )
    count = Counter(await offered.values_list("duty_id", flat=True))
    return [
        {**row, "times": count[row["id"]], "hours": models.hours(row["from_minute"], row["until_minute"])}
        for row in rows
    ]


async def mornings_of(lawyer: models.Lawyer, first: date, last: date) -> list[dict[str, Any]]:
    """One lawyer's mornings that stand, wherever they sit, as `duties_between` has them."""
    return await duties_between(first, last, lawyer_id=lawyer.id)


async def open_slots(after: datetime, before: datetime) -> list[dict[str, Any]]:
    """The times in [after, before) that are not withdrawn, in order, with their lawyer and firm.

    Whether somebody has booked one is not known here.
    """
    found = models.Slot.filter(starts_at__gte=after, starts_at__lt=before, withdrawn_at=None)
    return await found.order_by("starts_at", "lawyer_id").values(
        "id",
        "starts_at",
        "ends_at",
        "lawyer_id",
        firm_id="lawyer__firm_id",
        topics="lawyer__topics",
    )


class Planned(NamedTuple):
    """A day a pattern names: the lawyer comes, or the clinic is closed then."""

    on: date
    is_open: bool
    is_provisional: bool
    note: str


async def preview(pattern: models.Pattern, weeks: int = 8) -> list[Planned]:
    """The days this pattern names in the coming weeks, stored or not."""
    first = clock.today()
    last = first + timedelta(weeks=weeks)
    known = await calendar(first, last)
    return [
        Planned(on, known.is_workday(on), known.is_provisional(on), str(known.name(on)))
        for on in rules.days(first, last)
        if rules.falls_on(pattern, on)
    ]


async def patterns_of(lawyer: models.Lawyer) -> list[models.Pattern]:
    """The lawyer's patterns and single mornings that are not over, oldest first; `community` is loaded."""
    today = clock.today()
    found = models.Pattern.filter(lawyer_id=lawyer.id).order_by("created_at", "id")
    rows = await found.select_related("community")
    return [one for one in rows if not one.until_on or one.until_on >= max(one.from_on, today)]


async def leaves_of(lawyer: models.Lawyer) -> list[models.Leave]:
    """The lawyer's leave that stands and is not over, earliest first."""
    standing = models.Leave.filter(lawyer_id=lawyer.id, withdrawn_at=None, last_on__gte=clock.today())
    return await standing.order_by("first_on")


STANDINGS = ("active", "ending", "stopped")


async def wanted(person: Person, text: str, standing: str = "") -> Q:
    """The lawyers somebody means by a few characters (a name or its sound, a firm) and by how they stand: active, with a
    licence that ends before long, or stopped."""
    found = Q()
    if text:
        sounded = Subquery(Person.filter(await finding.matching(Person, person, text)).values("id"))
        called = Q(person__name__icontains=text) | Q(firm__name__icontains=text)
        found &= called | Q(person_id__in=sounded)
    if standing == "ending":
        found &= Q(is_active=True, licence_until__lte=clock.today() + rules.ENDING)
    elif standing:
        found &= Q(is_active=standing == "active")
    return found


async def lawyers(*, public: bool, firm: UUID | None = None, wanted: Q | None = None, page: int = 1) -> Leaf:
    """One page of lawyers by name, with the mornings on which they come here. The public sees who may sit at this
    community's desk today or later."""
    found = models.Lawyer.filter(wanted or Q())
    if public:
        found = found.filter(is_active=True, firm__is_active=True, licence_until__gte=clock.today())
        found = found.filter(await at_home(locality.current()))
    if firm is not None:
        found = found.filter(firm_id=firm)
    leaf = await paging.leaf(
        found.order_by("firm__name", "person__name", "id"),
        page,
        "id",
        "licence_until",
        "topics",
        "speaks",
        "gender",
        "is_active",
        "firm_id",
        name="person__name",
        number="person__number",
        firm="firm__name",
    )
    ahead: dict[UUID, list[date]] = defaultdict(list)
    coming = models.Duty.filter(
        lawyer_id__in=[row["id"] for row in leaf.rows],
        community_id=locality.current(),
        withdrawn_at=None,
        day__gt=clock.today(),
        day__lte=clock.today() + rules.AHEAD,
    )
    for lawyer, on in await coming.order_by("day").values_list("lawyer_id", "day"):
        ahead[lawyer].append(on)
    for row in leaf.rows:
        row["topics"] = [Topic(key) for key in row["topics"] if key in set(Topic)]
        row["skills"] = skills.said(row["speaks"], row["gender"])
        row["next"] = ahead[row["id"]]
        row["ends_soon"] = row["licence_until"] <= clock.today() + rules.ENDING
    return leaf


async def skilled(speaks: str, gender: str) -> Q:
    """The lawyers who speak this and are of this gender; either may be left open."""
    found = Q(gender=gender) if gender else Q()
    if speaks:
        rows = await models.Lawyer.filter(is_active=True).values_list("id", "speaks")
        found &= Q(id__in=[key for key, spoken in rows if speaks in spoken])
    return found


async def at_home(here: UUID | None) -> Q:
    """The lawyers of a community: who comes there by some rule, and who comes nowhere yet and was entered there."""
    over = Q(until_on__lt=clock.today())
    rows = await models.Pattern.exclude(over).values_list("lawyer_id", "community_id")
    come = [lawyer for lawyer, community in rows if community == here]
    return Q(id__in=come) | Q(Q(person__community_id=here), ~Q(id__in=[lawyer for lawyer, _where in rows]))


async def communities() -> list[tuple[str, str]]:
    """(id, name) of every community whose desk a lawyer could sit at, for a select; empty where there is no choice."""
    found = await Community.all().order_by("created_at").values_list("id", "name")
    return [(str(key), name) for key, name in found] if len(found) > 1 else []


async def firms() -> list[dict[str, Any]]:
    """Every firm by name, with how many of its lawyers are active."""
    rows = await models.Firm.all().order_by("-is_active", "name").values()
    count = Counter(await models.Lawyer.filter(is_active=True).values_list("firm_id", flat=True))
    return [{**row, "lawyers": count[row["id"]]} for row in rows]


async def days_of(year: int) -> list[dict[str, Any]]:
    """The rows of a year's calendar, in order; names in the reader's language where they are holidays."""
    rows = (
        await models.Day.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
        .order_by("day")
        .values()
    )
    return [{**row, "name": str(titles().get(row["name"], row["name"]))} for row in rows]
