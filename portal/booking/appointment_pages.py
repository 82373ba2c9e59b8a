"""One appointment: what, when, where, with whom; to print, to put in a calendar, to move, to cancel, to give to another."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, journal, policy, states
from portal.booking import calendar, queries, rules
from portal.booking.models import MISSED_REASONS, MODE_NAMES, RINGS, STATE_NAMES, Appointment, Mode, State
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import naming, sight, standing_queries
from portal.people.actions import glass
from portal.people.models import Person
from portal.web import door, exports, live
from portal.web.forms import Form, one
from portal.web.pages import page
from portal.web.routes import LAWYERS, SIGNED_IN, STAFF_ONLY, get, post
from portal.web.templating import url
from portal.web.wording import moment

TONES = {
    State.BOOKED: "info",
    State.CHECKED_IN: "good",
    State.CALLED: "warn",
    State.PARKED: "neutral",
    State.STARTED: "warn",
    State.DONE: "good",
    State.MISSED: "bad",
    State.CANCELLED: "neutral",
}
LOADED = ("person", "lawyer__person", "firm", "slot", "second_slot")


async def found(request: Request) -> Appointment:
    """The appointment of this address, for whoever may find it: to act on, not to be shown."""
    number = numbers.read(request.path_params["number"])
    if number is None:
        raise Missing
    seen = Appointment.visible_to(request.state.person).select_related(*LOADED)
    appointment: Appointment = await one(seen, number=number)
    return appointment


async def opened(request: Request) -> Appointment:
    """The same to be shown: stripped of what this person may not read, and the reading written down."""
    appointment = await found(request)
    await door.show(request.state.person, appointment)
    return appointment


def offers(person: Person, appointment: Appointment) -> list[str]:
    """The verbs this person can use now; templates draw these."""
    return states.offers(person, appointment, rules.MAY, clock.now())


def named(appointment: Appointment) -> dict[str, Any]:
    """The words for the codes of an appointment."""
    topics = {topic.value: topic for topic in Topic}
    return {
        "topic": topics.get(appointment.topic, Topic.OTHER),
        "state_name": STATE_NAMES[State(appointment.state)],
        "tone": TONES[State(appointment.state)],
        "mode_name": MODE_NAMES[Mode(appointment.mode)],
    }


async def show(request: Request) -> Response:
    """Everything about the appointment that this person should know."""
    appointment = await found(request)
    turn = await queries.turn(request.state.person, appointment)
    if turn and (same := live.unchanged(request, live.version(*turn))):
        return same
    await door.show(request.state.person, appointment)
    return await show_page(request, appointment, 200, turn=turn)


async def telephone(request: Request) -> Response:
    """Show the telephone, this once."""
    appointment, person = await opened(request), request.state.person
    if policy.CONTACT not in appointment.parts or not rules.is_on_duty(person, appointment):
        raise Missing
    phone = await glass.unmask(person, appointment.person, appointment)
    return await show_page(request, appointment, 200, phone=phone)


async def show_page(
    request: Request,
    appointment: Appointment,
    code: int,
    cancel_form: Form | None = None,
    outcome_form: Form | None = None,
    phone: str | None = None,
    turn: queries.Turn | None = None,
) -> Response:
    """The page, for an appointment that came through the door. `phone` is what was just asked for; a lawyer who is to ring
    the resident sees it at once."""
    person = request.state.person
    is_on_duty = rules.is_on_duty(person, appointment)
    is_nameless = sight.is_nameless(appointment)
    sees_names_only = rules.sees_names_only(person, appointment)
    is_ringing = appointment.mode == Mode.PHONE and rules.is_lawyer_of(person, appointment)
    if is_ringing and not sees_names_only:
        phone = appointment.person.phone or ""
    return page(
        request,
        "booking/appointment.html",
        code,
        appointment=appointment,
        **named(appointment),
        turn=turn,
        version=live.version(*turn) if turn else "",
        place=await queries.place(appointment.community_id),
        offers=offers(person, appointment),
        is_own=appointment.person_id == person.id,
        is_on_duty=is_on_duty,
        is_nameless=is_nameless,
        sees_names_only=sees_names_only,
        name=naming.whole(appointment.person, appointment),
        phone=phone,
        masked_phone=naming.masked_phone(appointment.person),
        glass=await standing_queries.glass_over(person, appointment),
        assigned=[(row, rules.reason(row)) for row in appointment.assigned]
        if person.serves(appointment.community_id)
        else [],
        history=await history(appointment) if is_on_duty else [],
        missed_reasons=list(MISSED_REASONS.items()),
        missed=MISSED_REASONS.get(appointment.missed_because, ""),
        cancel_form=cancel_form,
        outcome_form=outcome_form,
        rings=list(RINGS.items()),
        most_rings=rules.RINGS,
        back=url("appointments:show", number=appointment.number),
    )


async def history(appointment: Appointment) -> list[tuple[str, str, str]]:
    """What happened to it, for the desk: (when, what, nothing more)."""
    words = {
        "create": _("预约"),
        "move": _("改时间"),
        "reassign": _("换律师"),
        "cancel": _("取消"),
        "check_in": _("报到"),
        "call": _("叫号"),
        "recall": _("再叫一次"),
        "park": _("暂时走开"),
        "come_back": _("回来接着等"),
        "start": _("开始咨询"),
        "finish": _("咨询结束"),
        "ring": _("打过电话，没有打通"),
        "miss": _("记为未到"),
        "contest": _("居民说明没有缺席"),
        "uphold": _("核实后维持未到"),
        "excuse": _("核实后不算未到"),
    }
    return [
        (moment(entry["at"]), words[entry["verb"]], "")
        for entry in await journal.of(appointment)
        if entry["verb"] in words
    ]


async def ics(request: Request) -> Response:
    """The appointment for somebody's own calendar."""
    appointment = await opened(request)
    path = url("appointments:show", number=appointment.number)
    body = calendar.entry(appointment, await queries.place(appointment.community_id), path)
    return exports.calendar(appointment.number, body)


routes: list[BaseRoute] = [
    get("/appointments/{number}", show, who=SIGNED_IN, name="appointments:show", of="appointment"),
    post(
        "/appointments/{number}/telephone",
        telephone,
        who=LAWYERS | STAFF_ONLY,
        name="appointments:telephone",
        of="appointment",
    ),
    get("/appointments/{number}/calendar.ics", ics, who=SIGNED_IN, name="appointments:ics", of="appointment"),
]
