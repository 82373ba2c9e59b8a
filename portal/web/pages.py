"""How a handler answers: a page, or a look at the result of what was done."""

from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal import settings
from portal.errors import Refusal
from portal.languages import _
from portal.web import navigation, templating

FLASH = "portal_flash"


def page(request: Request, template: str, code: int = 200, **context: Any) -> HTMLResponse:
    """The page, with what every page knows: who looks, where they are, how they like it."""
    state = request.state
    route = request.scope.get("route")
    flash = unquote(request.cookies.get(FLASH, "")) or None
    shown = templating.render(
        template,
        request=request,
        person=state.person,
        here=getattr(route, "name", ""),
        navigation=navigation.items(state.person, getattr(route, "name", "")),
        demo=settings.current().demo,
        mode=state.mode,
        flash=flash,
        path=local(request),
        **context,
    )
    response = HTMLResponse(shown, code)
    if flash:
        response.delete_cookie(FLASH)
    return response


def local(request: Request) -> str:
    """Where the person is, path and query, to come back to: after a POST, the page it was sent from."""
    here = request.url
    if request.method == "POST":
        host, _slash, path = request.headers.get("referer", "").partition("://")[2].partition("/")
        return safe_back("/" + path.partition("#")[0] if host == here.netloc else "/")
    return safe_back(here.path + (f"?{here.query}" if here.query else ""))


def see(
    request: Request, name: str, *, flash: str = "", query: str = "", **parameters: Any
) -> RedirectResponse:
    """303 to the page that shows the result; `flash` is a sentence shown there once."""
    return go(templating.url(name, **parameters) + (f"?{query}" if query else ""), flash)


def go(path: str, flash: str = "") -> RedirectResponse:
    """303 to a path of this portal."""
    response = RedirectResponse(path, 303)
    if flash:
        response.set_cookie(FLASH, quote(str(flash)), max_age=60, httponly=True, samesite="lax")
    return response


def safe_back(path: str, otherwise: str = "/") -> str:
    """A path of ours to go back to; anything that could lead elsewhere becomes `otherwise`."""
    ours = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if ours and len(path) < 1000 else otherwise


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal as a kind page with a way on."""
    titles = {
        403: _("这一步不能由您办理"),
        404: _("没有找到"),
        409: _("情况有变化"),
        429: _("请歇一会儿再试"),
    }
    ways = [(label, templating.url(name)) for label, name in refusal.ways]
    return problem(request, refusal.status, titles.get(refusal.status, _("没有办成")), refusal.text, ways)


def problem(
    request: Request, status: int, title: str, text: str, ways: list[tuple[str, str]] | None = None
) -> Response:
    """The page for whatever could not be done."""
    shown = [*(ways or []), (_("回到首页"), templating.url("home"))]
    return page(request, "error.html", status, status=status, title=title, text=text, ways=shown)
