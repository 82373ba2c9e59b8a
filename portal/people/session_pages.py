"""The browsers somebody is signed in with: staying a little longer, ending the others, leaving at once."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from portal import clock
from portal.languages import _
from portal.people import actions, session_rules
from portal.web.pages import see
from portal.web.routes import PUBLIC, SIGNED_IN, get, post

ELSEWHERE = "https://www.baidu.com/"  # where everybody could have been


async def extend(request: Request) -> Response:
    """Somebody is still there: the seconds until they are signed out if they do nothing."""
    session = request.state.session
    await actions.touch(session)
    return PlainTextResponse(str(session_rules.seconds_left(session, clock.now())))


async def revoke_others(request: Request) -> Response:
    """Sign every other browser out."""
    await actions.revoke_others(request.state.person, request.state.session)
    return see(request, "people:me", flash=_("其他设备都退出了。"))


async def leave(request: Request) -> Response:
    """Away from here at once; what a passphrase had opened is closed. Reading is enough: it can only hide something."""
    session = request.state.session
    if session and session.protection_id:
        await actions.leave(session)
    return RedirectResponse(ELSEWHERE, 303)


routes: list[BaseRoute] = [
    post("/session/extension", extend, who=SIGNED_IN, name="session:extend"),
    post("/me/other-sessions/end", revoke_others, who=SIGNED_IN, name="me:revoke_others", fresh=True),
    get("/leave", leave, who=PUBLIC, name="leave"),
]
