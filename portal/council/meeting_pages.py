"""Meetings: called with due notice, held with a quorum, written down for everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, settings, states
from portal.council import actions, forms, queries, rules
from portal.council.models import MEETING_NAMES, MOTION_NAMES, Meeting, MeetingState
from portal.errors import Conflict, Missing
from portal.languages import _
from portal.law import numbers
from portal.web import door
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, STAFF_ONLY, get, post


async def _meeting_of(request: Request) -> Meeting:
    seen = Meeting.visible_to(request.state.person)
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def _our_meeting(request: Request) -> Meeting:
    """The meeting, for those whose council it is: everybody may read of it, nobody else writes to it."""
    meeting = await _meeting_of(request)
    if not request.state.person.serves(meeting.community_id):
        raise Missing
    return meeting


async def new(request: Request) -> Response:
    """An empty notice; the motions that wait are ticked beforehand."""
    waiting = await queries.waiting()
    form = Form({"starts": "09:00"})
    form.lists["motions"] = [motion.number for motion in waiting]
    return await _drawn(request, form)


async def call(request: Request) -> Response:
    """Give notice of a meeting."""
    form = await Form.read(request)
    waiting = {motion.number: motion for motion in await queries.waiting()}
    title, place = form.text("title", most=80), form.text("place", most=80)
    starts_at = forms.read_time(form, clock.today())
    members = form.number("members", 3, rules.MOST_MEMBERS)
    chosen = form.choices("motions", waiting)
    if not form.ok or starts_at is None or members is None:
        return await _drawn(request, form, 422)
    motions = [waiting[number] for number in chosen]
    meeting = await actions.call(request.state.person, title, place, starts_at, members, motions)
    return see(request, "council:meeting", number=meeting.number, flash=_("会议通知已公布。"))


async def _drawn(request: Request, form: Form, code: int = 200) -> Response:
    days = settings.current().notice_days
    return page(
        request,
        "council/call.html",
        code,
        form=form,
        waiting=[(motion.number, motion.title) for motion in await queries.waiting()],
        days=days,
        first=rules.earliest(clock.today(), days),
    )


async def show(request: Request) -> Response:
    """One meeting: when, where, what about, and how it went."""
    return await _shown(request, await _meeting_of(request))


async def _shown(request: Request, meeting: Meeting, form: Form | None = None, code: int = 200) -> Response:
    person, now = request.state.person, clock.now()
    percent = settings.current().quorum_percent
    is_short = meeting.present is not None and not rules.has_quorum(meeting.present, meeting.members, percent)
    return page(
        request,
        "council/meeting.html",
        code,
        meeting=meeting,
        name=MEETING_NAMES[MeetingState(meeting.state)],
        motion_names=MOTION_NAMES,
        agenda=await queries.agenda(meeting),
        quorum=rules.quorum(meeting.members, percent),
        short=rules.short_of_quorum(meeting.present or 0, meeting.members, percent) if is_short else "",
        is_over=rules.is_over(meeting, now),
        offers=states.offers(person, meeting, rules.MAY_MEETING, now) if person else [],
        may_write_minutes=person is not None and rules.may_write_minutes(person, meeting),
        form=form,
    )


async def result(request: Request) -> Response:
    """An empty result, for those whose meeting it is."""
    meeting = await _our_meeting(request)
    if not states.allowed(meeting, "hold"):
        return see(request, "council:meeting", number=meeting.number)
    if not rules.may_hold(request.state.person, meeting, clock.now()):
        raise Conflict(_("会议还没有到时间，不能登记结果。"))
    return await _asked(request, meeting, Form())


async def hold(request: Request) -> Response:
    """Who was there, and how they voted."""
    meeting = await _our_meeting(request)
    form = await Form.read(request)
    present, tallies = forms.read_tallies(form, meeting, await queries.agenda(meeting))
    minutes = form.text("minutes", most=8000, required=False)
    if not form.ok:
        return await _asked(request, meeting, form, 422)
    await actions.hold(request.state.person, meeting, present, tallies, minutes)
    return see(request, "council:meeting", number=meeting.number, flash=_("会议结果已公布。"))


async def _asked(request: Request, meeting: Meeting, form: Form, code: int = 200) -> Response:
    return page(
        request,
        "council/result.html",
        code,
        meeting=meeting,
        agenda=await queries.agenda(meeting),
        quorum=rules.quorum(meeting.members, settings.current().quorum_percent),
        box=forms.box,
        form=form,
    )


async def cancel(request: Request) -> Response:
    """Call it off."""
    meeting = await _our_meeting(request)
    await actions.cancel(request.state.person, meeting)
    return see(request, "council:meeting", number=meeting.number, flash=_("会议已取消，议题留到下次。"))


async def write_minutes(request: Request) -> Response:
    """Minutes that come later than the result."""
    meeting = await _our_meeting(request)
    form = await Form.read(request)
    minutes = form.text("minutes", most=8000, least=10)
    if not form.ok:
        return await _shown(request, meeting, form, 422)
    await actions.write_minutes(request.state.person, meeting, minutes)
    return see(request, "council:meeting", number=meeting.number, flash=_("纪要已公布。"))


routes: list[BaseRoute] = [
    get("/council/meetings/new", new, who=STAFF_ONLY, name="council:convene"),
    post("/council/meetings/new", call, who=STAFF_ONLY, name="council:call"),
    get("/council/meetings/{number}", show, who=PUBLIC, name="council:meeting", of="meeting"),
    get("/council/meetings/{number}/result", result, who=STAFF_ONLY, name="council:result", of="meeting"),
    post("/council/meetings/{number}/result", hold, who=STAFF_ONLY, name="council:hold", of="meeting"),
    post(
        "/council/meetings/{number}/cancellation", cancel, who=STAFF_ONLY, name="council:cancel", of="meeting"
    ),
    post(
        "/council/meetings/{number}/minutes",
        write_minutes,
        who=STAFF_ONLY,
        name="council:minutes",
        of="meeting",
    ),
]
