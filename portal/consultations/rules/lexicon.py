"""Which words the list takes, how much they may weigh, and what must be said before a danger is no longer heard."""

from typing import Any

from portal.languages import _
from portal.law import triage
from portal.law.triage import GAP, Sign
from portal.people.models import Role

MOST_LETTERS, MOST_GAPS = 40, 2
LEAST_OF_DANGER = 2  # letters: a single one would be heard everywhere
WEIGHTS = range(11)  # 0 takes a word out
LEAST_REASON, MOST_REASON = 4, 200


def may_change(person: Any) -> bool:
    """The lead answers for the list; dispatchers read it and try it."""
    return Role.LEAD in person.roles


def is_danger(about: str) -> bool:
    """Does the word warn of something, rather than speak for a topic?"""
    return about in set(Sign)


def read(text: str, about: str) -> str:
    """A word as the list keeps it. ValueError with a sentence for what is none: blanks inside, a gap at an end or in a topic's
    word, too many gaps, one letter for a danger."""
    word = triage.normal(text.strip().replace("...", GAP).replace("……", GAP))
    parts = word.split(GAP)
    if not word or len(word) > MOST_LETTERS or any(character.isspace() for character in word):
        raise ValueError(_("请写一个词，最多 %(most)s 个字，中间没有空格。") % {"most": MOST_LETTERS})
    if len(parts) > 1 and (not is_danger(about) or not all(parts) or len(parts) - 1 > MOST_GAPS):
        raise ValueError(_("省略号只用在危险的词中间，表示隔着几个字，最多两处。"))
    if is_danger(about) and len(word) < LEAST_OF_DANGER:
        raise ValueError(_("危险的词至少两个字，不然处处都会响。"))
    return word


def needs_reason(about: str, shipped: float | None, weight: int) -> bool:
    """A danger that ships with the portal is silenced only by somebody who says why."""
    return is_danger(about) and bool(shipped) and weight == 0
