"""Coming in by telephone and going out, and how the page is liked."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import languages
from portal.errors import Refusal
from portal.languages import _
from portal.people import actions, queries, rules, session_rules
from portal.people.models import Person, Way
from portal.web import gate
from portal.web.forms import Form
from portal.web.pages import go, page, safe_back
from portal.web.routes import PUBLIC, get, post
from portal.web.templating import url

YEAR = 365 * 24 * 3600
MODES = ("standard", "elder")


def address(request: Request) -> str:
    """The network address the browser speaks from, as the server knows it."""
    return request.client.host if request.client else ""


def with_back(name: str, back: str) -> str:
    """The address of a sign-in page that remembers where the person wanted to go."""
    return f"{url(name)}?back={quote(back, safe='')}" if back != "/" else url(name)


# -- by telephone --------------------------------------------------------------------------------------------------------


async def sign_in(request: Request) -> Response:
    """Ask for the telephone number; whoever is known already goes on."""
    back = safe_back(request.query_params.get("back", ""), "")
    if request.state.person:
        return go(back or url("desk"))
    return page(request, "people/sign_in.html", form=None, back=back or "/")


async def send(request: Request) -> Response:
    """A number was given: send a code to it."""
    form = await Form.read(request)
    back = safe_back(form.values.get("back", ""))
    phone = form.phone("phone")
    if form.ok:
        try:
            await actions.send_code(gate.browser(request), phone, address(request))
            return go(with_back("people:code", back))
        except Refusal as refusal:
            form.refuse("phone", refusal.text)
            return page(request, "people/sign_in.html", status_of(refusal), form=form, back=back)
    return page(request, "people/sign_in.html", 422, form=form, back=back)


async def code(request: Request) -> Response:
    """Ask for the code that was sent."""
    back = safe_back(request.query_params.get("back", ""))
    asked = await queries.asked_phone(gate.browser(request))
    if not asked:
        return go(with_back("sign_in", back))
    return page(request, "people/code.html", form=None, back=back, asked=asked)


async def send_again(request: Request) -> Response:
    """The message did not come: send another to the same number."""
    form = await Form.read(request)
    back = safe_back(form.values.get("back", ""))
    asked = await queries.asked_phone(gate.browser(request))
    if not asked:
        return go(with_back("sign_in", back))
    try:
        await actions.send_code(gate.browser(request), asked, address(request))
    except Refusal as refusal:
        form.refuse("code", refusal.text)
        return page(request, "people/code.html", status_of(refusal), form=form, back=back, asked=asked)
    return go(with_back("people:code", back), _("新的验证码已经发出，请用最新的那一条。"))


async def confirm(request: Request) -> Response:
    """The code was typed: in, or say what is wrong with it."""
    form, browser = await Form.read(request), gate.browser(request)
    back = safe_back(form.values.get("back", ""), url("desk"))
    asked = await queries.asked_phone(browser)
    form.text("code", most=40)
    if form.ok and not rules.code(form.values["code"]):
        form.refuse("code", _("验证码是 6 位数字，请对照短信再输一次。"))
    status = 422
    if form.ok:
        try:
            person = await actions.confirm_code(browser, form.values["code"], address(request))
            return await enter(request, person, rules.RESIDENT_HOURS, back)
        except Refusal as refusal:
            form.refuse("code", refusal.text)
            status = status_of(refusal)
    if not asked:
        return go(with_back("sign_in", back), _("验证码过期了，请再取一个。"))
    return page(request, "people/code.html", status, form=form, back=back, asked=asked)


# -- both ----------------------------------------------------------------------------------------------------------------


async def sign_out(request: Request) -> Response:
    """Close the session here and on the server."""
    if request.state.session:
        await actions.close_session(request.state.session)
    response = go("/", _("已经退出。"))
    gate.cookie(response.headers, gate.SESSION, "", 0)
    response.headers["Clear-Site-Data"] = (
        '"cache", "storage"'  # cookies stay: language, mode, the browser itself
    )
    return response


async def preferences(request: Request) -> Response:
    """Language or mode, for a year, and for messages when we know who asks."""
    form = await Form.read(request)
    response = go(safe_back(form.values.get("back", "")))
    for name, offered, kept in (
        ("language", tuple(languages.LANGUAGES), gate.LANGUAGE),
        ("mode", MODES, gate.MODE),
    ):
        choice = form.values.get(name, "")
        if choice in offered:
            gate.cookie(response.headers, kept, choice, YEAR)
            if request.state.person:
                await actions.prefer(request.state.person, **{name: choice})
    return response


async def enter(request: Request, person: Person, hours: int, back: str, way: Way = Way.PHONE) -> Response:
    """In, and on to where the person wanted to go."""
    response = go(url("desk") if back == "/" else back)
    await admit(request, response, person, hours, way)
    return response


async def admit(request: Request, response: Response, person: Person, hours: int, way: Way) -> None:
    """With this answer a new session in place of any old one; the person's own language and mode where this browser chose
    none. What somebody chose here before coming in by telephone is theirs on every browser, unless they chose otherwise."""
    kind = session_rules.kind_of_browser(request.headers.get("user-agent", ""))
    secret = await actions.open_session(person, hours, way, kind)
    if request.state.session:
        await actions.close_session(request.state.session)
    # The cookie stays an hour longer than the session, so that a form that comes too late is known to be this person's.
    gate.cookie(response.headers, gate.SESSION, secret, (hours + 1) * 3600)
    for name, kept, offered in (
        ("language", gate.LANGUAGE, tuple(languages.LANGUAGES)),
        ("mode", gate.MODE, MODES),
    ):
        here, choice, usual = gate.kept(request, kept), getattr(person, name), offered[0]
        if here is None and choice != usual:
            gate.cookie(response.headers, kept, choice, YEAR)
        elif here in offered and choice == usual != here and way == Way.PHONE:
            await actions.prefer(person, **{name: here})


def status_of(refusal: Refusal) -> int:
    """The status of a page that says what was refused."""
    return refusal.status if refusal.status == 429 else 422


routes: list[BaseRoute] = [
    get("/sign-in", sign_in, who=PUBLIC, name="sign_in"),
    post("/sign-in", send, who=PUBLIC, name="people:send"),
    get("/sign-in/code", code, who=PUBLIC, name="people:code"),
    post("/sign-in/code", confirm, who=PUBLIC, name="people:confirm"),
    post("/sign-in/another-code", send_again, who=PUBLIC, name="people:send_again"),
    post("/sign-out", sign_out, who=PUBLIC, name="sign_out"),
    post("/preferences", preferences, who=PUBLIC, name="preferences"),
]
