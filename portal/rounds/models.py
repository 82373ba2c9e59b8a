"""Household visits: a round asked of a grid, ticked off door by door by its heads."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal.fields import Instant, Words
from portal.languages import lazy_
from portal.people.models import Person, Role
from portal.records import Record, Row


class Purpose(StrEnum):
    QUESTIONNAIRE = "questionnaire"
    SEARCH = "search"


PURPOSE_NAMES = {Purpose.QUESTIONNAIRE: lazy_("问需问计"), Purpose.SEARCH: lazy_("矛盾纠纷排查")}


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Round(Record):
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

    @classmethod
    def visible_to(cls, person: Person | None) -> QuerySet["Round"]:
        """Staff all; the heads of the grid, of its buildings and of their units those of their grid."""
        if person is None:
            return cls.filter(id__in=[])
        if person.is_staff:
            return cls.all()
        return cls.filter(
            Q(grid_id__in=person.minds(Role.GRID_OFFICER))
            | Q(grid__buildings__id__in=person.minds(Role.BUILDING_HEAD))
            | Q(grid__buildings__units__id__in=person.minds(Role.UNIT_HEAD))
        ).distinct()


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


class Visit(Row):
    """One household of a round."""

    round = fields.ForeignKeyField("portal.Round", related_name="visits", db_index=True)
    household = fields.ForeignKeyField("portal.Household", related_name="visits", db_index=True)
    unit = fields.ForeignKeyField("portal.Unit", related_name="visits", db_index=True)
    answer = fields.CharField(max_length=10, default=Answer.PENDING)
    note = Words(200, default="")
    visitor = fields.ForeignKeyField("portal.Person", null=True, on_delete=fields.SET_NULL, db_index=True)
    visitor_id: UUID | None
    visited_at = Instant(null=True)

    class Meta:
        table = "visit"
        unique_together = (("round", "household"),)

    @classmethod
    def visible_to(cls, person: Person | None) -> QuerySet["Visit"]:
        """Staff all; a head the doors of the place they mind."""
        if person is None:
            return cls.filter(id__in=[])
        if person.is_staff:
            return cls.all()
        return cls.filter(
            Q(unit_id__in=person.minds(Role.UNIT_HEAD))
            | Q(unit__building_id__in=person.minds(Role.BUILDING_HEAD))
            | Q(unit__building__grid_id__in=person.minds(Role.GRID_OFFICER))
        )
