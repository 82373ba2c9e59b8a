"""What this machine can do at best: a bare Starlette application that sends the same bytes and reads the same forms."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

PAGE = Path(os.environ["BARE_PAGE"]).read_bytes()


async def page(request: Request) -> Response:
    """The calendar's own bytes, compressed as they were."""
    return Response(PAGE, media_type="text/html", headers={"Content-Encoding": "gzip"})


async def form(request: Request) -> Response:
    """Reads a form, knows no database, and sends its reader on."""
    data = await request.form()
    return RedirectResponse(f"/page?{data.get('slot', '')}", 303)


app = Starlette(routes=[Route("/page", page), Route("/form", form, methods=["POST"])])
