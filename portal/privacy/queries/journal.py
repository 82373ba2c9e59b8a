"""What the auditor reads of the journal: who did what to which record and when; never a word of what it holds."""

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tortoise import Tortoise
from tortoise.expressions import Q
from tortoise.models import Model

from portal import clock, database
from portal.conflicts.models import Check, Wall
from portal.journal import Entry
from portal.people.models import BrokenGlass, Person, Post, Role
from portal.privacy.deeds import KIND_NAMES, said
from portal.privacy.queries.openings import readers, seen_as
from portal.records import Record

CHUNK = 400  # entries looked at in one go
CHUNKS = 25  # before an auditor of one community is asked whether to search further
OWN = ("community", "person", "resident")  # whose a record is, before whoever else had to do with it
SLACK = 200  # entries that may have been written a moment out of order


class Asked(NamedTuple):
    """What of the journal is looked for; whatever is empty is not asked."""

    day: date | None = None
    verb: str = ""
    kind: str = ""
    role: str = ""
    name: str = ""
    number: str = ""


class Line(NamedTuple):
    """One entry as it is shown."""

    id: int
    at: Any
    is_somebody: bool  # not the portal by itself
    name: str
    office: str
    did: str
    kind: str
    number: str


class Found(NamedTuple):
    """A page of entries, the newest first, and from where the search goes on, if there may be more."""

    lines: list[Line]
    before: int | None


async def look(auditor: Person, asked: Asked, before: int | None = None, most: int = 50) -> Found:
    """The newest entries that this auditor may see and that are looked for, older than `before`.

    An auditor of a community sees what was done to its records and its people; one of the whole portal everything.
    """
    condition = await _condition(asked)
    if condition is None:
        return Found([], None)
    places, kept, at = auditor.minds(Role.AUDITOR), list[Entry](), before
    for _chunk in range(CHUNKS):
        seen = Entry.filter(condition, **({"id__lt": at} if at else {})).order_by("-id")
        chunk = await seen.limit(most + 1 if None in places else CHUNK)
        kept += await _of_places(chunk, places)
        if len(kept) > most:
            return Found(await _lines(kept[:most]), kept[most - 1].id)
        if len(chunk) < (most + 1 if None in places else CHUNK):
            return Found(await _lines(kept), None)
        at = chunk[-1].id
    return Found(await _lines(kept), at)


async def glasses(auditor: Person, most: int = 50) -> list[tuple[BrokenGlass, str]]:
    """The newest broken glasses over records of the auditor's communities, each with the number of its record."""
    places = auditor.minds(Role.AUDITOR)
    found = await BrokenGlass.all().order_by("-created_at").limit(most * 4).select_related("person", "told")
    by_kind = _grouped((one.kind, str(one.subject)) for one in found)
    ours = {
        (kind, subject)
        for kind, subjects in by_kind.items()
        for subject in (subjects if None in places else await belonging(kind, subjects, places))
    }
    numbers = {kind: await _numbers(kind, subjects) for kind, subjects in by_kind.items()}
    shown = [one for one in found if (one.kind, str(one.subject)) in ours][:most]
    return [(one, numbers[one.kind].get(str(one.subject), "")) for one in shown]


# -- what is asked -------------------------------------------------------------------------------------------------------


async def _condition(asked: Asked) -> Q | None:
    """What is asked, as a condition that an index answers; None when nothing can meet it."""
    wanted = Q(id__gt=0)
    if asked.kind or asked.verb:
        wanted &= Q(kind=asked.kind) if asked.kind else Q(kind__in=list(KIND_NAMES))
    if asked.verb:
        wanted &= Q(verb=asked.verb)
    if asked.day:
        start, end = clock.span(asked.day)
        first, last = await _first_at(start) - SLACK, await _first_at(end) + SLACK
        wanted &= Q(id__gte=first, id__lte=last, at__gte=start, at__lt=end)
    if asked.role or asked.name:
        actors = await _actors(asked)
        wanted &= Q(actor__in=actors) if actors else Q(id=0)
    if asked.number:
        subjects = await _subjects(asked.number)
        if not subjects:
            return None
        wanted &= Q(*(Q(kind=kind, subject=subject) for kind, subject in subjects), join_type="OR")
    return wanted


async def _first_at(at: Any) -> int:
    """About the id of the first entry from an instant on: ids grow with time, so twenty looks find it among a million."""
    newest = await Entry.all().order_by("-id").first()
    low, high = 0, (newest.id if newest else 0) + 1
    while low < high:
        middle = (low + high) // 2
        entry = await Entry.filter(id__gte=middle).order_by("id").first()
        if entry is None or entry.at >= at:
            high = middle
        else:
            low = entry.id + 1
    return low


