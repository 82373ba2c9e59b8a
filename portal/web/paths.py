"""Which addresses are ours to go to, and which of them somebody came from."""

import re
from urllib.parse import unquote

from starlette.requests import Request

LONGEST_BACK = 1000  # characters


def is_path(text: str) -> bool:
    """Can this be nothing but a path of ours, whoever reads it and however often it is decoded on the way?"""
    while True:
        path = re.split("[?#]", text, maxsplit=1)[0]
        if not path.startswith("/") or "//" in path or {".", ".."} & set(path.split("/")):
            return False
        if "\\" in text or not text.isprintable():
            return False
        before, text = text, unquote(text)
        if text == before:
            return True


def safe_back(path: str, otherwise: str = "/") -> str:
    """A path of ours to go back to; anything that could lead elsewhere becomes `otherwise`."""
    return path if len(path) < LONGEST_BACK and is_path(path) else otherwise


def local(request: Request) -> str:
    """Where the person is, path and query, to come back to: after a POST, the page it was sent from."""
    here = request.url
    if request.method == "POST":
        host, _slash, path = request.headers.get("referer", "").partition("://")[2].partition("/")
        return safe_back("/" + path.partition("#")[0] if host == here.netloc else "/")
    return safe_back(here.path + (f"?{here.query}" if here.query else ""))
