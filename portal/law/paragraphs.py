"""Paragraphs that come back in written advice, by topic and part: a first set, to be taken over by hand and made to fit."""

from functools import cache
from typing import NamedTuple

from portal.law.tables import table
from portal.law.topics import Topic


class Paragraph(NamedTuple):
    """One paragraph; its key stays the same as long as those before it in the table do."""

    key: str
    topic: str
    part: str
    words: str


@cache
def shipped() -> tuple[Paragraph, ...]:
    """All of them, in the order of the table."""
    return tuple(
        Paragraph(f"{n}", Topic(row["topic"]).value, row["part"], row["words"])
        for n, row in enumerate(table("paragraphs"), 1)
    )


def of(topic: str) -> list[Paragraph]:
    """Those of one topic."""
    return [one for one in shipped() if one.topic == topic]
