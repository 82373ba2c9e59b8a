"""The pages of feedback: raising it, the list, one record with what can be done to it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, journal, locality, paging, policy, states
from portal.community import forms as community
from portal.community.models import Grid
from portal.errors import Missing
from portal.feedback import actions, help_pages, queries, rules
from portal.feedback.models import (
    CATEGORY_NAMES,
    HANDLER_NAMES,
    STATE_NAMES,
    WAY_NAMES,
    Category,
    Feedback,
    Handler,
    Way,
)
from portal.languages import Lazy, _, lazy_
from portal.law import identifiers, numbers
from portal.people import actions as people
from portal.people import finding
from portal.people.models import HEADS
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import HEADS_ONLY, SIGNED_IN, STAFF_ONLY, get, post

CATEGORIES = [category for category in Category if category != Category.HELP]


async def _new(request: Request, form: Form | None, code: int = 200) -> Response:
    return page(
        request,
        "feedback/new.html",
        code,
        form=form,
        categories=[(category.value, CATEGORY_NAMES[category]) for category in CATEGORIES],
        compounds=await community.compounds(),
        for_others=bool(request.state.person.roles),
    )


async def new(request: Request) -> Response:
    """The form; a round leads here with the place filled in and the way back to its doors."""
    asked = request.query_params
    where = await community.usual(request.state.person, asked.get("unit", ""), asked.get("room", ""))
    wanted = {"category": asked.get("category", "")} if asked.get("category") in set(Category) else {}
    return await _new(request, Form({**where, **wanted, "back": safe_back(asked.get("back", ""), "")}))


async def create(request: Request) -> Response:
    """Take it in."""
    person = request.state.person
    form = await Form.read(request)
    category = form.choice(
        "category", [category.value for category in CATEGORIES], missing=_("请选是哪一类。")
    )
    words = form.text("words", most=2000, least=4, missing=_("请用自己的话写几句是怎么回事。"))
    where = await community.place(form)
    phone = form.phone("phone", required=False) if person.roles else ""
    if not form.ok:
        return await _new(request, form, 422)
    whose = person
    if person.roles:
        whose = await people.person_by_phone(phone) if phone else None
    way = Way.DOOR if person.roles & HEADS else Way.ONLINE
    made = await actions.raise_(
        whose,
        Category(category),
        words,
        way=way,
        taken_by=person if person.roles else None,
        **where.columns,
    )
    flash = _("收到了。编号 %(number)s，请记下来，凭它查进度。") % {"number": made.number}
    if back := safe_back(form.values.get("back", ""), ""):
        return go(back, flash)
    return see(request, "feedback:show", number=made.number, flash=flash)


async def index(request: Request) -> Response:
    """What the person sees of everything raised, narrowed as the address says."""
    person, now = request.state.person, clock.now()
    grids = Grid.filter(community_id=locality.current()).order_by("ordinal")
    find = Finder(
        request,
        [
            Filter("state", _("状态"), list(STATE_NAMES.items())),
            Filter("category", _("类别"), list(CATEGORY_NAMES.items())),
            Filter("grid", _("网格"), await grids.values_list("id", "name")),
            Filter("handler", _("谁办"), list(HANDLER_NAMES.items())),
            Filter("due", _("期限"), [("late", _("已超时")), ("today", _("今天到期"))]),
        ],
    )
    wanted = Q(**{name: find[name] for name in ("state", "category", "handler") if find[name]})
    if find["grid"]:
        wanted &= Q(grid_id=find["grid"])
    if find["due"]:
        wanted &= queries.due(now, clock.span(clock.today())[1], find["due"] == "late")
    wanted &= await finding.matching(Feedback, person, find.text)
    return page(
        request,
        "feedback/index.html",
        find.code,
        find=find,
        leaf=await queries.listed(person, wanted, find.page) if find.ok else paging.NOTHING,
        tally=await queries.tally(person),
        names={"state": STATE_NAMES, "category": CATEGORY_NAMES, "handler": HANDLER_NAMES},
        now=now,
    )


def _wanted(request: Request) -> str:
    return numbers.read(request.path_params["number"]) or ""


async def _one(request: Request) -> Feedback:
    """The record of the address, for a move that shows nothing of it."""
    return await one(Feedback.visible_to(request.state.person), number=_wanted(request))


async def _opened(request: Request) -> Feedback:
    """The same as far as this person may read it, and their reading written down."""
    found = Feedback.visible_to(request.state.person).select_related("person", "taken_by", "grid")
    return await door.opened(request, found, number=_wanted(request))


async def _show(
    request: Request,
    record: Feedback,
    form: Form | None = None,
    refused: str = "",
    code: int = 200,
    unmasked: bool = False,
) -> Response:
    person, now = request.state.person, clock.now()
    suggested = rules.suggested(record.category)
    name, phone = queries.author(record)
    return page(
        request,
        "feedback/show.html",
        code,
        record=record,
        form=form,
        refused=refused,
        offers=states.offers(person, record, rules.MAY, now),
        is_late=rules.is_late(record, now),
        is_own=policy.OWN in record.relations,
        is_served=policy.COMMUNITY in record.relations,
        author=name,
        phone=phone if unmasked else identifiers.mask_phone(phone) if phone else "",
        may_unmask=bool(phone) and not unmasked,
        replies=await queries.replies(record),
        events=await journal.of(record),
        names={"state": STATE_NAMES, "category": CATEGORY_NAMES, "handler": HANDLER_NAMES, "way": WAY_NAMES},
        passing=form if refused == "dispatch" else Form({"handler": record.handler or suggested.value}),
        handlers=[
            (handler.value, HANDLER_NAMES[handler], _("按类别建议") if handler == suggested else "")
            for handler in Handler
        ],
        redo_days=rules.REDO_DAYS,
    )


async def show(request: Request) -> Response:
    """One record: what was raised, how far it is, what can be done."""
    return await _show(request, await _opened(request))


async def show_phone(request: Request) -> Response:
    """The page with the telephone in full, this once. That somebody asked is written down."""
    record = await _opened(request)
    if not queries.author(record).phone:
        raise Missing
    await actions.unmask(request.state.person, record)
    return await _show(request, record, unmasked=True)


async def dispatch(request: Request) -> Response:
    """Give it to whoever does it."""
    record = await _one(request)
    form = await Form.read(request)
    handler = form.choice("handler", Handler)
    if not form.ok:
        return await _show(request, await _opened(request), form, "dispatch", 422)
    await actions.dispatch(request.state.person, record, handler)
    return see(request, "feedback:show", number=record.number, flash=_("已派发。"))


def _with_words(verb: str, flash: Lazy) -> Any:
    """A move that needs words: an answer, a reason."""

    async def move(request: Request) -> Response:
        record = await _one(request)
        form = await Form.read(request)
        words = form.text("reason", most=2000, least=2)
        if not form.ok:
            return await _show(request, await _opened(request), form, verb, 422)
        person = request.state.person
        if verb == "return":
            await actions.send_back(person, record, words)
        elif verb == "reopen":
            await actions.reopen(person, record, words)
        else:
            await actions.answer(person, record, verb, words)
        return see(request, "feedback:show", number=record.number, flash=str(flash))

    move.__doc__ = f"The move `{verb}`, with its words."
    return move


async def confirm(request: Request) -> Response:
    """It is solved; content or not."""
    record = await _one(request)
    form = await Form.read(request)
    satisfied = {"yes": True, "no": False}.get(form.values.get("satisfied", ""))
    await actions.confirm(request.state.person, record, satisfied)
    return see(request, "feedback:show", number=record.number, flash=_("谢谢您的答复。"))


routes: list[BaseRoute] = [
    *help_pages.routes,
    get("/feedback", index, who=STAFF_ONLY | HEADS_ONLY, name="feedback:index"),
    get("/feedback/new", new, who=SIGNED_IN, name="feedback:new"),
    post("/feedback", create, who=SIGNED_IN, name="feedback:create"),
    get("/feedback/{number}", show, who=SIGNED_IN, name="feedback:show", of="feedback"),
    post("/feedback/{number}/phone", show_phone, who=STAFF_ONLY, name="feedback:phone", of="feedback"),
    post("/feedback/{number}/dispatch", dispatch, who=STAFF_ONLY, name="feedback:dispatch", of="feedback"),
    post(
        "/feedback/{number}/return",
        _with_words("return", lazy_("已退回，等重新派发。")),
        who=STAFF_ONLY,
        name="feedback:return",
        of="feedback",
    ),
    post(
        "/feedback/{number}/solution",
        _with_words("solve", lazy_("已答复：办好了。")),
        who=STAFF_ONLY,
        name="feedback:solve",
        of="feedback",
    ),
    post(
        "/feedback/{number}/failure",
        _with_words("give_up", lazy_("已答复：没能解决。")),
        who=STAFF_ONLY,
        name="feedback:give_up",
        of="feedback",
    ),
    post(
        "/feedback/{number}/disowning",
        _with_words("disown", lazy_("已答复：去处写明了。")),
        who=STAFF_ONLY,
        name="feedback:disown",
        of="feedback",
    ),
    post("/feedback/{number}/confirmation", confirm, who=SIGNED_IN, name="feedback:confirm", of="feedback"),
    post(
        "/feedback/{number}/reopening",
        _with_words("reopen", lazy_("已重新交办。")),
        who=SIGNED_IN,
        name="feedback:reopen",
        of="feedback",
    ),
]
