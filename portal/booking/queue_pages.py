"""The desk's morning: today's list with the next step of each, bookings that lost their lawyer, the search over all."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, locality
from portal.booking import actions, queries
from portal.booking.appointment_pages import TONES, found, named, offers
from portal.booking.forms import read_day
from portal.booking.models import MISSED_REASONS, STATE_NAMES, Appointment, State
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import naming
from portal.people import queries as people
from portal.people.models import Person
from portal.web.forms import Form, plain_digits, unstorable
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post
from portal.web.templating import url

ON_DUTY = LAWYERS | STAFF_ONLY


def rows(person: Person, appointments: list[Appointment]) -> list[dict[str, Any]]:
    """Appointments as the desk's lists show them: the lawyer's own by full name, others masked; what is protected by
    nothing but its number, for a list lies open on a desk."""
    return [
        {
            "appointment": one,
            **named(one),
            "name": one.person.name
            if one.lawyer.person_id == person.id and not one.protection_id
            else naming.masked(one.person.name, one.protection_id),
            "offers": offers(person, one),
            "is_mine": one.lawyer.person_id == person.id,
            "is_protected": one.protection_id is not None,
        }
        for one in appointments
    ]


async def today(request: Request) -> Response:
    """The queue of a day, today's unless another is asked for."""
    person = request.state.person
    day = read_day(request.query_params.get("day", ""), clock.today())
    queue = rows(person, await queries.queue(person, day))
    return page(
        request,
        "booking/queue.html",
        on=day,
        queue=queue,
        over={State.DONE, State.MISSED, State.CANCELLED},
        affected=len(await queries.affected(person)),
        missed_reasons=list(MISSED_REASONS.items()),
        yesterday=day - timedelta(days=1),
        tomorrow=day + timedelta(days=1),
        back=f"{url('appointments:today')}?day={day.isoformat()}",
    )


async def affected(request: Request) -> Response:
    """Bookings whose lawyer cannot come: each needs another lawyer, another time, or an apology."""
    person = request.state.person
    hit = await queries.affected(person)
    return page(request, "booking/affected.html", hit=rows(person, hit))


async def index(request: Request) -> Response:
    """Every appointment, by number, name, telephone or state."""
    asked = request.query_params
    q, state = asked.get("q", "").strip()[:40], asked.get("state", "")
    seen = locality.narrow(Appointment.visible_to(request.state.person), request.state.person)
    if q:
        seen = seen.filter(meant(q) if not unstorable(q) else Q(id__in=[]))
    if state in set(State):
        seen = seen.filter(state=state)
    number = Form(dict(asked)).number("page", 1, 10_000) or 1
    shown, pages = await queries.listed(seen, number)
    topics = {topic.value: topic.label for topic in Topic}
    return page(
        request,
        "booking/index.html",
        shown=[
            {
                **row,
                "name": naming.masked(row["name"], row["protection_id"]),
                "topic": topics.get(row["topic"], "") if row["protection_id"] is None else "",
                "state_name": STATE_NAMES[State(row["state"])],
                "tone": TONES[State(row["state"])],
            }
            for row in shown
        ],
        q=q,
        state=state,
        state_names=STATE_NAMES,
        number=min(number, pages),
        pages=pages,
        href_of=lambda n: f"{url('appointments:index')}?{urlencode({'q': q, 'state': state, 'page': n})}",
    )


def meant(text: str) -> Q:
    """Whom a few letters or digits mean: a number, a telephone, or part of a name. What is protected is found by its number
    alone: a search by name would say whose it is."""
    who = Q(person__name__icontains=text) | people.by_phone(plain_digits(text), "person__")
    wanted = who & Q(protection_id__isnull=True)
    if number := numbers.read(text):
        wanted |= Q(number=number)
    return wanted


async def check_in(request: Request) -> Response:
    """The resident has come."""
    return await step(request, actions.check_in)


async def call(request: Request) -> Response:
    """It is the resident's turn."""
    return await step(request, actions.call)


async def miss(request: Request) -> Response:
    """Nobody came, for a reason from the table."""
    appointment, form = await found(request), await Form.read(request)
    because = form.choice("because", MISSED_REASONS, required=False) or "no_answer"
    if not form.ok:
        return see(
            request, "appointments:show", flash=_("请从给出的选项里选一个。"), number=appointment.number
        )
    await actions.miss(request.state.person, appointment, because)
    return go(back_to(form, appointment), _("记好了。"))


async def step(request: Request, verb: Callable[[Person, Appointment], Awaitable[None]]) -> Response:
    """One step of the morning, and back to where it was taken."""
    appointment, form = await found(request), await Form.read(request)
    await verb(request.state.person, appointment)
    return go(back_to(form, appointment))


def back_to(form: Form, appointment: Appointment) -> str:
    """The page a step was taken on."""
    return safe_back(form.values.get("back", ""), url("appointments:show", number=appointment.number))


routes: list[BaseRoute] = [
    get("/queue", today, who=ON_DUTY, name="appointments:today"),
    get("/queue/affected", affected, who=ON_DUTY, name="appointments:affected"),
    get("/appointments", index, who=STAFF_ONLY, name="appointments:index"),
    post(
        "/appointments/{number}/arrival",
        check_in,
        who=ON_DUTY,
        name="appointments:check_in",
        of="appointment",
    ),
    post("/appointments/{number}/call", call, who=ON_DUTY, name="appointments:call", of="appointment"),
    post("/appointments/{number}/absence", miss, who=ON_DUTY, name="appointments:miss", of="appointment"),
]
