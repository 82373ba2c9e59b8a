"""The Civil Code of 2020 by its structure: book, part, chapter and section of its 1,260 articles."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from portal.languages import _
from portal.law.numerals import numeral as _numeral
from portal.law.numerals import value
from portal.law.tables import Title, table

FIRST, LAST = 1, 1260
LONGEST_RANGE = 20
LONGEST_TEXT = 400
CODE = Title("民法典", "Civil Code")

_ORDINALS = ("", "One", "Two", "Three", "Four", "Five", "Six", "Seven")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class Level(StrEnum):
    """The four levels of headings in the Code, outermost first."""

    BOOK = "book"  # 编
    PART = "part"  # 分编
    CHAPTER = "chapter"  # 章
    SECTION = "section"  # 节


@dataclass(frozen=True, slots=True)
class Division:
    """One heading of the Code and the articles under it, both ends included."""

    level: Level
    book: int
    number: int
    title: Title
    first: int
    last: int

    @property
    def heading(self) -> Title:
        """The heading with its number: 第四章 离婚, Chapter IV Divorce. 附则 has none."""
        if not self.number:
            return self.title
        unit, word, count = {
            Level.BOOK: ("编", "Book", _ORDINALS[self.number % len(_ORDINALS)]),
            Level.PART: ("分编", "Part", _ORDINALS[self.number % len(_ORDINALS)]),
            Level.CHAPTER: ("章", "Chapter", _roman(self.number)),
            Level.SECTION: ("节", "Section", str(self.number)),
        }[self.level]
        return Title(f"第{_numeral(self.number)}{unit} {self.title.zh}", f"{word} {count} {self.title.en}")

    def __str__(self) -> str:
        return str(self.heading)

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


@dataclass(frozen=True, slots=True, order=True)
class Article:
    """One article of the Code, by its number; `article(n)` is the way to one that exists."""

    number: int

    @property
    def name(self) -> str:
        """第一千零七十九条, as judgments and advice cite it."""
        return f"第{numeral(self.number)}条"

    @property
    def book(self) -> Division:
        """Its book (编); articles 1259 and 1260 stand under the supplementary provisions (附则), number 0."""
        found = _find(Level.BOOK, self.number)
        assert found  # the books tile 1–1260; a test holds the table to it
        return found

    @property
    def subbook(self) -> Division | None:
        """Its part (分编); only the books on real rights and on contracts have parts."""
        return _find(Level.PART, self.number)

    @property
    def chapter(self) -> Division | None:
        """Its chapter (章); none for the supplementary provisions."""
        return _find(Level.CHAPTER, self.number)

    @property
    def section(self) -> Division | None:
        """Its section (节), where the chapter has any."""
        return _find(Level.SECTION, self.number)

    @property
    def key(self) -> tuple[int, int]:
        """(book, chapter): chapter titles repeat, so only the pair names one. (0, 0) for 附则."""
        chapter = self.chapter
        return (chapter.book, chapter.number) if chapter else (0, 0)

    @property
    def trail(self) -> list[Division]:
        """Every heading above it, from the book inwards."""
        return [level for level in (self.book, self.subbook, self.chapter, self.section) if level]

    @property
    def path(self) -> str:
        """Book and chapter in the reader's language: 第五编 婚姻家庭 › 第四章 离婚."""
        return " › ".join(str(level) for level in (self.book, self.chapter) if level)

    def __str__(self) -> str:
        return self.name


class Theme(NamedTuple):
    """A subject for a lecture or a leaflet, in residents' words, with the articles it is about."""

    key: str
    title: Title
    question: Title
    first: int
    last: int

    @property
    def chapter(self) -> tuple[int, int]:
        """(book, chapter) it belongs to."""
        return Article(self.first).key

    @property
    def articles(self) -> range:
        """The numbers of its articles."""
        return range(self.first, self.last + 1)


