"""Choosing a time: every free one on one page, one tap to keep it, and the nearest others when somebody was quicker."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.booking import actions, drafts, queries
from portal.booking.forms import read_time, write_time
from portal.booking.queries import Asker, Morning, Named, Time
from portal.errors import Refusal
from portal.languages import _, current
from portal.law.topics import Topic
from portal.web import copies, live
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post
from portal.web.templating import url
from portal.web.wording import clock_time, day, days_away, moment

TOPICS = {topic.value: topic for topic in Topic}
TAKING, ABOUT = (
    frozenset({"topic", "slot"}),
    frozenset({"topic"}),
)  # all that somebody says who only takes a time


class UnknownTopic(Refusal):
    """No such problem of life is on the list."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("没有这一类。请先选一件事，再选时间。"), [(_("选一件事"), "book:topic")])


def topic_of(key: str) -> Topic:
    """The topic of this key, or UnknownTopic."""
    found = TOPICS.get(key)
    if found is None:
        raise UnknownTopic
    return found


class Shown(NamedTuple):
    """A time as the times component shows it."""

    value: str
    label: str
    left: int
    taken: bool


class Offered(NamedTuple):
    """A morning as the times component shows it."""

    label: str
    note: str
    times: tuple[Shown, ...]
    provisional: bool = False


def offered(mornings: Sequence[Morning], first: Sequence[datetime] = ()) -> tuple[Offered, ...]:
    """The mornings as the times component shows them; those in `first` stand above all, and only there."""
    left = {time.starts_at: time.left for morning in mornings for time in morning.times}
    shown: list[Offered] = []
    if first:
        times = tuple(_time(at, moment(at), left.get(at, 0)) for at in first)
        shown.append(Offered(_("离您要的时间最近的"), "", times))
    closed: list[date] = []
    previous = clock.today() - timedelta(days=1)
    for morning in mornings:
        closed += _weekdays(previous, morning.day)
        previous = morning.day
        if not morning.times:
            continue
        times = _times(current(), tuple(time for time in morning.times if time.starts_at not in first))
        notes = [_closed(closed)] if closed else []
        notes += [morning.note] if morning.note else []
        if not morning.left:
            notes.append(_("这天上午约满了。"))
            times = ()
        elif morning.is_provisional:
            notes.append(_("这一年的放假安排还没有公布，如有变动会通知您。"))
        closed = []
        if times or notes:
            label = _("%(day)s（%(away)s）") % {"day": day(morning.day), "away": days_away(morning.day)}
            shown.append(Offered(label, " ".join(notes), times, morning.is_provisional))
    return tuple(shown)


@lru_cache(maxsize=512)
def _times(_language: str, times: tuple[Time, ...]) -> tuple[Shown, ...]:
    return tuple(_time(at, clock_time(at), left) for at, left in times)


def _time(at: datetime, label: str, left: int) -> Shown:
    return Shown(write_time(at), label, left, left == 0)


def _weekdays(after: date, before: date) -> list[date]:
    """Mondays to Fridays strictly between two days: within a window of working mornings, the days that are closed."""
    between = (after + timedelta(days=n) for n in range(1, (before - after).days))
    return [on for on in between if on.weekday() < 5]


def _closed(days: list[date]) -> str:
    if len(days) == 1:
        return _("%(day)s放假，不开。") % {"day": day(days[0])}
    return _("%(first)s到%(last)s放假，不开。") % {"first": day(days[0]), "last": day(days[-1])}


async def times(request: Request) -> Response:
    """Every time that can be had now. Who holds none and is not signed in sees the same as everybody: that page is drawn
    once for all of them."""
    here = browser(request) if request.state.browser else ""
    typed, is_holding = await queries.at(here)
    if bool(typed.get("is_long")) != is_long(request):
        typed = await drafts.keep(browser(request), is_long=is_long(request) or None)
    if typed.get("lawyer") and request.query_params.get("lawyer") == "":
        typed = await drafts.keep(here, lawyer=None)
    topic = topic_of(request.query_params.get("topic") or str(typed.get("topic", "")))
    form, now = Form({"topic": topic.value}), clock.now()
    is_plain = request.scope["query_string"] == b"topic=" + topic.value.encode()
    own = _told(typed, is_holding)
    if own is None or not is_plain or not copies.is_like_any(request):
        return await times_page(request, topic, typed, form, 200, may_hold=is_holding)

    async def draw() -> tuple[Response, datetime]:
        shown = await queries.calendar(now, locality.current(), request.state.editions)
        return await drawn(request, topic, typed, form, 200, shown.mornings), shown.until

    return await copies.send(
        request, copies.Drawing(topic, own, told_in, ("times", "communities"), now, draw)
    )


def _told(typed: dict[str, Any], is_holding: bool) -> bool | None:
    """Was it told what it is about? The one thing by which the pages of those differ who hold no time and want nothing
    else than others; None for whoever does."""
    return None if is_holding or typed.get("lawyer") or typed.get("is_long") else bool(typed.get("words"))


