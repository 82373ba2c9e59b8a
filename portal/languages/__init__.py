"""Every sentence in the language of the person who reads it.

Chinese is written in the code; another language is a folder of gettext catalogues beside this file, one per room, and
is listed by itself. The language of a request is a context variable, so a rule deep below can refuse in the reader's own.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import escape

HERE = Path(__file__).parent
SOURCE = "zh"


class Language(NamedTuple):
    """A language as its readers know it. One that is only `started` says part of the sentences and Chinese the rest."""

    code: str
    name: str
    tag: str  # BCP 47, for lang attributes
    direction: str  # "ltr" or "rtl"
    is_started: bool = False
    letters: str = ""  # of a started one: its letters, such as "a-z" in a regular expression


def _found(folder: Path) -> Iterator[Language]:
    """Chinese, then the folders in order; each says its name in the header of its face.po."""
    yield Language(SOURCE, "中文", "zh-CN", "ltr")
    for file in sorted(folder.glob("*/face.po")):
        code = file.parent.name
        said = dict(re.findall(r'^"X-([\w-]+): (.*)\\n"$', file.read_text("utf-8"), re.M))
        direction = Locale.parse(code).text_direction
        yield Language(code, said["Name"], code, direction, "Started" in said, said.get("Letters", ""))


LANGUAGES = {language.code: language for language in _found(HERE)}
WHOLE = tuple(code for code, language in LANGUAGES.items() if not language.is_started)

_current: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def catalogue(language: str) -> dict[str, str | tuple[str, ...]]:
    """All sentences of a language: the sentence in Chinese → its translation, or its plural forms."""
    sentences: dict[str, str | tuple[str, ...]] = {}
    for file in sorted((HERE / language).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=language):
                if not message.id or message.fuzzy:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string
                if said and (isinstance(said, str) or all(said)):
                    sentences[key] = said if isinstance(said, str) else tuple(said)
    return sentences


@cache
def _plural(language: str) -> Callable[[int], int]:
    """Which form of a sentence a count takes: the rule in the header of the language's face.po."""
    with (HERE / language / "face.po").open("rb") as source:
        return c2py(read_po(source, locale=language).plural_expr)


def current() -> str:
    """The code of the language that is being written right now."""
    return _current.get()


def spoken() -> Language:
    """The language that is being written right now."""
    return LANGUAGES[_current.get()]


def whole(language: str) -> str:
    """The language if it says everything, else Chinese: for letters and receipts, which are in one language or another."""
    return language if language in WHOLE else SOURCE


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in this language inside the block; an unknown language is Chinese."""
    token = _current.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


@lru_cache(maxsize=256)
def choose(wanted: str | None, accepted: str) -> str:
    """The person's own choice first, then the first language of the browser that we speak, then Chinese.

    A browser is never given a started language: only somebody who asks for one knows what to expect.
    """
    if wanted in LANGUAGES:
        return str(wanted)
    offers = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        quality = float(weight) if re.fullmatch(r"[01](\.\d{1,3})?", weight) else 1.0
        if quality:
            offers.append((-quality, place, tag.partition("-")[0].lower()))
    return next((tag for _, _, tag in sorted(offers) if tag in WHOLE), SOURCE)


def gettext(sentence: str) -> str:
    """The sentence as the reader's language has it; the Chinese itself where nothing else is known."""
    if _current.get() == SOURCE or not sentence:
        return sentence
    found = catalogue(_current.get()).get(sentence, sentence)
    return found if isinstance(found, str) else found[-1]


def ngettext(singular: str, plural: str, n: int) -> str:
    """The sentence for this count. Chinese has one form; the others as many as their catalogue's rule says."""
    found = catalogue(_current.get()).get(singular) if _current.get() != SOURCE else None
    if found is None:
        return plural
    return found if isinstance(found, str) else found[min(_plural(_current.get())(n), len(found) - 1)]


class Lazy:
    """A sentence that is looked up when it is read, for labels that are made once when a module loads."""

    __slots__ = ("sentence",)

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __str__(self) -> str:
        return gettext(self.sentence)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"lazy_({self.sentence!r})"

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.sentence)


_ = gettext
n_ = ngettext
lazy_ = Lazy
