"""Who may do what to an appointment or a place on the waitlist, who is assigned, and when people are reminded."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from portal import policy
from portal.booking import fairness
from portal.booking.models import Appointment, Mode, State, Wait, WaitState
from portal.languages import _
from portal.people.models import Person, Scope
from portal.roster.skills import ANY, Preference

EARLY = timedelta(hours=4)  # before its time, an appointment's morning may begin
DAY_STARTS, DAY_ENDS = 8, 20  # hours in China between which people are written to and offered times
PATIENT = 2  # offers somebody may leave unanswered before those who wait behind go first
RESTED = timedelta(hours=20)  # between offers to somebody who has left that many unanswered
LEAST_ANSWER = timedelta(minutes=30)  # somebody who is offered a time has at least this long
CALLS = 3  # after which whoever does not come in has missed their turn
RINGS = 3  # calls to somebody who does not answer, before they are written to instead
CONTESTABLE = timedelta(days=14)  # after its end
MAY_BE_MISSED = frozenset({State.BOOKED, State.CALLED, State.PARKED})


# -- who may -------------------------------------------------------------------------------------------------------------


def is_lawyer_of(person: Person, appointment: Appointment) -> bool:
    """Is it this lawyer's, now? The appointment's lawyer must be loaded."""
    return bool(appointment.lawyer.person_id == person.id)


def sees_names_only(person: Person, appointment: Appointment) -> bool:
    """Its lawyer, before one of their firm has said that nothing stands against it: neither what it is about nor what the
    resident wrote is shown to them. The appointment came through the door."""
    is_offered = policy.OFFERED in appointment.relations and policy.ASSIGNED not in appointment.relations
    return is_offered and is_lawyer_of(person, appointment)


def is_on_duty(person: Person, appointment: Appointment) -> bool:
    """The lawyer of the appointment, or staff at the desk."""
    return person.serves(appointment.community_id) or is_lawyer_of(person, appointment)


def stands_in(person: Person, appointment: Appointment) -> bool:
    """Holds the resident's grant to book for them, today. Nobody stands in where there is a passphrase."""
    theirs = [proxy for proxy in person.acts_for if proxy.resident_id == appointment.person_id]
    return appointment.protection_id is None and any(Scope.BOOK in proxy.scopes for proxy in theirs)


