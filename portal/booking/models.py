"""Residents' claims on the clinic's times: the hold while a form is filled in, the appointment, the waitlist."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from portal import policy
from portal.booking.codes import (
    AT_THE_DESK,
    CHANNEL_NAMES,
    MISSED_REASONS,
    MODE_NAMES,
    RINGS,
    STATE_NAMES,
    WAIT_NAMES,
    Channel,
    Mode,
    State,
    WaitState,
)
from portal.conflicts.possible import confirmed
from portal.conflicts.queries import clear_of_walls
from portal.fields import Instant, Sealed
from portal.people import sight
from portal.people.models import Scope
from portal.records import Record, Row

__all__ = [
    "AT_THE_DESK",
    "CHANNEL_NAMES",
    "MATTER",
    "MISSED_REASONS",
    "MODE_NAMES",
    "RINGS",
    "STATE_NAMES",
    "WAIT_NAMES",
    "Appointment",
    "Channel",
    "Draft",
    "Hold",
    "Mode",
    "State",
    "Wait",
    "WaitState",
]

MATTER = "appointment"  # what conflicts of interest call a booking


class Draft(Row):
    """A booking that is being typed, bound to one browser: nothing typed is lost when a time is."""

    browser = fields.CharField(max_length=64, unique=True)
    person = fields.ForeignKeyField("portal.Person", null=True, related_name="drafts", db_index=True)
    person_id: UUID | None  # who asked to go on with it in another browser
    typed: Any = Sealed(60_000, json=True, default=dict, db_default="")
    ends_at = Instant(db_index=True)

    class Meta:
        table = "draft"


def _given(person: Any, role: str) -> Q:
    """It is this lawyer's, and no wall stands between."""
    return Q(lawyer__person_id=person.id) & clear_of_walls(person, MATTER)


class Appointment(sight.Guarded, Record):
    """预约: one resident with one lawyer at one time."""

    person = fields.ForeignKeyField("portal.Person", related_name="appointments", db_index=True)
    person_id: UUID
    slot = fields.ForeignKeyField(
        "portal.Slot", related_name="appointments", on_delete=fields.RESTRICT, db_index=True
    )
    second_slot = fields.ForeignKeyField(
        "portal.Slot", null=True, related_name="seconds", on_delete=fields.RESTRICT, db_index=True
    )  # the next time at the same desk, for who needs two
    second_slot_id: UUID | None
    lawyer = fields.ForeignKeyField(
        "portal.Lawyer", related_name="appointments", on_delete=fields.RESTRICT, db_index=True
    )
    lawyer_id: UUID
    firm = fields.ForeignKeyField(
        "portal.Firm", related_name="appointments", on_delete=fields.RESTRICT, db_index=True
    )
    firm_id: UUID
    starts_at = Instant(db_index=True)
    topic = fields.CharField(max_length=20)
    mode = fields.CharField(max_length=8, default=Mode.DESK)
    channel = fields.CharField(max_length=12, default=Channel.WEB.value)
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    protection = fields.ForeignKeyField(
        "portal.Protection", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    protection_id: UUID | None
    state = fields.CharField(max_length=12, default=State.BOOKED)
    needs = Sealed(200, default="")  # hearing, sight, dialect, a companion
    assigned = fields.JSONField(default=list)  # why this lawyer: one row per lawyer who was free, best first
    reason = Sealed(200, default="")  # of the last move or the cancellation
    missed_because = fields.CharField(max_length=16, default="")
    contested = Sealed(200, default="", db_default="")  # what the resident says who was not missing
    contested_at = Instant(null=True)
    weighed_at = Instant(null=True)  # when staff decided on that
    over_limit = Sealed(200, default="", db_default="")  # why staff booked more than one person may
    booked_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="booked", on_delete=fields.SET_NULL, db_index=True
    )  # staff or a proxy, where it was not the resident
    booked_by_id: UUID | None
    ticket = fields.IntField(null=True)  # the number on the day's slip of paper, counted by community
    calls = fields.IntField(
        default=0, db_default=0
    )  # how often they were called, at the door or on the telephone
    sequence = fields.IntField(default=0)  # of the calendar entry (RFC 5545)
    checked_in_at = Instant(null=True)
    called_at = Instant(null=True)
    started_at = Instant(null=True)
    ended_at = Instant(null=True)

    class Meta:
        table = "appointment"
        indexes = (("lawyer_id", "starts_at"), ("person_id", "state"))

    @property
    def ends_at(self) -> datetime:
        """When it is over: with the second time, where there are two. `slot` and `second_slot` must be loaded."""
        last = self.second_slot or self.slot
        ends_at: datetime = last.ends_at
        return ends_at

    MOVES = {
        (State.BOOKED, "check_in"): State.CHECKED_IN,
        (State.BOOKED, "call"): State.CALLED,
        (State.BOOKED, "start"): State.STARTED,
        (State.BOOKED, "ring"): State.BOOKED,
        (State.BOOKED, "miss"): State.MISSED,
        (State.BOOKED, "move"): State.BOOKED,
        (State.BOOKED, "reassign"): State.BOOKED,
        (State.BOOKED, "cancel"): State.CANCELLED,
        (State.CHECKED_IN, "call"): State.CALLED,
        (State.CHECKED_IN, "start"): State.STARTED,
        (State.CHECKED_IN, "reassign"): State.CHECKED_IN,
        (State.CHECKED_IN, "cancel"): State.CANCELLED,
        (State.CHECKED_IN, "park"): State.PARKED,
        (State.CALLED, "recall"): State.CALLED,
        (State.CALLED, "park"): State.PARKED,
        (State.CALLED, "start"): State.STARTED,
        (State.CALLED, "reassign"): State.CHECKED_IN,
        (State.CALLED, "miss"): State.MISSED,
        (State.PARKED, "come_back"): State.CHECKED_IN,
        (State.PARKED, "reassign"): State.PARKED,
        (State.PARKED, "cancel"): State.CANCELLED,
        (State.PARKED, "miss"): State.MISSED,
        (State.STARTED, "reassign"): State.STARTED,
        (State.STARTED, "finish"): State.DONE,
        (State.MISSED, "contest"): State.MISSED,
        (State.MISSED, "uphold"): State.MISSED,
        (State.MISSED, "excuse"): State.CANCELLED,
    }
    AWAITS = {
        State.BOOKED: "resident",
        State.CHECKED_IN: "lawyer",
        State.CALLED: "lawyer",
        State.PARKED: "resident",
        State.STARTED: "lawyer",
    }

    RELATIONS = {
        policy.OWN: sight.own(),
        policy.PROXY: sight.granted(Scope.BOOK),
        policy.OFFERED: _given,
        policy.ASSIGNED: lambda person, role: _given(person, role) & confirmed(person, MATTER, "id"),
        policy.COMMUNITY: sight.within(),
    }
    GLASS_OVER = {"consultation": "consultation__id"}
    PARTS = {
        "line": ("topic", "mode", "channel", "state", "assigned", "missed_because"),
        policy.CONTACT: ("needs", "contested", "over_limit"),
        policy.FACTS: ("reason",),
    }
    PERSON = "person_id"
    FOUND_BY = {policy.CONTACT: ("needs",), policy.FACTS: ("reason",)}


