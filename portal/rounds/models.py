"""Household visits: a round asked of a grid, ticked off door by door by its heads."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q, Subquery

from portal import policy
from portal.community.models import Grid
from portal.fields import Instant, Sealed, Words
from portal.languages import lazy_
from portal.people import sight
from portal.people.models import Role
from portal.records import Record, Row


class Purpose(StrEnum):
    QUESTIONNAIRE = "questionnaire"
    SEARCH = "search"


PURPOSE_NAMES = {Purpose.QUESTIONNAIRE: lazy_("问需问计"), Purpose.SEARCH: lazy_("矛盾纠纷排查")}


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


def _of_grids(building: str) -> sight.Relation:
    """The rounds of the grids in which somebody minds a unit or a building; `building` leads from it to the grid's."""

    def asked(person: Any, role: str) -> Q:
        grids = Grid.filter(**{f"{building}__in": person.minds(role)})
        return Q(grid_id__in=Subquery(grids.values("id")))

    return asked


_MINDS_GRID: dict[str, sight.Relation] = {
    Role.GRID_OFFICER: sight.minding(grid_officer="grid_id"),
    Role.BUILDING_HEAD: _of_grids("buildings__id"),
    Role.UNIT_HEAD: _of_grids("buildings__units__id"),
}


class Round(sight.Guarded, Record):
    """入户走访: one question put to every household of a grid."""

    grid = fields.ForeignKeyField("portal.Grid", related_name="rounds", db_index=True)
    title = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=16)
    question = Words(400)
    until_on = fields.DateField()
    state = fields.CharField(max_length=10, default=State.OPEN)

    class Meta:
        table = "round"

    MOVES = {(State.OPEN, "close"): State.CLOSED}
    AWAITS = {State.OPEN: "head"}

    RELATIONS = {
        policy.MINDS: lambda person, role: _MINDS_GRID[role](person, role),
        policy.COMMUNITY: sight.within("grid__community_id"),
    }
    PARTS = {"line": ("title", "purpose", "question", "state")}


class Answer(StrEnum):
    PENDING = "pending"
    CALM = "calm"
    NEED = "need"
    DISPUTE = "dispute"
    ABSENT = "absent"


ANSWER_NAMES = {
    Answer.PENDING: lazy_("未走访"),
    Answer.CALM: lazy_("一切都好"),
    Answer.NEED: lazy_("有诉求"),
    Answer.DISPUTE: lazy_("有纠纷"),
    Answer.ABSENT: lazy_("没有人在家"),
}


class Visit(sight.Guarded, Row):
    """One household of a round."""

    round = fields.ForeignKeyField("portal.Round", related_name="visits", db_index=True)
    household = fields.ForeignKeyField("portal.Household", related_name="visits", db_index=True)
    unit = fields.ForeignKeyField("portal.Unit", related_name="visits", db_index=True)
    answer = fields.CharField(max_length=10, default=Answer.PENDING)
    note = Sealed(200, default="")
    visitor = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    visitor_id: UUID | None
    visited_at = Instant(null=True)

    class Meta:
        table = "visit"
        unique_together = (("round", "household"),)

    RELATIONS = {
        policy.MINDS: sight.minding(
            unit_head="unit_id", building_head="unit__building_id", grid_officer="unit__building__grid_id"
        ),
        policy.COMMUNITY: sight.within("round__grid__community_id"),
    }
    PARTS = {"line": ("answer",), policy.FACTS: ("note",)}
