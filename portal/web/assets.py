"""Style sheets, scripts and pictures from memory: read once, compressed once, cached for ever under their hash."""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.errors import Missing

FOLDER = Path(__file__).parents[2] / "static"
MODULE = re.compile(r'(from "\./)([\w-]+\.js)"')
IMPORT = re.compile(r'@import "([\w/.-]+)" layer\((\w+)\);')


class Asset(NamedTuple):
    """A file ready to be sent."""

    body: bytes
    packed: bytes
    media: str
    version: str


def _content(file: Path) -> bytes:
    """The file; a style sheet with what it imports written into it, so that the browser asks once; a module with the hash of
    each that it imports, so that the browser asks again when one changes."""
    if file.suffix == ".js":
        return MODULE.sub(_versioned, file.read_text("utf-8")).encode()
    if file.suffix != ".css":
        return file.read_bytes()

    def inline(found: re.Match[str]) -> str:
        part = (file.parent / found[1]).read_text("utf-8")
        return f"@layer {found[2]} {{\n{part}}}" if part.strip() else ""

    return squeeze(IMPORT.sub(inline, file.read_text("utf-8"))).encode()


def _versioned(found: re.Match[str]) -> str:
    return f'{found[1]}{found[2]}?v={load("js/" + found[2]).version}"'


def squeeze(css: str) -> str:
    """Without comments and spare white space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    tight = re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", css))
    return tight.replace(": ", ":").replace(" !", "!").replace(";}", "}").strip()


@cache
def names() -> frozenset[str]:
    """Every asset there is; nothing else is ever looked for on the disk."""
    return frozenset(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.*") if file.is_file())


@cache
def load(name: str) -> Asset:
    """The asset of this name below static/. KeyError when there is none (the name never leaves the folder)."""
    if name not in names():
        raise KeyError(name)
    file = FOLDER / name
    body = _content(file)
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media.startswith("image/svg"):
        media += "; charset=utf-8"
    return Asset(body, gzip.compress(body, 9), media, hashlib.sha256(body).hexdigest()[:12])


def address(name: str) -> str:
    """Where a page finds the asset: the hash makes it safe to keep for ever."""
    return f"/static/{name}?v={load(name).version}"


@cache
def inline(name: str) -> str:
    """The asset written into the page itself: for what is smaller than asking for it."""
    asset = load(name)
    return f"data:{asset.media.replace(' ', '')}," + quote(asset.body, safe=" /:=,")


async def send(request: Request) -> Response:
    """One asset."""
    try:
        asset = load(request.path_params["name"])
    except KeyError:
        raise Missing from None
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    packed = asset.media.startswith(("text/", "image/svg", "application/j"))
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.body, media_type=asset.media, headers=headers)


async def work(request: Request) -> Response:
    """The worker, at an address from which it can be registered for any page (static/js/shelf.js); each names its own."""
    return Response(load("js/worker.js").body, media_type="text/javascript")


route = Route("/static/{name:path}", send, name="static")
worker = Route("/worker.js", work, name="worker")
route.who = worker.who = "public"  # type: ignore[attr-defined]