class Wait(sight.Guarded, Record):
    """候补: a resident waiting for any time. One is offered at a time, in the order of waiting."""

    person = fields.ForeignKeyField("portal.Person", related_name="waits", db_index=True)
    person_id: UUID
    topic = fields.CharField(max_length=20)
    typed: Any = Sealed(
        60_000, json=True, default=dict, db_default=""
    )  # the intake, so that nothing is asked twice
    community = fields.ForeignKeyField(
        "portal.Community", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    community_id: UUID | None
    protection = fields.ForeignKeyField(
        "portal.Protection", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    protection_id: UUID | None
    state = fields.CharField(max_length=10, default=WaitState.WAITING)
    offered_until = Instant(null=True)
    declined = fields.IntField(default=0)

    class Meta:
        table = "wait"
        indexes = (("state", "created_at"),)

    MOVES = {
        (WaitState.WAITING, "offer"): WaitState.OFFERED,
        (WaitState.OFFERED, "lapse"): WaitState.WAITING,
        (WaitState.OFFERED, "decline"): WaitState.WAITING,
        (WaitState.OFFERED, "accept"): WaitState.BOOKED,
        (WaitState.WAITING, "leave"): WaitState.LEFT,
        (WaitState.OFFERED, "leave"): WaitState.LEFT,
    }
    AWAITS = {WaitState.WAITING: "staff", WaitState.OFFERED: "resident"}

    RELATIONS = {
        policy.OWN: sight.own(),
        policy.PROXY: sight.granted(Scope.BOOK),
        policy.COMMUNITY: sight.within(),
    }
    PARTS = {"line": ("topic", "state"), policy.FACTS: ("typed",)}
    PERSON = "person_id"
    FOUND_BY = {policy.FACTS: ("typed",)}


class Hold(Row):
    """The exclusive claim on a time. `slot` is unique, so the database decides every race on every engine.

    A hold belongs to a browser that is filling in the form, to somebody on the waitlist who was offered the time, or
    for good to an appointment (then it has no end). One that belongs to none of them keeps a time that was given back
    for the waitlist, or leans on the hold of the time before it. One that has ended may be taken over by anybody.
    """

    slot = fields.OneToOneField("portal.Slot", related_name="hold")
    slot_id: UUID
    browser = fields.CharField(max_length=64, default="", db_index=True)
    wait = fields.OneToOneField("portal.Wait", null=True, related_name="hold")
    appointment = fields.OneToOneField("portal.Appointment", null=True, related_name="hold")
    beside = fields.ForeignKeyField(
        "portal.Hold", null=True, related_name="seconds", on_delete=fields.CASCADE, db_index=True
    )  # of the time before it, when two are taken as one
    beside_id: UUID | None
    extended_at = Instant(null=True)  # once
    ends_at = Instant(null=True, db_index=True)

    class Meta:
        table = "hold"
