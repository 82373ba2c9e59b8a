"""By which rules meetings are valid, and who sits: both open to everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.council import actions, charter_rules, forms, member_queries, rules
from portal.council.models import KIND_NAMES, Kind, Member
from portal.errors import Conflict
from portal.languages import _
from portal.people import actions as people
from portal.people import sight
from portal.people.models import Role
from portal.web.forms import Form, read_key
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, STAFF_ONLY, get, post


async def charters(request: Request) -> Response:
    """The numbers of every kind of meeting, and where the law sets them."""
    return await _charters(request)


async def _charters(
    request: Request, refused: str = "", form: Form | None = None, code: int = 200
) -> Response:
    person = request.state.person
    shown = []
    for kind, terms in await member_queries.charters():
        typed = (
            form if kind == refused else Form({name: str(value) for name, value in terms.pinned().items()})
        )
        shown.append((kind, KIND_NAMES[kind], charter_rules.SOURCES[kind], terms, typed))
    may = person is not None and rules.leads(person, locality.current())
    return page(request, "council/charters.html", code, charters=shown, may_edit=may)


async def set_charter(request: Request) -> Response:
    """The lead sets them."""
    form = await Form.read(request)
    kind = form.choice("kind", Kind) or Kind.COUNCIL
    terms = forms.read_charter(form, kind)
    if not form.ok:
        return await _charters(request, kind, form, 422)
    await actions.set_charter(request.state.person, kind, terms)
    return see(request, "council:charters", flash=_("已保存。已经通知的会议还按原来的规则。"))


async def members(request: Request) -> Response:
    """Who sits in which council."""
    return await _members(request, Form({"began_on": clock.today().isoformat()}))


async def _members(request: Request, form: Form, code: int = 200) -> Response:
    person, today = request.state.person, clock.today()
    groups = [(KIND_NAMES[kind], await member_queries.current(kind, today)) for kind in Kind]
    return page(
        request,
        "council/members.html",
        code,
        groups=groups,
        kinds=[(kind.value, KIND_NAMES[kind]) for kind in Kind],
        may_edit=person is not None and person.serves(locality.current()),
        form=form,
    )


async def appoint(request: Request) -> Response:
    """Write down that somebody sits. With a telephone they can vote online."""
    form = await Form.read(request)
    today = clock.today()
    kind = form.choice("kind", Kind)
    name, phone = form.text("name", most=40), form.phone("phone", required=False)
    began_on = form.day("began_on", least=today, most=today + rules.FARTHEST)
    ended_on = form.day("ended_on", required=False, least=today, most=today + 6 * rules.FARTHEST)
    if not form.ok or kind is None or began_on is None:
        return await _members(request, form, 422)
    try:
        who = await people.person_by_phone(phone, name) if phone else None
        await actions.appoint(request.state.person, kind, name, began_on, ended_on, who)
    except Conflict as conflict:
        form.refuse("name", conflict.text)
        return await _members(request, form, 409)
    return see(request, "council:members", flash=_("%(name)s已登记为成员。") % {"name": name})


async def dismiss(request: Request) -> Response:
    """Somebody's term ends."""
    form = await Form.read(request)
    key = read_key(form.values.get("member", ""))
    member = await Member.filter(sight.served(request.state.person)).get_or_none(id=key) if key else None
    if member is None:
        raise Conflict(_("名单上没有这个人。"))
    await actions.dismiss(request.state.person, member)
    return see(request, "council:members", flash=_("%(name)s的任期到今天为止。") % {"name": member.name})


routes: list[BaseRoute] = [
    get("/council/charters", charters, who=PUBLIC, name="council:charters"),
    post("/council/charters", set_charter, who={Role.LEAD.value}, name="council:set_charter"),
    get("/council/members", members, who=PUBLIC, name="council:members"),
    post("/council/members", appoint, who=STAFF_ONLY, name="council:appoint"),
    post("/council/members/departure", dismiss, who=STAFF_ONLY, name="council:dismiss"),
]
