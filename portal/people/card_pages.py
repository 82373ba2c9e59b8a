"""码卡: the door for those without a telephone, and what staff do for a resident who stands at the desk."""

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import settings
from portal.errors import Missing, Refusal
from portal.languages import _
from portal.law import numbers
from portal.people import actions, proxy_queries, queries, session_rules
from portal.people.door_pages import address, enter, status_of
from portal.people.models import Person, Role, Way
from portal.people.proxy_pages import granted, grants, proxy_form
from portal.web import gate
from portal.web.forms import Form, one
from portal.web.pages import go, page, safe_back, see
from portal.web.routes import PUBLIC, STAFF_ONLY, get, post
from portal.web.templating import url


async def card(request: Request) -> Response:
    """Ask for number and digits; the number stands in the address that the card's picture leads to."""
    back = safe_back(request.query_params.get("back", ""))
    if request.state.person:
        return go(url("desk") if back == "/" else back)
    number = numbers.read(request.query_params.get("number", "")) or ""
    return page(request, "people/card.html", form=Form({"number": number}), wrong=None, back=back)


async def open_card(request: Request) -> Response:
    """In for a quarter of an hour, or say that something is wrong."""
    form, browser = await Form.read(request), gate.browser(request)
    back, status = safe_back(form.values.get("back", "")), 422
    number, code = form.text("number", most=40), form.text("code", most=20)
    if form.ok:
        try:
            person = await actions.open_with_card(browser, number, code, address(request))
            return await enter(request, person, 1, back, Way.CARD)
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    return page(request, "people/card.html", status, form=form, wrong=form, back=back)


# -- at the desk ---------------------------------------------------------------------------------------------------------


async def at_desk(request: Request) -> Response:
    """What staff may do for somebody who came in: a card, a grant to act for them, signing them out everywhere."""
    return await _at_desk(request, await resident_at_desk(request))


async def print_card(request: Request) -> Response:
    """A new card, shown this once for printing."""
    person = await resident_at_desk(request)
    number, digits = await actions.print_card(request.state.person, person)
    address = f"{settings.current().site}{url('card')}?number={number}"
    return page(
        request,
        "people/card_sheet.html",
        whose=person,
        number=number,
        digits=digits,
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=2, light="#fff"),
        site=settings.current().site,
        centre=await queries.centre_of(person),
    )


async def end_card(request: Request) -> Response:
    """The card was lost, or is wanted no more."""
    person = await resident_at_desk(request)
    if not await actions.end_card(request.state.person, person):
        raise Missing
    return see(request, "people:at_desk", number=person.number, flash=_("码卡停用了，用它登录的都已退出。"))


async def appoint(request: Request) -> Response:
    """Write down whom the resident, who is here, lets act for them."""
    person, form = await resident_at_desk(request), await Form.read(request)
    if not form.flag("is_present"):
        form.refuse("is_present", _("要本人在场、看过身份证件，才能替他登记。"))
    if await granted(form, person, request.state.person):
        return see(
            request, "people:at_desk", number=person.number, flash=_("代办登记好了，请打印出来给本人签字。")
        )
    return await _at_desk(request, person, 422, form)


async def dismiss(request: Request) -> Response:
    """Take a grant back at the resident's word."""
    person = await resident_at_desk(request)
    given = await one(proxy_queries.live_proxies(), id=request.path_params["proxy"], resident_id=person.id)
    await actions.dismiss(request.state.person, given)
    return see(request, "people:at_desk", number=person.number, flash=_("代办收回了，马上生效。"))


async def paper(request: Request) -> Response:
    """A grant on paper, for the resident to sign and keep."""
    person = await resident_at_desk(request)
    found = [each for each in await grants(person) if each["id"] == request.path_params["proxy"]]
    if not found:
        raise Missing
    return page(request, "people/proxy_sheet.html", whose=person, given=found[0])


async def sign_out_everywhere(request: Request) -> Response:
    """End every session of this person."""
    person = await resident_at_desk(request)
    await actions.revoke_for(request.state.person, person)
    to = "people:at_desk" if request.state.person.is_staff else "people:show"
    return see(request, to, number=person.number, flash=_("这个人在所有设备上都已退出。"))


async def resident_at_desk(request: Request) -> Person:
    """Whoever stands at the desk, among those the staff may find; nobody serves themselves."""
    number = numbers.read(request.path_params["number"])
    found: Person = await one(Person.visible_to(request.state.person), number=number)
    if found.id == request.state.person.id:
        raise Missing
    return await queries.with_posts(found)


async def _at_desk(request: Request, whose: Person, code: int = 200, form: Form | None = None) -> Response:
    return page(
        request,
        "people/at_desk.html",
        code,
        whose=whose,
        card=await queries.card_of(whose),
        may_print=session_rules.may_print_card(request.state.person, whose),
        sessions=len(await queries.live_sessions(whose)),
        given=await grants(whose),
        form=form or Form({"until": proxy_form()["usual"]}),
        **proxy_form(),
    )


AT = "/people/{number}"
ADMINISTRATOR = {Role.ADMINISTRATOR.value}
routes: list[BaseRoute] = [
    get("/card", card, who=PUBLIC, name="card"),
    post("/card", open_card, who=PUBLIC, name="card:open"),
    get(f"{AT}/at-desk", at_desk, who=STAFF_ONLY, name="people:at_desk", of="person"),
    post(f"{AT}/card", print_card, who=STAFF_ONLY, name="people:print_card", of="person", fresh=True),
    post(f"{AT}/card/revocation", end_card, who=STAFF_ONLY, name="people:end_card", of="person"),
    post(f"{AT}/proxies", appoint, who=STAFF_ONLY, name="people:appoint", of="person", fresh=True),
    post(
        f"{AT}/proxies/{{proxy:uuid}}/revocation", dismiss, who=STAFF_ONLY, name="people:dismiss", of="person"
    ),
    get(f"{AT}/proxies/{{proxy:uuid}}", paper, who=STAFF_ONLY, name="people:proxy_sheet", of="person"),
    post(
        f"{AT}/sessions/revocation",
        sign_out_everywhere,
        who=STAFF_ONLY | ADMINISTRATOR,
        name="people:sign_out",
        of="person",
        fresh=True,
    ),
]
