"""Staff plan lectures, change them, announce them and call them off."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.errors import Conflict
from portal.languages import _
from portal.lectures import actions, forms, queries, rules, themes
from portal.lectures.models import Lecture
from portal.lectures.reading_pages import own_lecture
from portal.roster.queries import calendar
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post

AHEAD = forms.FARTHEST + timedelta(weeks=2 * rules.MOST_SESSIONS)


async def new(request: Request) -> Response:
    """An empty plan."""
    return await _drawn(request, Form(forms.FRESH), None)


async def create(request: Request) -> Response:
    """One lecture, or a series of them, in one form."""
    form = await Form.read(request)
    today = clock.today()
    known = await calendar(today, today + AHEAD)
    plans = forms.read_series(form, await queries.speakers(), today, known)
    if not form.ok:
        return await _drawn(request, form, None, 422)
    made = await actions.plan(
        request.state.person, plans, form.values["title"].strip(), form.flag("announce")
    )
    flash = _("已建好 %(n)s 场讲座。") % {"n": len(made)}
    return see(request, "lectures:show", number=made[0].number, flash=flash)


async def edit(request: Request) -> Response:
    """The plan as it is."""
    lecture = await own_lecture(request)
    if not rules.may_edit(request.state.person, lecture, clock.now()):
        raise Conflict(_("这场讲座已经不能修改。"))
    return await _drawn(request, forms.filled(lecture), lecture)


async def save(request: Request) -> Response:
    """The plan as it shall be."""
    lecture = await own_lecture(request)
    form = await Form.read(request)
    plan = forms.read_plan(form, await queries.speakers(), clock.today())
    if plan is None:
        return await _drawn(request, form, lecture, 422)
    try:
        await actions.revise(request.state.person, lecture, plan)
    except actions.Full as full:
        form.refuse("capacity", _("已经有 %(n)s 个座位报出去了，座位数不能比这少。") % {"n": full.seats})
        return await _drawn(request, form, lecture, 409)
    return see(request, "lectures:show", number=lecture.number, flash=_("改好了。"))


async def _drawn(request: Request, form: Form, lecture: Lecture | None, code: int = 200) -> Response:
    return page(
        request,
        "lectures/plan.html",
        code,
        form=form,
        lecture=lecture,
        themes=themes.options(),
        speakers=await queries.speakers(),
        most=rules.MOST_SESSIONS,
    )


async def open(request: Request) -> Response:
    """Announce it."""
    lecture = await own_lecture(request)
    await actions.open(request.state.person, lecture)
    return see(request, "lectures:show", number=lecture.number, flash=_("已开放报名。"))


async def cancel(request: Request) -> Response:
    """Call it off; everybody signed up is told."""
    lecture = await own_lecture(request)
    await actions.cancel(request.state.person, lecture)
    return see(request, "lectures:show", number=lecture.number, flash=_("已取消，报了名的居民都会收到通知。"))


routes: list[BaseRoute] = [
    get("/lectures/new", new, who=STAFF_ONLY, name="lectures:new"),
    post("/lectures/new", create, who=STAFF_ONLY, name="lectures:create"),
    get("/lectures/{number}/plan", edit, who=STAFF_ONLY, name="lectures:edit", of="lecture"),
    post("/lectures/{number}/plan", save, who=STAFF_ONLY, name="lectures:save", of="lecture"),
    post("/lectures/{number}/opening", open, who=STAFF_ONLY, name="lectures:open", of="lecture"),
    post("/lectures/{number}/cancellation", cancel, who=STAFF_ONLY, name="lectures:cancel", of="lecture"),
]
