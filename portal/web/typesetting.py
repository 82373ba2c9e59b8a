"""Sets a described document as a PDF that can be archived (PDF/A-2a) and read aloud (PDF/UA-1), with its fonts inside."""

import json
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from portal.web.templating import FOLDER

TEMPLATE = FOLDER / "papers/paper.typ"
FAMILIES = {"Noto Sans SC", "Noto Serif SC"}
MISSING = "〓"  # what a printer sets where a character is not in the case


class FontsMissing(RuntimeError):
    """The fonts that documents are set in are not installed."""


def pdf(document: dict[str, Any]) -> bytes:
    """The document as a file. The same document gives the same bytes; nothing is written to a disk or fetched.

    What people typed is handed over as data and never read as markup. Raises FontsMissing.
    """
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), root=str(TEMPLATE.parent), font_paths=fonts(), ignore_system_fonts=True
    )
    made = compiler.compile(
        format="pdf",
        sys_inputs={"paper": json.dumps(printable(document), ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
    )
    assert isinstance(made, bytes)
    return made


@cache
def fonts() -> typst.Fonts:
    """The two faces, loaded once."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_folder())])
    if lacking := FAMILIES - set(found.families()):
        raise FontsMissing(
            f"no documents can be set without {' and '.join(sorted(lacking))}: install pylopdf-fonts-zh-cn"
        )
    return found


def _folder() -> Path:
    return pylopdf_fonts_zh_cn.sans_path().parent


def printable(value: Any) -> Any:
    """The same with every text as it can be set: without what has no shape or turns the direction of writing, and with a
    mark in place of characters that neither face has."""
    if isinstance(value, dict):
        return {key: printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [printable(each) for each in value]
    if isinstance(value, bool | int | None):
        return value
    text = unicodedata.normalize("NFC", str(value).replace("\r\n", "\n").replace("\t", " "))
    return "".join(_set(one) for one in text)


def _set(one: str) -> str:
    if one == "\n" or ord(one) in covered():
        return one
    return "" if unicodedata.category(one) in ("Cc", "Cf", "Mn", "Me") else MISSING


@cache
def covered() -> frozenset[int]:
    """Every character that one of the two faces can draw, and that is drawn at all."""
    faces = (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path())
    drawn = chain.from_iterable(_characters(face.read_bytes()) for face in faces)
    return frozenset(code for code in drawn if unicodedata.category(chr(code)) not in ("Cc", "Cf", "Cs"))


def _characters(font: bytes) -> Iterator[int]:
    """What the table "cmap" of an OpenType font maps, in its format 12: groups of (first, last, glyph)."""
    tables = struct.unpack(">H", font[4:6])[0]
    records = (struct.unpack(">4sIII", font[12 + 16 * n : 28 + 16 * n]) for n in range(tables))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    for n in range(struct.unpack(">H", font[start + 2 : start + 4])[0]):
        _platform, _encoding, place = struct.unpack(">HHI", font[start + 4 + 8 * n : start + 12 + 8 * n])
        at = start + place
        if struct.unpack(">H", font[at : at + 2])[0] == 12:
            groups = struct.unpack(">I", font[at + 12 : at + 16])[0]
            for first, last, _glyph in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups]):
                yield from range(first, last + 1)
