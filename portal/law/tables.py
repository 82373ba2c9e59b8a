"""Small tables of facts that ship with the program, and the names in two languages that stand in them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from portal.languages import current

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Title:
    """A term whose English is part of the fact, such as a chapter of a code: reads in the reader's language.

    Kept beside the Chinese and not in a catalogue, since one Chinese word (代理, 占有) is a term of law here
    and plain speech elsewhere.
    """

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if current() == "en" else self.zh

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __bool__(self) -> bool:
        return bool(self.zh)


def table(name: str) -> list[dict[str, str]]:
    """The rows of one table, as they are written in it."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