def _roman(number: int) -> str:
    written = ""
    for worth, letters in _ROMAN:
        written += letters * (number // worth)
        number %= worth
    return written


def _load() -> dict[Level, list[Division]]:
    divisions: dict[Level, list[Division]] = {level: [] for level in Level}
    for row in table("civil_code"):
        divisions[Level(row["level"])].append(
            Division(
                Level(row["level"]),
                int(row["book"]),
                int(row["number"]),
                Title(row["title"], row["title_en"]),
                int(row["first"]),
                int(row["last"]),
            )
        )
    return divisions


DIVISIONS = _load()
BOOKS = DIVISIONS[Level.BOOK]
CHAPTERS = {(chapter.book, chapter.number): chapter for chapter in DIVISIONS[Level.CHAPTER]}
_STARTS = {level: [division.first for division in found] for level, found in DIVISIONS.items()}


def _find(level: Level, number: int) -> Division | None:
    place = bisect_right(_STARTS[level], number) - 1
    if place < 0 or number not in DIVISIONS[level][place]:
        return None
    return DIVISIONS[level][place]


def numeral(n: int) -> str:
    """The number of an article as the Code writes it (1079 → 一千零七十九)."""
    return _numeral(n)


def article(n: int) -> Article:
    """The article of this number; ValueError with a sentence for the reader outside 1–1260."""
    if not FIRST <= n <= LAST:
        raise ValueError(_("民法典只有第1条到第1260条，没有第%(n)s条。") % {"n": n})
    return Article(n)


def path(n: int) -> str:
    """Book and chapter of an article, in the reader's language."""
    return article(n).path


_PIECE = re.compile(r"第?\s*(\d{1,6}|[零〇一二三四五六七八九十百千]{1,12})\s*条?")
_SEPARATOR = re.compile(r"[\s,、;和及]+")
_TO = re.compile(r"\s*(?:-+|[‐‑–—―~〜至到])+\s*")
_TITLE = re.compile(r"《?(?:中华人民共和国)?民法典》?|civil\s+code|articles?|art\.", re.IGNORECASE)


def parse(text: str) -> list[int]:
    """The articles somebody wrote down, in their order and each once.

    Reads 1079, 第1079条, 第一千零七十九条, 民法典 667-670、675, full-width digits too. A range holds at most
    20 articles. ValueError names the piece that could not be read; empty text is an empty list.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(_("写得太长了，一次最多写 %(n)s 个字。请只写条文编号。") % {"n": LONGEST_TEXT})
    plain = _TO.sub("-", _TITLE.sub(" ", unicodedata.normalize("NFKC", text)))
    found: dict[int, None] = {}
    for piece in filter(None, _SEPARATOR.split(re.sub(r"第\s+|\s+条", lambda m: m[0].strip(), plain))):
        first, dash, last = piece.partition("-")
        numbers = range(_number(first, piece), _number(last if dash else first, piece) + 1)
        if not numbers:
            raise ValueError(_("“%(piece)s”前后颠倒了：小的编号写在前面。") % {"piece": piece})
        if len(numbers) > LONGEST_RANGE:
            raise ValueError(
                _("“%(piece)s”超过 %(n)s 条。请分开写，或者只写用得上的条文。")
                % {"piece": piece, "n": LONGEST_RANGE}
            )
        found.update(dict.fromkeys(numbers))
    return list(found)


def _number(text: str, piece: str) -> int:
    """One article number inside a piece; the refusal shows the whole piece as it was written."""
    read = _PIECE.fullmatch(text)
    try:
        if not read:
            raise ValueError
        written = read[1]
        number = int(written) if written.isdecimal() else value(written)
    except ValueError:
        raise ValueError(
            _("“%(piece)s”看不懂。请写条文编号，例如 1079 或者 667-670。") % {"piece": piece[:40]}
        ) from None
    return article(number).number


THEMES = tuple(
    Theme(
        row["key"],
        Title(row["title"], row["title_en"]),
        Title(row["question"], row["question_en"]),
        int(row["first"]),
        int(row["last"]),
    )
    for row in table("themes")
)
