"""How far a round is, and the doors of one staircase."""

from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from portal import locality, paging
from portal.law import places
from portal.paging import Leaf
from portal.people.models import Person
from portal.rounds import rules
from portal.rounds.models import Round, State, Visit

DOORS = 40  # on one page: a tower of thirty floors is walked in a few of them


ROW = ("id", "number", "title", "purpose", "state", "until_on", "grid__name", "created_at")


def _seen(person: Person, wanted: Q) -> QuerySet[Round]:
    return locality.narrow(Round.visible_to(person), person, "grid__community_id").filter(wanted)


async def running(person: Person, today: date) -> list[dict[str, Any]]:
    """The rounds somebody walks now, the first to end first, each with how far it is in what they see of it."""
    found = _seen(person, Q(state=State.OPEN, until_on__gte=today)).order_by("until_on", "number")
    return await _measured(person, await found.values(*ROW))


async def listed(person: Person, wanted: Q, page: int) -> Leaf:
    """One page of the rounds somebody sees, newest first, each with how far it is in what they see of it."""
    leaf = await paging.leaf(_seen(person, wanted).order_by("-created_at", "number"), page, *ROW)
    await _measured(person, leaf.rows)
    return leaf


async def _measured(person: Person, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counted = (
        await Visit.visible_to(person)
        .filter(round_id__in=[row["id"] for row in found])
        .annotate(count=Count("id"))
        .group_by("round_id", "answer")
        .values("round_id", "answer", "count")
    )
    for row in found:
        row["progress"] = rules.progress(one for one in counted if one["round_id"] == row["id"])
    return found


async def units(person: Person, record: Round) -> list[dict[str, Any]]:
    """The staircases of a round that somebody sees, in the order of the map, with how far each is."""
    counted = (
        await Visit.visible_to(person)
        .filter(round_id=record.id)
        .annotate(count=Count("id"))
        .group_by("unit_id", "answer")
        .values("unit_id", "answer", "count")
    )
    names = (
        await Visit.visible_to(person)
        .filter(round_id=record.id)
        .distinct()
        .values(
            "unit_id",
            "unit__name",
            "unit__ordinal",
            "unit__building__name",
            "unit__building__ordinal",
            "unit__building__compound__name",
            "unit__building__compound__ordinal",
        )
    )
    names.sort(
        key=lambda row: (
            row["unit__building__compound__ordinal"],
            row["unit__building__ordinal"],
            row["unit__ordinal"],
        )
    )
    return [
        {
            "id": row["unit_id"],
            "name": places.say(
                row["unit__building__compound__name"], row["unit__building__name"], row["unit__name"]
            ),
            "progress": rules.progress(one for one in counted if one["unit_id"] == row["unit_id"]),
        }
        for row in names
    ]


async def doors(person: Person, record: Round, unit: UUID, page: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the doors of a staircase, from the ground up, and how many pages there are."""
    found = (
        await Visit.visible_to(person)
        .filter(round_id=record.id, unit_id=unit)
        .values(
            "id",
            "answer",
            "note",
            "visited_at",
            "visitor_id",
            "household__room",
            "household__floor",
            "household__lives_alone",
        )
    )
    found.sort(key=lambda row: (row["household__floor"] or 0, row["household__room"]))
    return found[(page - 1) * DOORS : page * DOORS], -(-len(found) // DOORS)
