"""What residents see and do: the council's page, a motion, and what came of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, paging, policy, states
from portal.council import actions, forms, queries, rules, suggestion_queries, vote_queries, vote_rules
from portal.council.models import CHOICE_NAMES, MOTION_NAMES, WAY_NAMES, Motion, MotionState, Task
from portal.council.vote_rules import Verdict
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import finding, sight
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, SIGNED_IN, STAFF_ONLY, get, post


async def motion_of(request: Request) -> Motion:
    """The motion of the address with its meeting and proposer, as far as this person may read it; Missing otherwise."""
    seen = Motion.visible_to(request.state.person).select_related("meeting", "person")
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def our_motion(request: Request) -> Motion:
    """The motion, for those whose council weighs it; what its votes came to is written down first, if that is due."""
    motion = await motion_of(request)
    if not request.state.person.serves(motion.community_id):
        raise Missing
    if motion.meeting is not None and await actions.conclude(motion.meeting):
        motion = await motion_of(request)
    return motion


async def index(request: Request) -> Response:
    """Coming meetings, what is being weighed, what was decided, and what is late. Decisions are found by their words."""
    person, now = request.state.person, clock.now()
    is_staff = person is not None and person.is_staff
    find = Finder(
        request,
        [Filter("state", _("结果"), [(state.value, MOTION_NAMES[state]) for state in queries.DECIDED])],
    )
    wanted = await finding.matching(Motion, person, find.text)
    if find["state"]:
        wanted &= Q(state=find["state"])
    return page(
        request,
        "council/index.html",
        find.code,
        find=find,
        leaf=await queries.decisions(wanted, find.page) if find.ok else paging.NOTHING,
        coming=[(meeting, vote_rules.stage(meeting, now)) for meeting in await queries.coming()],
        held=await queries.held(),
        proposed=await queries.in_state(person, MotionState.PROPOSED) if is_staff else [],
        piles=await suggestion_queries.piles() if is_staff else [],
        admitted=await queries.in_state(person, MotionState.ADMITTED),
        own=await queries.own(person),
        votes=await vote_queries.waits_for(person) if person else [],
        progress=await queries.progress(clock.today()),
        names=MOTION_NAMES,
        at=now,
    )


async def new(request: Request) -> Response:
    """An empty motion; staff may bring the numbers it grew out of."""
    return page(
        request, "council/propose.html", form=Form({"sources": request.query_params.get("sources", "")[:300]})
    )


async def propose(request: Request) -> Response:
    """Put it before the council."""
    person = request.state.person
    form = await Form.read(request)
    title = form.text("title", most=80, least=4, missing=_("请写题目。"))
    words = form.text("words", most=4000, least=10, missing=_("请写是怎么回事，想怎么办。"))
    sources = forms.read_sources(form) if person.is_staff else []
    if missing := set(sources) - {number for number, _route in await queries.sources(person, sources)}:
        form.refuse("sources", _("没有找到 %(number)s。") % {"number": min(missing)})
    if not form.ok:
        return page(request, "council/propose.html", 422, form=form)
    motion = await actions.propose(person, title, words, sources)
    flash = _("已提交。审查之后，结果会通知您。")
    return see(request, "council:motion", number=motion.number, flash=flash)


async def suggest(request: Request) -> Response:
    """Let the portal propose one of the kinds that pile up now, without waiting for its hour."""
    form = await Form.read(request)
    kinds = [pile.kind for pile in await suggestion_queries.piles()]
    kind = form.choice("kind", kinds)
    made = await actions.suggest(kind) if kind else 0
    flash = _("已列为建议的议题，等审查。") if made else _("这一类已经有议题了。")
    return see(request, "council:index", flash=flash)


async def show(request: Request) -> Response:
    """One motion: where it stands, the vote, the tasks."""
    return await shown(request, await motion_of(request))


async def admit(request: Request) -> Response:
    """It goes before the council; what the portal suggested may be worded better on the way."""
    motion = await our_motion(request)
    title = words = ""
    if motion.is_suggested:
        form = await Form.read(request)
        title, words = form.text("title", most=80, least=4), form.text("words", most=4000, least=10)
        if not form.ok:
            return await shown(request, motion, form, 422)
    await actions.admit(request.state.person, motion, title=title, words=words)
    return see(request, "council:motion", number=motion.number, flash=_("已列入议程，等下次会议。"))


async def decline(request: Request) -> Response:
    """It does not, and here is why."""
    motion = await our_motion(request)
    form = await Form.read(request)
    reason = form.text("reason", most=500, least=4)
    if not form.ok:
        return await shown(request, motion, form, 422)
    await actions.decline(request.state.person, motion, reason)
    return see(request, "council:motion", number=motion.number, flash=_("已答复提出人。"))


async def word_decision(request: Request) -> Response:
    """What was decided, in words."""
    motion = await our_motion(request)
    form = await Form.read(request)
    decision = form.text("decision", most=2000, least=4)
    if not form.ok:
        return await shown(request, motion, form, 422)
    await actions.word_decision(request.state.person, motion, decision)
    return see(request, "council:motion", number=motion.number, flash=_("决定已公布。"))


async def assign(request: Request) -> Response:
    """Who does what, until when."""
    motion = await our_motion(request)
    form = await Form.read(request)
    today = clock.today()
    words, owner = form.text("words", most=200), form.text("owner", most=60)
    due_on = form.day("due_on", least=today, most=today + 5 * rules.FARTHEST)
    if not form.ok or due_on is None:
        return await shown(request, motion, form, 422)
    await actions.assign(request.state.person, motion, words, owner, due_on)
    return see(request, "council:motion", number=motion.number, flash=_("督办事项已公布。"))


async def _our_task(request: Request) -> Task:
    ours = Task.filter(sight.served(request.state.person, "motion__community_id"))
    found: Task = await one(
        ours.select_related("motion", "motion__meeting", "motion__person"), id=request.path_params["task"]
    )
    return found


async def report_progress(request: Request) -> Response:
    """How far a task is."""
    task = await _our_task(request)
    form = await Form.read(request)
    words = form.text("progress", most=200, least=2)
    if not form.ok:
        await door.show(request.state.person, task.motion)
        return await shown(request, task.motion, form, 422, task)
    await actions.report_progress(request.state.person, task, words)
    return see(request, "council:motion", number=task.motion.number, flash=_("进展已公布。"))


async def finish(request: Request) -> Response:
    """A task is done."""
    task = await _our_task(request)
    await actions.finish(request.state.person, task)
    return see(request, "council:motion", number=task.motion.number, flash=_("已登记办结。"))


async def shown(
    request: Request, motion: Motion, form: Form | None = None, code: int = 200, task: Task | None = None
) -> Response:
    """The motion's page; `task` is the one whose note was refused."""
    person, now = request.state.person, clock.now()
    outcome = (await vote_queries.closed(motion.meeting, [motion])).get(motion.id)
    state = MotionState(motion.state)
    if outcome is not None and state == MotionState.ADMITTED and outcome.is_decided:
        state = MotionState.PASSED if outcome.verdict == Verdict.PASSED else MotionState.REJECTED
    return page(
        request,
        "council/motion.html",
        code,
        motion=motion,
        state=state,
        name=MOTION_NAMES[state],
        outcome=outcome,
        voters=await vote_queries.voters(motion) if outcome else [],
        recused=await vote_queries.recused(motion) if outcome else [],
        ways=WAY_NAMES,
        choices=CHOICE_NAMES,
        is_own=policy.OWN in motion.relations,
        is_ours=policy.COMMUNITY in motion.relations,
        is_on_show=motion.published_until is not None and clock.today() <= motion.published_until,
        few=rules.FEW,
        sources=await queries.sources(person, motion.sources) if policy.COMMUNITY in motion.relations else [],
        tasks=await queries.tasks(motion),
        offers=states.offers(person, motion, rules.MAY, now) if person else [],
        may_conclude=person is not None and rules.may_conclude(person, motion),
        may_assign=person is not None and rules.may_assign(person, motion),
        form=form,
        refused=task.id if task else None,
    )


routes: list[BaseRoute] = [
    get("/council", index, who=PUBLIC, name="council:index"),
    post("/council/suggestions", suggest, who=STAFF_ONLY, name="council:suggest"),
    get("/council/motions/new", new, who=SIGNED_IN, name="council:new"),
    post("/council/motions/new", propose, who=SIGNED_IN, name="council:propose"),
    get("/council/motions/{number}", show, who=PUBLIC, name="council:motion", of="motion"),
    post("/council/motions/{number}/admission", admit, who=STAFF_ONLY, name="council:admit", of="motion"),
    post("/council/motions/{number}/refusal", decline, who=STAFF_ONLY, name="council:decline", of="motion"),
    post(
        "/council/motions/{number}/decision", word_decision, who=STAFF_ONLY, name="council:word", of="motion"
    ),
    post("/council/motions/{number}/tasks", assign, who=STAFF_ONLY, name="council:assign", of="motion"),
    post(
        "/council/tasks/{task:uuid}/notes",
        report_progress,
        who=STAFF_ONLY,
        name="council:report",
        of="motion",
    ),
    post("/council/tasks/{task:uuid}/completion", finish, who=STAFF_ONLY, name="council:finish", of="motion"),
]
