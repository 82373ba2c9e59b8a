"""The counter: somebody who stands there, rings or writes is entered, booked and given a number on one screen."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, limits, locality
from portal.booking import actions as booking
from portal.booking import queries
from portal.booking.appointment_pages import found
from portal.booking.forms import write_time
from portal.booking.models import AT_THE_DESK, CHANNEL_NAMES, MODE_NAMES, Mode
from portal.booking.queries import AtCounter
from portal.consultations import counter_forms, lexicon
from portal.consultations.actions import counter
from portal.consultations.counter_forms import LOOK, NOW, Meant
from portal.errors import Missing, Refusal
from portal.languages import _, ngettext
from portal.law.topics import Topic
from portal.people import consents, naming
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post
from portal.web.wording import clock_time, moment

SHOWN = 24  # times that are offered besides now
LOOKS = 900  # times in an hour that one person's typing asks who is known


async def new(request: Request) -> Response:
    """A form with what is most often so: here, at a desk, now or else the next time there is."""
    free = await queries.at_counter()
    first = next((value for value, _words in offered(free)), "")
    return await form_page(request, counter_forms.filled(when=first), free)


async def form_page(
    request: Request, form: Form, free: AtCounter, code: int = 200, meant: Meant | None = None
) -> Response:
    return page(
        request,
        "consultations/counter.html",
        code,
        form=form,
        ask=meant.ask if meant else None,
        looked=form.values.get("then") == LOOK,
        is_unknown=bool(meant and meant.is_unknown),
        topics=[(topic.value, topic.label) for topic in Topic],
        channels=[(one.value, CHANNEL_NAMES[one]) for one in AT_THE_DESK],
        modes=list(MODE_NAMES.items()),
        times=offered(free),
        is_beyond="over_limit" in form.errors or bool(form.values.get("over_limit")),
        asked=consents.asked(
            await consents.lacking(meant.person, consents.BOOKING)
            if meant and meant.person
            else consents.BOOKING
        ),
    )


def offered(free: AtCounter) -> list[tuple[str, str]]:
    """Now, if there is a place this morning; then each time that comes."""
    said = []
    if free.now:
        left = sum(time.left for time in free.now)
        first = clock_time(max(free.now[0].starts_at, clock.now()))
        words = ngettext(
            "现在（%(first)s 起，今天还有 %(num)s 个空位）",
            "现在（%(first)s 起，今天还有 %(num)s 个空位）",
            left,
        )
        said.append((NOW, words % {"first": first, "num": left}))
    coming = [time for time in free.now if time.starts_at > clock.now()] + free.ahead
    return said + [(write_time(time.starts_at), moment(time.starts_at)) for time in coming[:SHOWN]]


async def receive(request: Request) -> Response:
    """Book it, or say what is missing with everything that was typed still there."""
    staff, form = request.state.person, await Form.read(request)
    is_long = form.flag("is_long")
    free = await queries.at_counter(is_long)
    if form.values.get("then") == LOOK:
        await limits.count(f"counter:{staff.id}", LOOKS, timedelta(hours=1))
        return await form_page(request, form, free, 200, await counter_forms.known(form, staff))
    meant = await counter_forms.meant(form, staff)
    intake = await lexicon.reading(counter_forms.told(form))
    channel = counter_forms.channel(form)
    times = counter_forms.times(form, free)
    lacking = await consents.lacking(meant.person, consents.BOOKING) if meant.person else consents.BOOKING
    agreed = consents.read(form, lacking)
    over_limit = form.text("over_limit", most=200, required=False)
    if not form.ok:
        return await form_page(request, form, free, 422, meant)
    visit = counter.Visit(
        times, intake, channel, meant.person, meant.name, meant.phone, agreed, over_limit, is_long
    )
    try:
        made = await counter.receive(staff, visit)
    except booking.AlreadyBooked as booked:
        return see(request, "counter:done", number=booked.appointment.number, flash=_("这个时间已经约好了。"))
    except booking.BeyondLimit:
        form.refuse("over_limit", _("这位居民的预约已经到了上限。确实需要再约，请写明原因。"))
    except booking.TimeTaken as taken:
        form.refuse("when", taken.text)
    except Refusal as refusal:
        form.refuse("phone", refusal.text)
    else:
        return see(request, "counter:done", number=made.number)
    return await form_page(request, form, await queries.at_counter(is_long), 409, meant)


async def done(request: Request) -> Response:
    """The number, about when, with whom; what to print; the next."""
    appointment, staff = await found(request), request.state.person
    if not staff.serves(appointment.community_id) or appointment.community_id != locality.current():
        raise Missing
    is_today = clock.day_of(appointment.starts_at) == clock.today()
    at_desk = appointment.mode == Mode.DESK
    return page(
        request,
        "consultations/counter_done.html",
        appointment=appointment,
        name=naming.masked(appointment.person.name, appointment.protection_id),
        has_phone=bool(appointment.person.phone),
        turn=await queries.place_of(appointment) if is_today and at_desk else None,
        is_apart=await queries.is_waiting_apart(staff, appointment),
        is_dangerous=await counter.is_dangerous(appointment),
        place=await queries.place(appointment.community_id),
    )


routes: list[BaseRoute] = [
    get("/counter", new, who=STAFF_ONLY, name="counter:new"),
    post("/counter", receive, who=STAFF_ONLY, name="counter:receive"),
    get("/counter/{number}", done, who=STAFF_ONLY, name="counter:done", of="appointment"),
]
