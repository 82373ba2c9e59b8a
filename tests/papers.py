"""Reads a document as somebody does who cannot see how it was made."""

import io
import re
from typing import Any

from pypdf import PdfReader

BREAK = re.compile(r"\s+")


def opened(body: bytes) -> PdfReader:
    """The file, as a reader opens it."""
    return PdfReader(io.BytesIO(body))


def words(body: bytes) -> str:
    """Everything a PDF says, page after page."""
    return "\n".join(page.extract_text() for page in opened(body).pages)


def bare(text: str) -> str:
    """A text without its spaces and line breaks, which depend on how wide a sheet is."""
    return BREAK.sub("", text)


def alternatives(body: bytes) -> list[str]:
    """What is said in place of the pictures, in their order."""
    return [
        str(node["/Alt"])
        for node in _tags(opened(body).trailer["/Root"]["/StructTreeRoot"])
        if "/Alt" in node
    ]


def kinds(body: bytes) -> set[str]:
    """The kinds of tags: what a screen reader is told about the structure."""
    return {
        str(node["/S"]) for node in _tags(opened(body).trailer["/Root"]["/StructTreeRoot"]) if "/S" in node
    }


def _tags(node: Any) -> Any:
    node = node.get_object()
    if not hasattr(node, "get"):
        return
    yield node
    below = node.get("/K")
    below = below.get_object() if below is not None else None
    for each in below if isinstance(below, list) else [below] if below is not None else []:
        if not isinstance(each, int):
            yield from _tags(each)
