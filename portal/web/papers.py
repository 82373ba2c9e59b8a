"""A document is described once, as data; its page and its PDF are drawn from that and never differ in words."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO
from typing import Any, ClassVar

import segno
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, settings
from portal.languages import _, current
from portal.web import exports, typesetting
from portal.web.pages import page
from portal.web.routes import Who, get

FILE = "/paper.pdf"  # below the address of the page


class Format(StrEnum):
    """How large a document is set: A4 at 12 points, A5 at 18 to be read without glasses, A4 to hang on a wall."""

    DOCUMENT = "document"
    SLIP = "slip"
    POSTER = "poster"


@dataclass(frozen=True)
class Words:
    """Paragraphs under a heading. Where nothing is said, `lines` are left to write on by hand. Small print is small."""

    heading: str
    text: str = ""
    lines: int = 0
    small: bool = False
    kind: ClassVar[str] = "words"


@dataclass(frozen=True)
class Headline:
    """What is to be read from across the room."""

    lines: Sequence[str]
    kind: ClassVar[str] = "headline"


@dataclass(frozen=True)
class Facts:
    """Names and values; an empty value is a line to fill in by hand."""

    rows: Sequence[tuple[str, str]]
    heading: str = ""
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Steps:
    """What to do, in order; with `boxes` to tick what is done."""

    heading: str
    items: Sequence[str]
    boxes: bool = False
    kind: ClassVar[str] = "steps"


@dataclass(frozen=True)
class Points:
    """Things side by side, such as what to bring."""

    heading: str
    items: Sequence[str]
    kind: ClassVar[str] = "points"


@dataclass(frozen=True)
class Articles:
    """Articles of law, each with where it stands, and the version of the law that is meant."""

    heading: str
    rows: Sequence[tuple[str, str]]
    version: str = ""
    kind: ClassVar[str] = "articles"


@dataclass(frozen=True)
class Table:
    """Figures in rows, each named by its first cell."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Notice:
    """A frame around what must not be overlooked."""

    title: str
    text: str = ""
    kind: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Code:
    """The way back from paper: a page's address as a picture to scan, and spelt out if need be."""

    path: str
    caption: str
    spelt: bool = False
    kind: ClassVar[str] = "code"

    @property
    def address(self) -> str:
        """The address in full."""
        return settings.current().site + self.path

    @property
    def picture(self) -> Any:
        """The same drawn, by segno."""
        return segno.make(self.address, error="m")


@dataclass(frozen=True)
class Signatures:
    """Who signs, each with the name that is known; the place of the seal, and the day."""

    signers: Sequence[tuple[str, str]]
    seal: str = ""
    on: str = ""
    kind: ClassVar[str] = "signatures"


Block = Words | Headline | Facts | Steps | Points | Articles | Table | Notice | Code | Signatures


@dataclass(frozen=True)
class Paper:
    """A document: what stands in its head, its blocks in order, and its foot."""

    title: str
    blocks: Sequence[Block]
    number: str = ""
    subtitle: str = ""
    foot: str = ""
    issuer: str = ""  # who hands it over, below the clinic's name
    mark: str = ""  # a word across the sheet of whatever is not in force
    code: Code | None = None
    format: Format = Format.DOCUMENT
    file: str = ""  # the name of the file, where it has no number

    @property
    def house(self) -> str:
        """The head of every sheet."""
        return _("社区法律诊所")


@dataclass(frozen=True)
class Sheet:
    """A document for somebody who came through its door, and the page they came from."""

    paper: Paper
    back: tuple[str, str]  # (words, path)
    notices: Sequence[tuple[str, str, str]] = ()  # (tone, title, words), on the page only
    others: Sequence[tuple[str, str]] = ()  # the same document of other times: (words, path)


Build = Callable[[Request], Awaitable[Sheet]]


def document(path: str, build: Build, *, who: Who, name: str, of: str | None) -> list[BaseRoute]:
    """The routes of a document: its page at `path`, the file below it as `name`_pdf. One builder stands behind both, so
    that whoever may not see the page finds no file either."""

    async def shown(request: Request) -> Response:
        sheet = await build(request)
        asked = f"?{request.url.query}" if request.url.query else ""
        file = request.url.path + FILE + asked
        return page(request, "papers/sheet.html", sheet=sheet, paper=sheet.paper, file=file)

    async def given(request: Request) -> Response:
        return await handed_over((await build(request)).paper)

    return [
        get(path, shown, who=who, name=name, of=of),
        get(path + FILE, given, who=who, name=f"{name}_pdf", of=of),
    ]


async def handed_over(paper: Paper) -> Response:
    """The document as PDF, in the language that is spoken. It is set in a thread, about 16 ms of work."""
    body = await to_thread.run_sync(typesetting.pdf, described(paper, clock.today()))
    return exports.paper(paper.number or paper.file, body)


def described(paper: Paper, on: date) -> dict[str, Any]:
    """The document as plain data for the typesetter, with the words of its frame and the day on which it was made."""
    return {
        "title": str(paper.title),
        "number": paper.number,
        "subtitle": str(paper.subtitle),
        "foot": str(paper.foot),
        "issuer": paper.issuer,
        "mark": str(paper.mark),
        "format": paper.format.value,
        "blocks": [_plain(block) for block in paper.blocks],
        "code": _plain(paper.code) if paper.code else None,
        "frame": {
            "house": paper.house,
            "number": _("编号"),
            "pages": _("第 {x} 页，共 {y} 页"),
            "language": current(),
            "date": [on.year, on.month, on.day],
        },
    }


def _plain(block: Block) -> dict[str, Any]:
    values = {"kind": block.kind, **vars(block)}
    if isinstance(block, Code):
        drawn = BytesIO()
        block.picture.save(drawn, kind="svg", border=2)
        values |= {"address": block.address, "svg": drawn.getvalue().decode()}
    return values
