"""The desk's morning: today's list with the next step of each, bookings that lost their lawyer, the search over all."""

from collections.abc import Awaitable, Callable, Container
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, locality, paging
from portal.booking import actions, queries, queue_rules
from portal.booking.appointment_pages import TONES, found, named, offers
from portal.booking.forms import read_day
from portal.booking.models import CHANNEL_NAMES, MISSED_REASONS, MODE_NAMES, STATE_NAMES, Appointment, State
from portal.languages import _
from portal.law.topics import Topic
from portal.people import finding, naming
from portal.people.models import Person
from portal.web import live
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, read_key
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post
from portal.web.templating import url

ON_DUTY = LAWYERS | STAFF_ONLY


def rows(
    person: Person,
    appointments: list[Appointment],
    apart: Container[UUID] = (),
    unconfirmed: Container[UUID] = (),
) -> list[dict[str, Any]]:
    """Appointments as the desk's lists show them: the lawyer's own by full name, others masked; what is protected by
    nothing but its number, for a list lies open on a desk. Who is in `apart` must not sit beside somebody else of them;
    of those in `unconfirmed` the lawyer sees names only."""
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
            "is_told": one.protection_id is None and one.id not in unconfirmed,
            "is_unconfirmed": one.id in unconfirmed,
            "is_apart": one.id in apart,
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
    expected = await queries.queue(person, day)
    unconfirmed = await queries.unconfirmed(person, expected)
    queue = rows(person, expected, await apart_on(person, day), unconfirmed)
    return page(
        request,
        "booking/queue.html",
        version=version,
        on=day,
        queue=queue,
        following=following(expected) if day == clock.today() else [],
        over={State.DONE, State.MISSED, State.CANCELLED},
        affected=len(await queries.affected(person)),
        too_close=len(await queries.too_close(person)),
        duty=await queries.own_duty(person, day),
        on_duty=await queries.on_duty(person, day),
        missed_reasons=list(MISSED_REASONS.items()),
        yesterday=day - timedelta(days=1),
        tomorrow=day + timedelta(days=1),
        back=f"{url('appointments:today')}?day={day.isoformat()}",
    )


async def apart_on(person: Person, day: date) -> dict[UUID, UUID]:
    """For staff: who must not meet whom that day; nobody who is there is told."""
    return await queries.meetings(locality.current(), day) if person.is_staff else {}


def following(expected: list[Appointment]) -> list[Appointment]:
    """Of each lawyer who has somebody waiting and nobody inside, who is called next."""
    busy = {one.lawyer_id for one in expected if one.state in queue_rules.INSIDE}
    lawyers = dict.fromkeys(one.lawyer_id for one in expected if one.lawyer_id not in busy)
    found = (
        queue_rules.next_up([one for one in expected if one.lawyer_id == lawyer], clock.now())
        for lawyer in lawyers
    )
    return [one for one in found if one is not None]


async def affected(request: Request) -> Response:
    """Bookings whose lawyer cannot come, and those that are too close to the other side's: each needs another lawyer, another
    time, or an apology."""
    person = request.state.person
    hit = await queries.affected(person)
    gone = {(clock.day_of(one.starts_at), one.lawyer.person.number): one.lawyer.person.name for one in hit}
    return page(
        request,
        "booking/affected.html",
        hit=rows(person, hit, unconfirmed=await queries.unconfirmed(person, hit)),
        apart=rows(person, await queries.too_close(person)),
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
            Filter("channel", _("来源"), list(CHANNEL_NAMES.items())),
        ],
    )
    wanted = Q(**{name: find[name] for name in ("state", "mode", "channel") if find[name]})
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
    """The resident has come; the desk is told where another room is wanted, not why."""
    appointment, form = await found(request), await Form.read(request)
    await actions.check_in(request.state.person, appointment)
    said = _("报到好了，%(n)s 号。") % {"n": appointment.ticket} if appointment.ticket else ""
    if await queries.is_waiting_apart(request.state.person, appointment):
        said += _("请带到另一间等候，不要和正在等的人坐在一起。")
    return go(back_to(form, appointment), said)


async def recall(request: Request) -> Response:
    """Call once more."""
    return await step(request, actions.recall)


async def park(request: Request) -> Response:
    """Away for a while."""
    return await step(request, actions.park)


async def come_back(request: Request) -> Response:
    """Back again."""
    return await step(request, actions.come_back)


async def call_next(request: Request) -> Response:
    """One tap: whoever is next at this lawyer's desk."""
    form = await Form.read(request)
    lawyer, back = read_key(form.values.get("lawyer", "")), safe_back(form.values.get("back", ""), "")
    called = await actions.call_next(request.state.person, lawyer) if lawyer else None
    said = "" if called else _("现在没有人在等。")
    return go(back or url("appointments:today"), said)


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
    post("/queue/next", call_next, who=ON_DUTY, name="appointments:next"),
    post("/appointments/{number}/recall", recall, who=ON_DUTY, name="appointments:recall", of="appointment"),
    post("/appointments/{number}/pause", park, who=ON_DUTY, name="appointments:park", of="appointment"),
    post(
        "/appointments/{number}/return",
        come_back,
        who=ON_DUTY,
        name="appointments:come_back",
        of="appointment",
    ),
    post("/appointments/{number}/call", call, who=ON_DUTY, name="appointments:call", of="appointment"),
    post("/appointments/{number}/absence", miss, who=ON_DUTY, name="appointments:miss", of="appointment"),
]
