"""How members vote: online for themselves, in the room and on paper through staff, aside where they must not judge."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.council import actions, forms, member_queries, rules, vote_queries, vote_rules
from portal.council.meeting_pages import our_meeting
from portal.council.models import CHOICE_NAMES, WAY_NAMES, Choice, Meeting, Member, Motion, Way
from portal.council.motion_pages import motion_of, our_motion
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.web.forms import Form, read_key
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post


async def vote(request: Request) -> Response:
    """A member's own vote."""
    motion = await motion_of(request)
    form = await Form.read(request)
    choice = form.choice("choice", Choice)
    if choice is None:
        raise Refusal(_("请先选赞成、反对还是弃权，再投票。您还没有投票。"))
    await actions.vote(request.state.person, motion, choice)
    return _back(request, motion, _("您的一票已经投下。"))


def _back(request: Request, motion: Motion, flash: str) -> Response:
    assert motion.meeting is not None
    return see(request, "council:meeting", number=motion.meeting.number, flash=flash)


async def _member(request: Request, motion: Motion, form: Form) -> Member:
    """The member who is meant: oneself, or for staff the one they chose."""
    if motion.meeting is None:
        raise Conflict(_("这项议题现在不在表决。"))
    chosen = read_key(form.values.get("member", ""))
    if chosen is not None and request.state.person.serves(motion.community_id):
        roll = await member_queries.roll(motion.meeting)
        if found := next((member for member in roll if member.id == chosen), None):
            return found
        raise Conflict(_("名单上没有这个人。"))
    if own := await member_queries.seat(request.state.person, motion.meeting):
        return own
    raise Forbidden(_("只有这次会议的成员才能表决。"))


async def recuse(request: Request) -> Response:
    """Stand aside from one motion, for a reason."""
    motion = await motion_of(request)
    form = await Form.read(request)
    member = await _member(request, motion, form)
    reason = form.choice("reason", list(vote_rules.REASONS))
    if reason is None:
        raise Refusal(_("请选一个回避的原因。"))
    await actions.recuse(request.state.person, motion, member, reason)
    return _on(request, motion, form, _("已登记回避。"))


async def rejoin(request: Request) -> Response:
    """Take that back."""
    motion = await motion_of(request)
    form = await Form.read(request)
    await actions.rejoin(request.state.person, motion, await _member(request, motion, form))
    return _on(request, motion, form, _("已收回回避。"))


def _on(request: Request, motion: Motion, form: Form, flash: str) -> Response:
    """Staff go on counting, a member goes back to the meeting."""
    if form.values.get("member"):
        return see(request, "council:count", number=motion.number, flash=flash)
    return _back(request, motion, flash)


async def attendance(request: Request) -> Response:
    """Who is in the room."""
    meeting = await our_meeting(request)
    there = await vote_queries.attending(meeting)
    form = Form()
    form.lists["there"] = [str(member) for member in there]
    return await _attendance(request, meeting, form)


async def _attendance(request: Request, meeting: Meeting, form: Form, code: int = 200) -> Response:
    roll = await member_queries.roll(meeting) if vote_rules.is_by_roll(meeting) else []
    there = await vote_queries.attending(meeting)
    rows = [
        (member.id, member.name, WAY_NAMES[Way(there[member.id])] if member.id in there else "")
        for member in roll
    ]
    may = rules.may_count(request.state.person, meeting, clock.now())
    return page(
        request, "council/attendance.html", code, meeting=meeting, rows=rows, may_count=may, form=form
    )


async def attend(request: Request) -> Response:
    """Tick who is there."""
    meeting = await our_meeting(request)
    form = await Form.read(request)
    known = {str(member.id): member.id for member in await member_queries.roll(meeting)}
    there = [known[one] for one in form.choices("there", known)]
    if not form.ok:
        return await _attendance(request, meeting, form, 422)
    await actions.attend(request.state.person, meeting, there)
    return see(request, "council:meeting", number=meeting.number, flash=_("到会的人已登记。"))


async def count(request: Request) -> Response:
    """The votes on one motion so far by who cast them, and a form for those of the room or of paper."""
    return await _counting(request, await our_motion(request), Form({"way": "room"}))


async def counted(request: Request) -> Response:
    """Type them in."""
    motion = await our_motion(request)
    if motion.meeting is None or not vote_rules.is_by_roll(motion.meeting):
        raise Conflict(_("这项议题现在不在表决。"))
    form = await Form.read(request)
    way, members = forms.read_way(form), await _open_to(motion)
    person = request.state.person
    try:
        if motion.is_secret:
            voters, tally = forms.read_secret(form, motion, members)
            if form.ok:
                await actions.count_secret(person, motion, way, voters, tally)
        else:
            votes = forms.read_votes(form, members)
            if form.ok:
                await actions.count_open(person, motion, way, votes)
    except Conflict as conflict:
        form.refuse("way", conflict.text)
        return await _counting(request, motion, form, 409)
    if not form.ok:
        return await _counting(request, motion, form, 422)
    return see(request, "council:count", number=motion.number, flash=_("票已录入。"))


async def _open_to(motion: Motion) -> list[Member]:
    """Everybody who may vote on it at its meeting; whoever voted or stood aside is found out when it is written."""
    return await member_queries.roll(motion.meeting) if motion.meeting else []


async def _counting(request: Request, motion: Motion, form: Form, code: int = 200) -> Response:
    meeting = motion.meeting
    voters, recused = await vote_queries.voters(motion), await vote_queries.recused(motion)
    done = {row["member_id"] for row in [*voters, *recused]}
    may = meeting is not None and rules.may_count(request.state.person, meeting, clock.now())
    members = [member for member in await _open_to(motion) if member.id not in done]
    return page(
        request,
        "council/count.html",
        code,
        motion=motion,
        meeting=meeting,
        voters=voters,
        recused=recused,
        members=members,
        member_options=[(member.id, member.name) for member in members],
        may_count=may,
        may_recuse=meeting is not None and rules.may_recuse(meeting, clock.now()),
        is_over=meeting is not None and vote_rules.stage(meeting, clock.now()) == vote_rules.Stage.OVER,
        ways=WAY_NAMES,
        choices=CHOICE_NAMES,
        reasons=vote_rules.REASONS,
        by_hand_named=[(way.value, WAY_NAMES[way]) for way in forms.BY_HAND],
        box=forms.box,
        form=form,
    )


routes: list[BaseRoute] = [
    post("/council/motions/{number}/vote", vote, who=SIGNED_IN, name="council:vote", of="motion"),
    post("/council/motions/{number}/recusal", recuse, who=SIGNED_IN, name="council:recuse", of="motion"),
    post("/council/motions/{number}/return", rejoin, who=SIGNED_IN, name="council:rejoin", of="motion"),
    get("/council/motions/{number}/count", count, who=STAFF_ONLY, name="council:count", of="motion"),
    post("/council/motions/{number}/count", counted, who=STAFF_ONLY, name="council:counted", of="motion"),
    get(
        "/council/meetings/{number}/attendance",
        attendance,
        who=STAFF_ONLY,
        name="council:there",
        of="meeting",
    ),
    post(
        "/council/meetings/{number}/attendance", attend, who=STAFF_ONLY, name="council:attend", of="meeting"
    ),
]
