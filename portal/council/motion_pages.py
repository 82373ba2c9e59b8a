"""What residents see and do: the council's page, a motion, and what came of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, paging, policy, states
from portal.council import actions, forms, queries, rules
from portal.council.models import MOTION_NAMES, Motion, MotionState, Task
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import finding, sight
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, SIGNED_IN, STAFF_ONLY, get, post


async def _motion_of(request: Request) -> Motion:
    """The motion of the address with its meeting and proposer, as far as this person may read it; Missing otherwise."""
    seen = Motion.visible_to(request.state.person).select_related("meeting", "person")
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def _our_motion(request: Request) -> Motion:
    """The motion, for those whose council weighs it."""
    motion = await _motion_of(request)
    if not request.state.person.serves(motion.community_id):
        raise Missing
    return motion


async def index(request: Request) -> Response:
    """Coming meetings, what is being weighed, what was decided, and what is late. Decisions are found by their words."""
    person, today = request.state.person, clock.today()
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
        coming=await queries.coming(),
        held=await queries.held(),
        proposed=await queries.in_state(person, MotionState.PROPOSED) if person and person.is_staff else [],
        admitted=await queries.in_state(person, MotionState.ADMITTED),
        own=await queries.own(person),
        progress=await queries.progress(today),
        names=MOTION_NAMES,
        at=clock.now(),
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


async def show(request: Request) -> Response:
    """One motion: where it stands, the vote, the tasks."""
    return await _shown(request, await _motion_of(request))


async def admit(request: Request) -> Response:
    """It goes before the council."""
    motion = await _our_motion(request)
    await actions.admit(request.state.person, motion)
    return see(request, "council:motion", number=motion.number, flash=_("已列入议程，等下次会议。"))


async def decline(request: Request) -> Response:
    """It does not, and here is why."""
    motion = await _our_motion(request)
    form = await Form.read(request)
    reason = form.text("reason", most=500, least=4)
    if not form.ok:
        return await _shown(request, motion, form, 422)
    await actions.decline(request.state.person, motion, reason)
    return see(request, "council:motion", number=motion.number, flash=_("已答复提出人。"))


async def assign(request: Request) -> Response:
    """Who does what, until when."""
    motion = await _our_motion(request)
    form = await Form.read(request)
    today = clock.today()
    words, owner = form.text("words", most=200), form.text("owner", most=60)
    due_on = form.day("due_on", least=today, most=today + 5 * rules.FARTHEST)
    if not form.ok or due_on is None:
        return await _shown(request, motion, form, 422)
    await actions.assign(request.state.person, motion, words, owner, due_on)
    return see(request, "council:motion", number=motion.number, flash=_("督办事项已公布。"))


async def finish(request: Request) -> Response:
    """A task is done."""
    ours = Task.filter(sight.served(request.state.person, "motion__community_id"))
    task = await one(ours.select_related("motion"), id=request.path_params["task"])
    await actions.finish(request.state.person, task)
    return see(request, "council:motion", number=task.motion.number, flash=_("已登记办结。"))


async def _shown(request: Request, motion: Motion, form: Form | None = None, code: int = 200) -> Response:
    person, today = request.state.person, clock.today()
    return page(
        request,
        "council/motion.html",
        code,
        motion=motion,
        name=MOTION_NAMES[MotionState(motion.state)],
        is_own=policy.OWN in motion.relations,
        is_ours=policy.COMMUNITY in motion.relations,
        is_on_show=motion.published_until is not None and today <= motion.published_until,
        sources=await queries.sources(person, motion.sources) if policy.COMMUNITY in motion.relations else [],
        tasks=await queries.tasks(motion),
        offers=states.offers(person, motion, rules.MAY, clock.now()) if person else [],
        may_assign=person is not None and rules.may_assign(person, motion),
        form=form,
    )


routes: list[BaseRoute] = [
    get("/council", index, who=PUBLIC, name="council:index"),
    get("/council/motions/new", new, who=SIGNED_IN, name="council:new"),
    post("/council/motions/new", propose, who=SIGNED_IN, name="council:propose"),
    get("/council/motions/{number}", show, who=PUBLIC, name="council:motion", of="motion"),
    post("/council/motions/{number}/admission", admit, who=STAFF_ONLY, name="council:admit", of="motion"),
    post("/council/motions/{number}/refusal", decline, who=STAFF_ONLY, name="council:decline", of="motion"),
    post("/council/motions/{number}/tasks", assign, who=STAFF_ONLY, name="council:assign", of="motion"),
    post("/council/tasks/{task:uuid}/completion", finish, who=STAFF_ONLY, name="council:finish", of="motion"),
]
