"""Disputes: a list to work through, and a form that takes half a minute. The other pages of the room stand beside."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality, paging
from portal.community import forms as community
from portal.disputes import (
    actions,
    forms,
    mediation_pages,
    move_pages,
    paper_pages,
    protection_pages,
    queries,
    rules,
)
from portal.disputes.actions.reports import spot
from portal.disputes.models import LEVEL_NAMES, OPEN, SOURCE_NAMES, STATE_NAMES
from portal.disputes.show_pages import TONES, show
from portal.languages import _
from portal.law import places
from portal.law.dispute_types import DisputeType
from portal.people import actions as people
from portal.people import consents
from portal.people.consents import Purpose
from portal.people.models import Person, Role
from portal.people.queries import needs_name
from portal.web.finder import Finder
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import HEADS_ONLY, SIGNED_IN, STAFF_ONLY, get, post

OFFICES = STAFF_ONLY | HEADS_ONLY | {Role.STREET.value}


async def index(request: Request) -> Response:
    """The list. Its whole state is in its address, so that a figure can link to its cases."""
    person, now = request.state.person, clock.now()
    grids = await queries.grids(locality.overseen(person))
    offered = forms.filters(request.query_params, grids, clock.today())
    find = Finder(request, offered, carried=forms.CARRIED)
    wanted = forms.read_wanted(find, now)
    if there := await queries.place_named(wanted, locality.overseen(person)):
        find.further.append(there)
    leaf = await queries.listing(person, wanted, find.page, find.text) if find.ok else paging.NOTHING
    for row in leaf.rows:
        row["place"] = places.say(*(row[f"{name}__name"] or "" for name in ("compound", "building", "unit")))
        is_open = row["state"] in OPEN
        row["days"] = (clock.day_of(now) - clock.day_of(row["created_at"])).days if is_open else None
        row["is_late"] = bool(is_open and row["accepted_at"] and now > row["accepted_at"] + rules.USUAL)
        row["alarm"] = is_open and row["is_dangerous"]
    return page(
        request,
        "disputes/index.html",
        find.code,
        find=find,
        leaf=leaf,
        state_names=STATE_NAMES,
        level_names=LEVEL_NAMES,
        tones=TONES,
        labels={kind.value: kind.label for kind in DisputeType},
    )


async def new(request: Request) -> Response:
    """The empty form, with the place filled in where it is known."""
    person, query = request.state.person, request.query_params
    start = query.get("start") if query.get("start") in set(forms.Start) else forms.Start.RAISED
    where = await community.usual(person, query.get("unit", ""), query.get("room", ""))
    return await _form_page(
        request, Form({**where, "back": safe_back(query.get("back", ""), ""), "start": str(start)})
    )


async def _form_page(request: Request, form: Form, code: int = 200) -> Response:
    person = request.state.person
    return page(
        request,
        "disputes/new.html",
        code,
        form=form,
        needs_name=_is_nameless(person),
        in_office=bool(person.roles),
        is_head=bool(person.roles & HEADS_ONLY) and not person.is_staff,
        may_settle=person.is_staff or bool(person.roles & HEADS_ONLY),
        kinds=[(kind.value, name) for kind, name in forms.KINDS.items()],
        compounds=await community.compounds(required=True),
        dangers=list(forms.DANGER_NAMES.items()),
        sources=list(SOURCE_NAMES.items()),
        asked=consents.asked(await _asked(person)),
    )


async def _asked(person: Person) -> list[Purpose]:
    """A resident who reports for themselves is asked whether the other side may be told."""
    return [] if person.roles else await consents.lacking(person, [Purpose.MEDIATION])


def _is_nameless(person: Person) -> bool:
    """A resident whom we know by telephone alone is asked for a name; whoever holds an office has one."""
    return needs_name(person) and not person.roles


async def create(request: Request) -> Response:
    """Report it, or log it as settled on the spot."""
    person, form = request.state.person, await Form.read(request)
    own_name = (
        form.text("name", most=40, missing=_("请写怎么称呼您。")) if _is_nameless(person) else person.name
    )
    told = forms.read_report(form, person, own_name)
    where = await community.place(form, required=True)
    said = replace(told, place=where.place, said=where.said)
    start, content = forms.read_start(form) if person.roles else (forms.Start.RAISED, "")
    if start == forms.Start.SETTLED and form.ok and not rules.may_report_settled(person, spot(said)):
        form.refuse("building", _("只能登记您负责的地方已经化解的事。别处的事请选“需要上报”。"))
    agreed = consents.read(form, await _asked(person))
    name, phone = "", ""
    if person.is_staff:
        name = form.text("reporter_name", most=40, required=False)
        phone = form.phone("reporter_phone", required=False)
    if not form.ok:
        return await _form_page(request, form, 422)
    if own_name != person.name:
        await people.rename(person, own_name)
    await people.agree(person, agreed)
    if start == forms.Start.SETTLED:
        dispute = await actions.log_settled(person, said, content)
        flash = _("已登记：现场化解。编号 %(number)s。")
    else:
        reporter = await people.register(person, name, phone) if name or phone else None
        raised = bool(person.roles & HEADS_ONLY) and not person.is_staff
        dispute = await actions.report(person, said, reporter=reporter, raised=raised)
        flash = _("收到了。编号 %(number)s，请记下来，凭它查进度。")
    flash %= {"number": dispute.number}
    if back := safe_back(form.values.get("back", ""), ""):
        return go(back, flash)
    return see(request, "disputes:show", number=dispute.number, flash=flash)


routes: list[BaseRoute] = [
    get("/disputes", index, who=OFFICES, name="disputes:index"),
    get("/disputes/new", new, who=SIGNED_IN, name="disputes:new"),
    post("/disputes/new", create, who=SIGNED_IN, name="disputes:create"),
    get("/disputes/{number}", show, who=SIGNED_IN, name="disputes:show", of="dispute"),
    *move_pages.routes,
    *protection_pages.routes,
    *mediation_pages.routes,
    *paper_pages.routes,
]