async def told_in(here: str) -> bool | None:
    """The same of any browser, by its hash."""
    return _told(*await queries.at(here))


def is_long(request: Request) -> bool:
    """Does the address ask for two times as one? Somebody needs longer than others."""
    return request.query_params.get("long") == "1"


async def asked_for(request: Request, typed: dict[str, Any]) -> Named | None:
    """The lawyer whose times alone are wanted: by the address, else as was said before there was a topic."""
    said = request.query_params.get("lawyer", str(typed.get("lawyer") or ""))
    return await queries.named(said) if said else None


async def times_page(
    request: Request,
    topic: Topic,
    typed: dict[str, Any],
    form: Form,
    code: int,
    taken: actions.TimeTaken | None = None,
    may_hold: bool = True,
) -> Response:
    here = browser(request)
    asker = Asker.of(
        here, is_long=is_long(request)
    )  # whoever asks: who is in conflict with whom is nothing the times show
    named = await asked_for(request, typed)
    asker = asker._replace(lawyer=named.id if named else None)
    known = taken.mornings if taken else []
    mornings = known or await queries.shown(clock.now(), asker, may_hold)
    if same := live.unchanged(request, version_of(mornings)):
        return same
    held = await queries.hold_of(here) if may_hold else None
    nearest = taken.nearest if taken else ()
    return await drawn(request, topic, typed, form, code, mornings, held, nearest, named)


def version_of(mornings: Sequence[Morning]) -> str:
    """The same for as long as the times are."""
    return live.version([[(at.timestamp(), left) for at, left in morning.times] for morning in mornings])


async def drawn(
    request: Request,
    topic: Topic,
    typed: dict[str, Any],
    form: Form,
    code: int,
    mornings: Sequence[Morning],
    held: dict[str, Any] | None = None,
    nearest: Sequence[datetime] = (),
    named: Named | None = None,
) -> Response:
    """The page itself."""
    person, plain = request.state.person, f"{url('book:times')}?topic={topic.value}"
    long = "&long=1" if is_long(request) else ""
    return page(
        request,
        "booking/times.html",
        code,
        version=version_of(mornings),
        form=form,
        topic=topic,
        is_long=is_long(request),
        address=f"{plain}{long}&lawyer={named.number}" if named else plain + long,
        anybody=f"{plain}{long}&lawyer=",
        named=named,
        last=await queries.last_lawyer(person) if person and not named else None,
        mornings=offered(mornings, nearest),
        left=sum(morning.left for morning in mornings),
        held=held,
        place=await queries.centre(clock.now(), locality.current(), request.state.editions),
        has_told=bool(typed.get("words")),
    )


def other_side(typed: dict[str, Any]) -> tuple[str, str]:
    """Name and telephone of the other side, as far as they were typed."""
    return str(typed.get("other_side") or ""), str(typed.get("other_phone") or "")


async def choose(request: Request) -> Response:
    """Keep the chosen time for this browser: won, and the last step follows; lost, and the same page says so."""
    form, here = await Form.read(request), browser(request)
    topic = topic_of(form.values.get("topic") or request.query_params.get("topic", ""))
    form.values["topic"] = topic.value
    wanted = form.values.get("slot", "")
    at = read_time(wanted)
    if at is None:
        form.refuse("slot", _("这不是诊所的时间，请从下面选一个。") if wanted else _("请选一个时间。"))
        typed = await drafts.keep(here, topic=topic.value)
        return await times_page(request, topic, typed, form, 422)
    person, long = request.state.person, is_long(request)
    typed = await drafts.read(here)
    named = await asked_for(request, typed)
    who = {"lawyer": named.number if named else None}
    chosen = {"topic": topic.value, "slot": write_time(at), "is_long": long or None, **who}
    against = other_side(typed) if person else ("", "")
    try:
        await actions.hold(
            here, at, topic, *against, person=person, is_long=long, lawyer=named and named.id, typed=chosen
        )
    except actions.TimeTaken as taken:
        typed = await drafts.keep(here, **chosen)
        form.refuse("slot", taken.text)
        return await times_page(request, topic, typed, form, 409, taken)
    return see(request, "book:confirm")


async def with_lawyer(request: Request) -> Response:
    """Somebody wants this lawyer: remembered for their browser, and on to what it is about."""
    form = await Form.read(request)
    named = await queries.named(form.values.get("lawyer", ""))
    await drafts.keep(browser(request), lawyer=named.number if named else None)
    return see(request, "book:topic")


routes: list[BaseRoute] = [
    post("/book/lawyer", with_lawyer, who=PUBLIC, name="book:with_lawyer"),
    get("/book/times", times, who=PUBLIC, name="book:times"),
    post("/book/times", choose, who=PUBLIC, name="book:hold"),
]
