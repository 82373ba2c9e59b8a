"""The map for staff: grids, compounds, buildings, units and who minds them; and the forms that draw it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import locality
from portal.community import actions, choice_pages, forms, queries, rules
from portal.community.forms import CENTRE
from portal.community.models import Community, Compound, Grid
from portal.errors import Conflict
from portal.languages import _
from portal.web.forms import Form, one
from portal.web.pages import go, page, see
from portal.web.routes import ADMINISTRATORS, STAFF_ONLY, get, post
from portal.web.templating import url

WHO = STAFF_ONLY | ADMINISTRATORS


async def index(request: Request) -> Response:
    """The community at a glance."""
    return await _index(request)


async def compound(request: Request) -> Response:
    """One compound: every building and unit with its heads."""
    return await _compound(request, await _found(request))


async def centre(request: Request) -> Response:
    """The form for what the community is called and where its clinic sits."""
    known = await queries.community()
    values = {name: getattr(known, name) for name in (*CENTRE, "phone")} if known else None
    return _centre(request, Form(values), known)


def _centre(request: Request, form: Form, known: Community | None, code: int = 200) -> Response:
    action = url("community:describe")
    return page(request, "community/centre.html", code, form=form, known=known, action=action)


async def describe(request: Request) -> Response:
    """Keep what was said of the centre; the first time, enter the community."""
    form, known = await Form.read(request), await queries.community()
    said = forms.centre(form)
    street = "" if known else form.text("street", most=40)
    district = "" if known else form.text("district", most=40, required=False)
    if not form.ok:
        return _centre(request, form, known, 422)
    if known:
        await actions.describe(request.state.person, known, **said)
    else:
        await actions.found(request.state.person, street, district, **said)
    return see(request, "community:index", flash=_("服务中心的信息记下了。"))


async def add_grid(request: Request) -> Response:
    """A further grid."""
    form = await Form.read(request)
    name = form.text("grid", most=40)
    if form.ok:
        try:
            await actions.add_grid(request.state.person, await _community(), name)
            return see(request, "community:index", flash=_("网格加好了。"))
        except Conflict as refusal:
            form.refuse("grid", refusal.text)
    return await _index(request, 422, form)


async def add_compound(request: Request) -> Response:
    """A further compound."""
    form = await Form.read(request)
    name = form.text("compound", most=40)
    if form.ok:
        try:
            made = await actions.add_compound(request.state.person, await _community(), name)
            return go(url("community:compound", compound=made.id), _("小区加好了，接着加楼栋。"))
        except Conflict as refusal:
            form.refuse("compound", refusal.text)
    return await _index(request, 422, form)


async def add_building(request: Request) -> Response:
    """A building with all its doors."""
    where, form = await _found(request), await Form.read(request)
    grids = {str(grid.id): grid for grid in await Grid.filter(community_id=where.community_id)}
    name = queries.building_name(form.text("building", most=12))
    if form.ok and not name:
        form.refuse("building", _("请写楼栋的名字，例如 5、B 或 12甲。"))
    grid = form.choice("grid", list(grids))
    units = form.number("units", 1, rules.UNITS_MOST)
    floors = form.number("floors", 1, rules.FLOORS_MOST)
    doors = form.number("doors", 1, rules.DOORS_MOST)
    if form.ok and units and floors and doors:
        try:
            await actions.add_building(request.state.person, where, grids[grid], name, units, floors, doors)
            return go(url("community:compound", compound=where.id), _("楼栋加好了。"))
        except Conflict as refusal:
            form.refuse("building", refusal.text)
    return await _compound(request, where, 422, form)


async def _found(request: Request) -> Compound:
    return await one(Compound.filter(community_id=locality.current()), id=request.path_params["compound"])


async def _community() -> Community:
    known = await queries.community()
    if known is None:
        raise Conflict(_("请先登记社区和服务中心。"), [(_("登记社区"), "community:centre")])
    return known


async def _index(request: Request, code: int = 200, form: Form | None = None) -> Response:
    return page(
        request,
        "community/index.html",
        code,
        form=form,
        community=await queries.community(),
        grids=await queries.grids(),
        compounds=await queries.compounds(),
        may_map=_may_map(request),
        may_found=rules.may_found(request.state.person),
    )


def _may_map(request: Request) -> bool:
    """May they draw the map of the community they look at?"""
    here = locality.current()
    return rules.may_map(request.state.person, here) if here else rules.may_found(request.state.person)


async def _compound(request: Request, where: Compound, code: int = 200, form: Form | None = None) -> Response:
    grids = await Grid.filter(community_id=where.community_id).order_by("ordinal").values_list("id", "name")
    return page(
        request,
        "community/compound.html",
        code,
        form=form,
        compound=where,
        buildings=await queries.inside(where),
        grids=[(str(key), name) for key, name in grids],
        may_map=_may_map(request),
        rules=rules,
    )


routes: list[BaseRoute] = [
    *choice_pages.routes,
    get("/community", index, who=WHO, name="community:index"),
    get("/community/centre", centre, who=ADMINISTRATORS, name="community:centre"),
    post("/community/centre", describe, who=ADMINISTRATORS, name="community:describe", fresh=True),
    post("/community/grids", add_grid, who=ADMINISTRATORS, name="community:add_grid"),
    post("/community/compounds", add_compound, who=ADMINISTRATORS, name="community:add_compound"),
    get("/community/compounds/{compound:uuid}", compound, who=WHO, name="community:compound", of=None),
    post(
        "/community/compounds/{compound:uuid}/buildings",
        add_building,
        who=ADMINISTRATORS,
        name="community:add_building",
        of=None,
    ),
]
