"""Partner firms and their lawyers, for staff to keep."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import paging
from portal.languages import _
from portal.law import numbers
from portal.people import rules as people_rules
from portal.people.models import Role
from portal.roster import coordinator_pages, firm_actions, forms, queries
from portal.roster.board_pages import lawyers_finder
from portal.roster.models import Firm, Lawyer
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post

LEADS = frozenset({Role.LEAD.value})  # who may give the office of lawyer


async def firms(request: Request) -> Response:
    """Every firm, found by its name."""
    states = [("active", _("正在合作")), ("stopped", _("已停止"))]
    find = Finder(request, [Filter("state", _("合作"), states)])
    rows = [
        firm
        for firm in (await queries.firms() if find.ok else [])
        if find.text in firm["name"]
        and (not find["state"] or firm["is_active"] == (find["state"] == "active"))
    ]
    return page(request, "roster/firms.html", find.code, find=find, leaf=paging.cut(rows, find.page))


async def firm(request: Request) -> Response:
    """One firm with its lawyers."""
    found = await _firm(request)
    find = lawyers_finder(request)
    wanted = await queries.wanted(request.state.person, find.text, find["standing"])
    return page(
        request,
        "roster/firm.html",
        find.code,
        firm=found,
        find=find,
        leaf=await queries.lawyers(public=False, firm=found.id, wanted=wanted, page=find.page)
        if find.ok
        else paging.NOTHING,
        may_add=people_rules.may_grant(request.state.person, Role.LAWYER),
    )


async def new_firm(request: Request) -> Response:
    """Ask for a firm."""
    return page(request, "roster/firm_form.html", firm=None, form=Form({"weight": "1"}))


async def add_firm(request: Request) -> Response:
    """Take a firm in."""
    form = await Form.read(request)
    typed = forms.firm(form)
    if form.ok:
        with forms.beside(form, "name"):
            made = await firm_actions.add_firm(request.state.person, **typed)
            return see(request, "roster:firm", flash=_("律所已加入。"), id=made.id)
    return page(request, "roster/firm_form.html", 422, firm=None, form=form)


async def edit_firm(request: Request) -> Response:
    """Ask what to correct."""
    found = await _firm(request)
    typed = {
        "name": found.name,
        "code": found.code,
        "phone": found.phone,
        "weight": str(found.weight),
        "is_active": "1" if found.is_active else "",
    }
    return page(request, "roster/firm_form.html", firm=found, form=Form(typed))


async def change_firm(request: Request) -> Response:
    """Correct what is known of a firm."""
    found = await _firm(request)
    form = await Form.read(request)
    typed = forms.firm(form)
    if form.ok:
        with forms.beside(form, "name"):
            is_active = form.flag("is_active")
            await firm_actions.change_firm(request.state.person, found, **typed, is_active=is_active)
            return see(request, "roster:firm", flash=_("已保存。"), id=found.id)
    return page(request, "roster/firm_form.html", 422, firm=found, form=form)


async def new_lawyer(request: Request) -> Response:
    """Ask for a lawyer."""
    return await _ask_lawyer(request, Form({"firm": request.query_params.get("firm", "")}))


async def add_lawyer(request: Request) -> Response:
    """Take a lawyer in: the person and the office. Whoever may, gives them an invitation afterwards."""
    form = await Form.read(request)
    name, phone, at, typed = (
        form.text("name", most=40),
        form.phone("phone"),
        await _chosen(form),
        forms.lawyer(form),
    )
    if form.ok and at:
        with forms.beside(form, "licence"):
            made = await firm_actions.add_lawyer(
                request.state.person, name=name, phone=phone, firm=at, **typed
            )
            person = await made.person
            return see(
                request,
                "roster:lawyer",
                flash=_("律师已加入，可以排班了。要登录，请在“人员”里给他一个邀请链接。"),
                number=person.number,
            )
    return await _ask_lawyer(request, form, code=422)


async def edit_lawyer(request: Request) -> Response:
    """Ask what to correct."""
    lawyer = await _lawyer(request)
    form = forms.of_card(lawyer)
    form.values |= {
        "firm": str(lawyer.firm_id),
        "licence": lawyer.licence,
        "licence_until": str(lawyer.licence_until),
        "is_active": "1" if lawyer.is_active else "",
    }
    return await _ask_lawyer(request, form, lawyer)


async def change_lawyer(request: Request) -> Response:
    """Correct what is known of a lawyer, or move them to another firm."""
    lawyer = await _lawyer(request)
    form = await Form.read(request)
    typed: dict[str, Any] = forms.lawyer(form)
    at = await _chosen(form) if "firm" in form.values else None
    if form.ok:
        with forms.beside(form, "licence"):
            withdrawn = await firm_actions.change_lawyer(
                request.state.person, lawyer, firm=at, is_active=form.flag("is_active"), **typed
            )
            if withdrawn:
                flash = _("已保存，撤下了 %(n)s 个时间。") % {"n": withdrawn}
                return see(request, "appointments:affected", flash=flash)
            return see(request, "roster:lawyer", flash=_("已保存。"), number=lawyer.person.number)
    return await _ask_lawyer(request, form, lawyer, 422)


async def _ask_lawyer(
    request: Request, form: Form, lawyer: Lawyer | None = None, code: int = 200
) -> Response:
    return page(
        request,
        "roster/lawyer_form.html",
        code,
        form=form,
        lawyer=lawyer,
        firms=[(row["id"], row["name"]) for row in await queries.firms() if row["is_active"]],
        **forms.card_choices(),
        may_move=people_rules.may_grant(request.state.person, Role.LAWYER),
    )


async def _chosen(form: Form) -> Firm | None:
    """The firm that was chosen."""
    firms = {str(firm.id): firm for firm in await Firm.filter(is_active=True)}
    return firms.get(form.choice("firm", firms) or "")


async def _firm(request: Request) -> Firm:
    return await one(Firm.all(), id=request.path_params["id"])


async def _lawyer(request: Request) -> Lawyer:
    found = Lawyer.visible_to(request.state.person).select_related("person", "firm")
    return await one(found, person__number=numbers.read(request.path_params["number"]))


routes: list[BaseRoute] = [
    *coordinator_pages.routes,
    get("/firms", firms, who=STAFF_ONLY, name="roster:firms"),
    get("/firms/new", new_firm, who=STAFF_ONLY, name="roster:new_firm"),
    post("/firms", add_firm, who=STAFF_ONLY, name="roster:add_firm"),
    get("/firms/{id:uuid}", firm, who=STAFF_ONLY, name="roster:firm", of=None),
    get("/firms/{id:uuid}/edit", edit_firm, who=STAFF_ONLY, name="roster:edit_firm", of=None),
    post("/firms/{id:uuid}/edit", change_firm, who=STAFF_ONLY, name="roster:change_firm", of=None),
    get("/lawyers/new", new_lawyer, who=LEADS, name="roster:new_lawyer"),
    post("/lawyers/new", add_lawyer, who=LEADS, name="roster:add_lawyer", fresh=True),
    get("/lawyers/{number}/edit", edit_lawyer, who=STAFF_ONLY, name="roster:edit_lawyer", of="lawyer"),
    post(
        "/lawyers/{number}/edit",
        change_lawyer,
        who=STAFF_ONLY,
        name="roster:change_lawyer",
        fresh=True,
        of="lawyer",
    ),
]