async def _actors(asked: Asked) -> list[UUID]:
    """Who holds or held the office, under this name. Residents are not looked up by name here."""
    posts = Post.filter(role=asked.role) if asked.role else Post.all()
    if asked.name:
        posts = posts.filter(person__name__icontains=asked.name)
    return list(dict.fromkeys(await posts.values_list("person_id", flat=True)))  # type: ignore[arg-type]


async def _subjects(number: str) -> list[tuple[str, str]]:
    """The records of this number."""
    return [
        (kind, str(key))
        for kind, model in models().items()
        if issubclass(model, Record)
        for key in await model.filter(number=number).values_list("id", flat=True)
    ]


# -- whose it is ---------------------------------------------------------------------------------------------------------


@cache
def models() -> dict[str, type[Model]]:
    """The journal's word for each kind of record, and its class."""
    apps: Any = Tortoise.apps
    return {name.lower(): model for name, model in apps[database.APP].items()}


@cache
def way_home(kind: str) -> str:
    """From a kind of record to the id of its community, the shortest way; nothing where none leads there."""
    ways: deque[tuple[type[Model], str]] = deque([(models()[kind], "")])
    seen = set()
    while ways:
        model, path = ways.popleft()
        if model.__name__ == "Community":
            return f"{path}id"
        if model in seen:
            continue
        seen.add(model)
        for name in sorted(
            model._meta.fk_fields | model._meta.o2o_fields, key=lambda name: name != "community"
        ):
            related: Any = model._meta.fields_map[name]
            ways.append((related.related_model, f"{path}{name}__"))
    return ""


async def belonging(kind: str, subjects: Collection[str], places: Sequence[UUID]) -> set[str]:
    """Those of these records that belong to one of the communities, or to somebody who holds an office there."""
    if kind in ("check", "wall"):
        return await _by_matter(Check if kind == "check" else Wall, subjects, places)
    if kind not in models() or not (path := way_home(kind)):
        return set()
    within: Any = list(places)
    here = Q(**{f"{path}__in": within})
    person = "" if kind == "person" else path.rpartition("person__")[0] + "person_"
    if kind == "person" or "person__community" in path:
        of_office: Any = await Post.filter(community_id__in=within).values_list("person_id", flat=True)
        here |= Q(**{f"{person}id__in": of_office})
    keys = [UUID(subject) for subject in subjects]
    found = await models()[kind].filter(here, id__in=keys).values_list("id", flat=True)
    return {str(key) for key in found}


async def _by_matter(kind: Any, subjects: Collection[str], places: Sequence[UUID]) -> set[str]:
    """Checks and walls belong where their matter does."""
    rows = await kind.filter(id__in=[UUID(subject) for subject in subjects])
    by_kind = _grouped((row.matter_kind, str(row.matter)) for row in rows)
    ours = {(of, one) for of, matters in by_kind.items() for one in await belonging(of, matters, places)}
    return {str(row.id) for row in rows if (row.matter_kind, str(row.matter)) in ours}


async def _of_places(entries: Sequence[Entry], places: Sequence[Any]) -> list[Entry]:
    if None in places:
        return list(entries)
    by_kind = _grouped((entry.kind, entry.subject) for entry in entries)
    ours = {
        (kind, subject)
        for kind, subjects in by_kind.items()
        for subject in await belonging(kind, subjects, places)
    }
    return [entry for entry in entries if (entry.kind, entry.subject) in ours]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for kind, subject in pairs:
        groups.setdefault(kind, set()).add(subject)
    return groups


# -- how it is shown -----------------------------------------------------------------------------------------------------


async def _lines(entries: Sequence[Entry]) -> list[Line]:
    """Entries with who and which. A resident is called a resident: who they are is no matter of the journal's."""
    who = await readers({entry.actor for entry in entries if entry.actor})
    by_kind = _grouped((entry.kind, entry.subject) for entry in entries)
    numbers = {kind: await _numbers(kind, subjects) for kind, subjects in by_kind.items()}
    lines = []
    for entry in entries:
        name, office = seen_as(who, entry)
        shown = (name if office else "", office)
        number = numbers[entry.kind].get(entry.subject, "")
        lines.append(
            Line(
                entry.id,
                entry.at,
                entry.actor is not None,
                *shown,
                said(entry.kind, entry.verb),
                entry.kind,
                number,
            )
        )
    return lines


async def _numbers(kind: str, subjects: Iterable[str]) -> dict[str, str]:
    """The numbers of these records, where they have any."""
    model = models().get(kind)
    if model is None or not issubclass(model, Record):
        return {}
    keys = [UUID(subject) for subject in subjects]
    return {str(key): number for key, number in await model.filter(id__in=keys).values_list("id", "number")}