def may_change(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Move or cancel: the resident, or who stands in for them, until it starts; staff and its lawyer also afterwards, while
    nothing has begun."""
    if appointment.state not in (State.BOOKED, State.CHECKED_IN, State.PARKED):
        return False
    is_theirs = appointment.person_id == person.id or stands_in(person, appointment)
    return (is_theirs and now < appointment.starts_at) or is_on_duty(person, appointment)


def may_reassign(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Another lawyer at the same time: staff only, until it is over. Who turns out to be in conflict stops in the middle."""
    is_over = appointment.state in (State.DONE, State.MISSED, State.CANCELLED)
    return person.serves(appointment.community_id) and not is_over


def may_receive(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Check in, call and start: on the morning itself, or when it is written down later."""
    return is_on_duty(person, appointment) and now >= appointment.starts_at - EARLY


def may_call(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Call in whoever has come, or ring whoever is to be rung; who is expected at the desk is checked in first."""
    is_expected = appointment.state == State.BOOKED and appointment.mode == Mode.DESK
    return not is_expected and may_receive(person, appointment, now)


def may_miss(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Nobody is missing before their time; who has come is missing when they were called in CALLS times."""
    is_called = appointment.state == State.CALLED and appointment.mode == Mode.DESK
    is_due = appointment.calls >= CALLS if is_called else now >= appointment.starts_at
    return is_due and appointment.state in MAY_BE_MISSED and is_on_duty(person, appointment)


def may_finish(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Who received somebody sees them out."""
    return appointment.state == State.STARTED and is_on_duty(person, appointment)


def may_ring(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Write down that whoever waits for a call was rung: from the morning on, until it is given up after RINGS."""
    is_awaited = appointment.state == State.BOOKED and appointment.mode == Mode.PHONE
    return is_awaited and may_receive(person, appointment, now) and appointment.calls < RINGS


def may_contest(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Whoever is said to have been missing may say once, within CONTESTABLE, that it was otherwise."""
    is_theirs = appointment.person_id == person.id and appointment.missed_because != "lawyer_absent"
    ended_at = appointment.ended_at or appointment.starts_at
    return is_theirs and appointment.contested_at is None and now < ended_at + CONTESTABLE


def may_weigh(person: Person, appointment: Appointment, now: datetime) -> bool:
    """Staff decide on that, once."""
    is_open = appointment.contested_at is not None and appointment.weighed_at is None
    return is_open and person.serves(appointment.community_id) and appointment.person_id != person.id


MAY = {
    "check_in": may_receive,
    "call": may_call,
    "recall": may_receive,
    "park": may_receive,
    "come_back": may_receive,
    "start": may_receive,
    "miss": may_miss,
    "move": may_change,
    "reassign": may_reassign,
    "cancel": may_change,
    "finish": may_finish,
    "ring": may_ring,
    "contest": may_contest,
    "uphold": may_weigh,
    "excuse": may_weigh,
}


def may_answer(person: Person, wait: Wait, now: datetime) -> bool:
    """Accept or decline an offer: whoever waits, or staff who have them on the telephone, while it lasts."""
    is_theirs = wait.person_id == person.id or person.serves(wait.community_id)
    return (
        is_theirs
        and wait.state == WaitState.OFFERED
        and bool(wait.offered_until and now < wait.offered_until)
    )


def may_leave(person: Person, wait: Wait, now: datetime) -> bool:
    """Nobody has to wait."""
    return wait.person_id == person.id or person.serves(wait.community_id)


def by_itself(person: Person, wait: Wait, now: datetime) -> bool:
    """Offers are made and run out by the clock, by nobody's hand."""
    return False


WAIT_MAY = {
    "accept": may_answer,
    "decline": may_answer,
    "leave": may_leave,
    "offer": by_itself,
    "lapse": by_itself,
}


# -- who is assigned -----------------------------------------------------------------------------------------------------


class Desk(NamedTuple):
    """One lawyer's time, with what assignment asks about it. `weight` is the firm's agreed share."""

    slot: UUID
    starts_at: datetime
    lawyer: UUID
    number: str
    firm: UUID
    weight: int
    topics: frozenset[str]
    is_free: bool = True
    names: tuple[str, str] = ("", "")  # of the lawyer and the firm
    ends_at: datetime | None = None  # known where two times are wanted as one
    second: UUID | None = None  # the time right after at the same desk, taken with it
    speaks: frozenset[str] = frozenset()
    gender: str = ""


def pairs(desks: Iterable[Desk]) -> list[Desk]:
    """Each time that another one follows at once at the same lawyer's desk, as one unit of both: free where both are."""
    found = list(desks)
    after = {(desk.lawyer, desk.starts_at): desk for desk in found}
    return [
        desk._replace(second=then.slot, ends_at=then.ends_at, is_free=desk.is_free and then.is_free)
        for desk in found
        if (then := after.get((desk.lawyer, desk.ends_at or desk.starts_at))) is not None and then is not desk
    ]


class Loads(NamedTuple):
    """Appointments of the last ninety days and those ahead, by firm and by lawyer."""

    firms: Mapping[UUID, int] = {}
    lawyers: Mapping[UUID, int] = {}


class Ranked(NamedTuple):
    """A desk that may be assigned, and the figures that put it in its place."""

    desk: Desk
    knows: bool
    firm_count: int
    lawyer_count: int
    meets: int = 0  # how much of what the resident would rather have


def rank(
    candidates: Iterable[Desk], topic: str, conflicts: Collection[UUID], loads: Loads, likes: Preference = ANY
) -> list[Ranked]:
    """The free desks best first; those of a firm in conflict are left out.

    Shares come out by weight to within one case; inside that, lawyers who know the topic come first (`fairness.in_order`).
    """
    suitable = (desk for desk in candidates if desk.is_free and desk.firm not in conflicts)
    return fairness.in_order([weigh(desk, topic, loads, likes) for desk in suitable])


def weigh(desk: Desk, topic: str, loads: Loads, likes: Preference = ANY) -> Ranked:
    """What a desk is ranked by: whether its lawyer knows the topic, what firm and lawyer have had, what of a wish it meets."""
    firm, lawyer = loads.firms.get(desk.firm, 0), loads.lawyers.get(desk.lawyer, 0)
    return Ranked(desk, topic in desk.topics, firm, lawyer, likes.met(desk.speaks, desk.gender))


def account(
    ranked: Iterable[Ranked], candidates: Iterable[Desk], conflicts: Collection[UUID], chosen: UUID
) -> list[dict[str, Any]]:
    """The ranking as it is kept with the appointment. Of a firm in conflict it says no more than that."""
    rows: list[dict[str, Any]] = [
        {
            "lawyer": one.desk.names[0],
            "firm": one.desk.names[1],
            "suits": True,
            "chosen": one.desk.slot == chosen,
            "knows": one.knows,
            "count": one.firm_count,
            "weight": one.desk.weight,
            "own": one.lawyer_count,
            "meets": one.meets,
        }
        for one in ranked
    ]
    unsuitable = [desk for desk in candidates if desk.firm in conflicts]
    return rows + [
        {"lawyer": desk.names[0], "firm": desk.names[1], "suits": False, "chosen": False}
        for desk in unsuitable
    ]


def is_apart(starts_at: datetime, others: Iterable[datetime], apart: timedelta) -> bool:
    """Does nobody of the other side come within `apart` before or after this instant, both ends included?"""
    return all(abs(starts_at - other) > apart for other in others)


def reason(row: Mapping[str, Any]) -> str:
    """One row of a kept ranking in words, for staff."""
    if not row["suits"]:
        return _("不合适")
    said = (
        _("专长相符；律所接过 %(count)s 件，份额 %(weight)s；本人接过 %(own)s 件；无利益冲突")
        if row["knows"]
        else _("专长不限；律所接过 %(count)s 件，份额 %(weight)s；本人接过 %(own)s 件；无利益冲突")
    )
    return (_("合乎居民的愿望；") if row.get("meets") else "") + said % row


# -- when ----------------------------------------------------------------------------------------------------------------


def is_daytime(local: datetime) -> bool:
    """May people be offered times at this instant on China's clock?"""
    return DAY_STARTS <= local.hour < DAY_ENDS


def next_daytime(local: datetime) -> datetime:
    """The instant itself in daytime, else the next 8:00 in China."""
    if is_daytime(local):
        return local
    morning = local.replace(hour=DAY_STARTS, minute=0, second=0, microsecond=0)
    return morning if local < morning else morning + timedelta(days=1)


def may_offer(wait: Wait, now: datetime) -> bool:
    """Somebody who leaves offers unanswered is asked once a day, not whenever a time comes free."""
    return wait.declined < PATIENT or not wait.offered_until or now >= wait.offered_until + RESTED


def offer_ends(now: datetime, starts_at: datetime, answer: timedelta, notice: timedelta) -> datetime | None:
    """Until when a time can be offered from now on; None when too little would be left to answer in."""
    until = min(now + answer, starts_at - notice)
    return until if until - now >= LEAST_ANSWER else None


def refused_times(wait: Wait) -> set[str]:
    """The times somebody on the waitlist let go by, as ISO instants: those are not offered to them again."""
    return set(wait.typed.get("refused", []))
