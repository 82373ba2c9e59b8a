"""Every sentence in the language of the person who reads it.

Chinese is written in the code; another language is a folder of gettext catalogues beside this file, one per room.
The language of a request is a context variable, so a rule deep below can refuse in the reader's own language.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import escape

HERE = Path(__file__).parent
SOURCE = "zh"
NAMES = {"zh": "中文", "en": "English"}

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


def current() -> str:
    """The language that is being written right now: "zh" or "en"."""
    return _current.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in this language inside the block; an unknown language is Chinese."""
    token = _current.set(language if language in NAMES else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


def choose(wanted: str | None, accepted: str) -> str:
    """The person's own choice first, then the first language of the browser that we speak, then Chinese."""
    if wanted in NAMES:
        return str(wanted)
    offers = []
    for place, part in enumerate(accepted.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        quality = float(weight) if re.fullmatch(r"[01](\.\d{1,3})?", weight) else 1.0
        offers.append((-quality, place, tag.partition("-")[0].lower()))
    return next((tag for _, _, tag in sorted(offers) if tag in NAMES), SOURCE)


def gettext(sentence: str) -> str:
    """The sentence as the reader's language has it; the Chinese itself where nothing else is known."""
    if _current.get() == SOURCE or not sentence:
        return sentence
    found = catalogue(_current.get()).get(sentence, sentence)
    return found if isinstance(found, str) else found[-1]


def ngettext(singular: str, plural: str, n: int) -> str:
    """The sentence for this count. Chinese has one form; English two."""
    if _current.get() == SOURCE:
        return plural
    found = catalogue(_current.get()).get(singular, (singular, plural))
    return found if isinstance(found, str) else found[0 if n == 1 else -1]


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
