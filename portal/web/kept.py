"""Nothing that was typed is lost when a session ends: it is kept sealed, and given back to whoever wrote it."""

from starlette.requests import Request

from portal import secrecy
from portal.errors import TooMany
from portal.people import actions, queries
from portal.web import gate, templating
from portal.web.forms import Form, unstorable
from portal.web.paths import LONGEST_BACK, local


async def keep(request: Request) -> str:
    """Keep the form of this POST; the path of the page that gives it back. Where nothing was typed, or it cannot be kept,
    the page it was sent from."""
    takes_files = getattr(request.scope.get("route"), "takes_files", False)
    form = await Form.read(request, takes_files=takes_files)  # files cannot be put back into a form
    fields = [(name, value) for name, values in form.lists.items() for value in values]
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if len(path) > LONGEST_BACK or any(unstorable(name) or unstorable(value) for name, value in fields):
        return local(request)
    address = secrecy.keyed("address", request.client.host if request.client else "")
    secret = gate.kept(request, gate.SESSION)
    session = await queries.session_that_was(secret) if secret else None
    if session and session.protection_id:
        return local(
            request
        )  # whoever only holds the telephone is not shown what was written behind a passphrase
    owner = session.person_id if session else None
    try:
        kept = await actions.keep_form(gate.browser(request), address, path, fields, owner)
    except TooMany:
        return local(request)
    return templating.url("kept:show", form=kept) if kept else local(request)
