"""Meetings: called with due notice, open to everybody's eyes, counted by themselves or by hand."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality, states
from portal.council import (
    actions,
    charter_rules,
    forms,
    member_queries,
    queries,
    rules,
    vote_queries,
    vote_rules,
)
from portal.council.models import CHOICE_NAMES, KIND_NAMES, MOTION_NAMES, WAY_NAMES, Kind, Meeting
from portal.errors import Conflict, Missing
from portal.languages import _
from portal.law import numbers
from portal.web import door
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, STAFF_ONLY, get, post


async def meeting_of(request: Request) -> Meeting:
    """The meeting of the address, as everybody may read it."""
    seen = Meeting.visible_to(request.state.person)
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def our_meeting(request: Request) -> Meeting:
    """The meeting, for those whose council it is: everybody may read of it, nobody else writes to it."""
    meeting = await meeting_of(request)
    if not request.state.person.serves(meeting.community_id):
        raise Missing
    return await meeting_of(request) if await actions.conclude(meeting) else meeting


def _kind(form: Form) -> Kind:
    value = form.values.get("kind", "")
    return Kind(value) if value in {kind.value for kind in Kind} else Kind.COUNCIL


async def new(request: Request) -> Response:
    """An empty notice; the motions that wait are ticked beforehand."""
    waiting = await queries.waiting()
    kind = _kind(Form.asked(request))
    form = Form({"starts": "14:00", "closes": "18:00", "kind": kind.value})
    form.lists["motions"] = [motion.number for motion in waiting]
    return await _drawn(request, form)


async def call(request: Request) -> Response:
    """Give notice of a meeting."""
    form = await Form.read(request)
    kind = form.choice("kind", Kind) or Kind.COUNCIL
    known = await _known(kind)
    waiting = {motion.number: motion for motion in await queries.waiting()}
    title, place = form.text("title", most=80), form.text("place", most=80)
    starts_at = forms.read_start(form, clock.today(), known["terms"].notice_days)
    closes_at = forms.read_close(form, starts_at) if known["roll"] else None
    members = None if known["roll"] else form.number("members", 3, rules.MOST_MEMBERS)
    chosen = form.choices("motions", waiting)
    secret = {waiting[number].id for number in form.choices("secret", waiting) if number in chosen}
    chairs = {str(member.id): member for member in known["roll"]}
    chair = chairs.get(form.choice("chair", chairs, required=False) or "") if chairs else None
    if not form.ok or starts_at is None:
        return await _drawn(request, form, 422)
    meeting = await actions.call(
        request.state.person,
        title,
        place,
        starts_at,
        members,
        [waiting[number] for number in chosen],
        kind=kind,
        closes_at=closes_at,
        secret=secret,
        chair=chair,
    )
    return see(request, "council:meeting", number=meeting.number, flash=_("会议通知已公布。"))


async def _known(kind: Kind) -> dict[str, Any]:
    """The charter of this kind of meeting, and who sits in it today."""
    here, today = locality.current(), clock.today()
    return {
        "terms": await member_queries.terms(here, kind),
        "roll": await member_queries.sitting(here, kind, today, clock.now()),
    }


async def _drawn(request: Request, form: Form, code: int = 200) -> Response:
    kind = _kind(form)
    known = await _known(kind)
    return page(
        request,
        "council/call.html",
        code,
        form=form,
        waiting=[(motion.number, motion.title) for motion in await queries.waiting()],
        kind=kind,
        kinds=list(KIND_NAMES.items()),
        first=charter_rules.earliest(clock.today(), known["terms"].notice_days),
        chairs=[(member.id, member.name) for member in known["roll"] if member.person_id],
        **known,
    )


async def show(request: Request) -> Response:
    """One meeting: when, where, what about, how to vote for whoever may, and how it went."""
    meeting = await meeting_of(request)
    person, now = request.state.person, clock.now()
    agenda = await queries.agenda(meeting)
    is_by_roll, stage = vote_rules.is_by_roll(meeting), vote_rules.stage(meeting, now)
    members, present = (
        await vote_queries.present(meeting) if is_by_roll else (meeting.members, meeting.present)
    )
    needed = charter_rules.quorum(vote_rules.terms_of(meeting), meeting.kind, members)
    is_short = present is not None and stage == vote_rules.Stage.OVER and present < needed
    versions = await queries.versions(meeting)
    is_ours = person is not None and person.serves(meeting.community_id)
    is_chair = person is not None and person.id == await member_queries.chair_of(meeting)
    return page(
        request,
        "council/meeting.html",
        meeting=meeting,
        kind=KIND_NAMES[Kind(meeting.kind)],
        stage=stage,
        stages=vote_rules.STAGE_NAMES,
        motion_names=MOTION_NAMES,
        agenda=agenda,
        left=[
            one for one in meeting.charter.get("left", []) if one["number"] not in {m.number for m in agenda}
        ],
        members=members,
        present=present,
        quorum=needed,
        closing=vote_rules.closing(meeting) if is_by_roll else None,
        short=vote_rules.too_few(present or 0, members, needed) if is_short else "",
        is_over=rules.is_over(meeting, now) and not is_by_roll,
        outcomes=await vote_queries.closed(meeting, agenda),
        own=await vote_queries.own(person, meeting),
        ways=WAY_NAMES,
        reasons=vote_rules.REASONS,
        choices=[(choice.value, label) for choice, label in CHOICE_NAMES.items()],
        offers=states.offers(person, meeting, rules.MAY_MEETING, now) if person else [],
        may_count=person is not None and rules.may_count(person, meeting, now),
        may_write_minutes=person is not None and rules.may_write_minutes(person, meeting, now),
        minutes=next((one for one in versions if one.signed_at), None),
        earlier=[one for one in versions if one.signed_at][1:],
        reads_draft=is_ours or is_chair,
    )


async def result(request: Request) -> Response:
    """An empty result, for those whose meeting it is, where staff count by hand."""
    meeting = await our_meeting(request)
    if not states.allowed(meeting, "hold") or vote_rules.is_by_roll(meeting):
        return see(request, "council:meeting", number=meeting.number)
    if not rules.may_hold(request.state.person, meeting, clock.now()):
        raise Conflict(_("会议还没有到时间，不能登记结果。"))
    return await _asked(request, meeting, Form())


async def hold(request: Request) -> Response:
    """Who was there, and how they voted."""
    meeting = await our_meeting(request)
    form = await Form.read(request)
    present, tallies = forms.read_tallies(form, meeting, await queries.agenda(meeting))
    if not form.ok:
        return await _asked(request, meeting, form, 422)
    await actions.hold(request.state.person, meeting, present, tallies)
    return see(request, "council:meeting", number=meeting.number, flash=_("会议结果已公布。"))


async def _asked(request: Request, meeting: Meeting, form: Form, code: int = 200) -> Response:
    terms = vote_rules.terms_of(meeting)
    return page(
        request,
        "council/result.html",
        code,
        meeting=meeting,
        agenda=await queries.agenda(meeting),
        quorum=charter_rules.quorum(terms, meeting.kind, meeting.members),
        box=forms.box,
        form=form,
    )


async def cancel(request: Request) -> Response:
    """Call it off."""
    meeting = await our_meeting(request)
    await actions.cancel(request.state.person, meeting)
    return see(request, "council:meeting", number=meeting.number, flash=_("会议已取消，议题留到下次。"))


routes: list[BaseRoute] = [
    get("/council/meetings/new", new, who=STAFF_ONLY, name="council:convene"),
    post("/council/meetings/new", call, who=STAFF_ONLY, name="council:call"),
    get("/council/meetings/{number}", show, who=PUBLIC, name="council:meeting", of="meeting"),
    get("/council/meetings/{number}/result", result, who=STAFF_ONLY, name="council:result", of="meeting"),
    post("/council/meetings/{number}/result", hold, who=STAFF_ONLY, name="council:hold", of="meeting"),
    post(
        "/council/meetings/{number}/cancellation", cancel, who=STAFF_ONLY, name="council:cancel", of="meeting"
    ),
]
