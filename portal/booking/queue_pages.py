"""The desk's morning: today's list with the next step of each, bookings that lost their lawyer, the search over all."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, paging
from portal.booking import actions, queries
from portal.booking.appointment_pages import TONES, found, named, offers
from portal.booking.forms import read_day
from portal.booking.models import MISSED_REASONS, MODE_NAMES, STATE_NAMES, Appointment, State
from portal.languages import _
from portal.law.topics import Topic
from portal.people import finding, naming
from portal.people.models import Person
from portal.web import live
from portal.web.finder import Filter, Finder
from portal.web.forms import Form
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
    version = live.version(day, await queries.standing(person, day))
    if same := live.unchanged(request, version):
        return same
    queue = rows(person, await queries.queue(person, day))
    return page(
        request,
        "booking/queue.html",
        version=version,
        on=day,
        queue=queue,
        over={State.DONE, State.MISSED, State.CANCELLED},
        affected=len(await queries.affected(person)),
        duty=await queries.own_duty(person, day),
        on_duty=await queries.on_duty(person, day),
        missed_reasons=list(MISSED_REASONS.items()),
        yesterday=day - timedelta(days=1),
        tomorrow=day + timedelta(days=1),
        back=f"{url('appointments:today')}?day={day.isoformat()}",
    )


async def affected(request: Request) -> Response:
    """Bookings whose lawyer cannot come: each needs another lawyer, another time, or an apology."""
    person = request.state.person
    hit = await queries.affected(person)
    gone = {(clock.day_of(one.starts_at), one.lawyer.person.number): one.lawyer.person.name for one in hit}
    return page(
        request,
        "booking/affected.html",
        hit=rows(person, hit),
        mornings=[(*key, gone[key]) for key in sorted(gone)] if person.is_staff else [],
    )


async def index(request: Request) -> Response:
    """Every appointment, found by number, name, telephone or words, narrowed by state and topic."""
    person, topics = request.state.person, {topic.value: topic.label for topic in Topic}
    find = Finder(
        request,
        [
            Filter("state", _("状态"), list(STATE_NAMES.items())),
            Filter("topic", _("什么事"), list(topics.items())),
            Filter("mode", _("方式"), list(MODE_NAMES.items())),
        ],
    )
    wanted = Q(**{name: find[name] for name in ("state", "mode") if find[name]})
    if find["topic"]:
        wanted &= Q(topic=find["topic"], protection_id__isnull=True)
    wanted &= await finding.matching(Appointment, person, find.text)
    leaf = await queries.listed(person, wanted, find.page) if find.ok else paging.NOTHING
    for row in leaf.rows:
        row["name"] = naming.masked(row["name"], row["protection_id"])
        row["topic"] = topics.get(row["topic"], "") if row["protection_id"] is None else ""
    return page(
        request, "booking/index.html", find.code, find=find, leaf=leaf, names=STATE_NAMES, tones=TONES
    )


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
