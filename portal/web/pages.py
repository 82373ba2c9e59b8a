"""How a handler answers: a page, or a look at the result of what was done."""

import hmac
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal import clock, logs, secrecy, settings
from portal.errors import Refusal
from portal.languages import _
from portal.people import session_rules
from portal.web import gate, live, navigation, templating
from portal.web.paths import is_path, local
from portal.web.paths import safe_back as safe_back


def page(request: Request, template: str, code: int = 200, **context: Any) -> HTMLResponse:
    """The page, with what every page knows: who looks, where they are, how they like it."""
    state = request.state
    route = request.scope.get("route")
    carried = None if live.is_unattended(request) else gate.kept(request, gate.FLASH)
    known: dict[str, Any] = dict(
        request=request,
        person=state.person,
        here=getattr(route, "name", ""),
        navigation=navigation.items(state.person, getattr(route, "name", ""), state.mode),
        demo=settings.current().demo,
        mode=state.mode,
        asks_mode=gate.kept(request, gate.MODE) is None and not (state.person and state.person.roles),
        flash=_said(carried),
        stay=_stay(state.session),
        path=local(request),
        came_from=safe_back(request.query_params.get("back", ""), ""),
    )
    response = HTMLResponse(templating.render(template, **{**known, **context}), code)
    if version := context.get("version"):
        response.headers["ETag"] = version
    if carried:
        gate.cookie(response.headers, gate.FLASH, "", 0)
    return response


def _stay(session: Any) -> dict[str, Any] | None:
    """What a page says to somebody whom doing nothing signs out before long."""
    if session is None or not session_rules.is_warned(session):
        return None
    return {
        "seconds": session_rules.seconds_left(session, clock.now()),
        "minutes": int(session_rules.stay(session.way).idle.total_seconds()) // 60,
        "warn": int(session_rules.WARNED.total_seconds()),
        "may_extend": session_rules.may_be_extended(session),
    }


def see(
    request: Request, name: str, *, flash: str = "", query: str = "", **parameters: Any
) -> RedirectResponse:
    """303 to the page that shows the result; `flash` is a sentence shown there once."""
    return go(templating.url(name, **parameters) + (f"?{query}" if query else ""), flash)


def go(path: str, flash: str = "") -> RedirectResponse:
    """303 to a path of this portal. Raises ValueError for what is none."""
    if not is_path(path):
        raise ValueError("not a path of this portal")
    response = RedirectResponse(path, 303)
    if flash:
        gate.cookie(response.headers, gate.FLASH, _sealed(str(flash)), 60)
    return response


def _sealed(sentence: str) -> str:
    """A sentence as a cookie, marked as ours: whoever else can set a cookie here puts no words into our mouth."""
    return f"{secrecy.keyed('flash', sentence)[:32]}.{quote(sentence, safe='')}"


def _said(carried: str | None) -> str | None:
    """The sentence in the cookie, if it is ours."""
    sentence = unquote((carried or "").partition(".")[2])
    ours = bool(sentence) and hmac.compare_digest(_sealed(sentence).encode(), (carried or "").encode())
    return sentence if ours else None


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal as a kind page with a way on."""
    titles = {
        403: _("这一步不能由您办理"),
        404: _("没有找到"),
        409: _("情况有变化"),
        429: _("请歇一会儿再试"),
    }
    if refusal.status == 403 and request.state.person is not None:
        where = getattr(request.scope.get("route"), "name", "")
        logs.warn("kept out", route=where, person=secrecy.keyed("person", str(request.state.person.id))[:16])
    ways = [(label, templating.url(name)) for label, name in refusal.ways]
    title = refusal.title or titles.get(refusal.status, _("没有办成"))
    return problem(request, refusal.status, title, refusal.text, ways)


def problem(
    request: Request, status: int, title: str, text: str, ways: list[tuple[str, str]] | None = None
) -> Response:
    """The page for whatever could not be done."""
    shown = [*(ways or []), (_("回到首页"), templating.url("home"))]
    return page(request, "error.html", status, status=status, title=title, text=text, ways=shown)
