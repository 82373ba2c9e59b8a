"""What a question seems to be about, and what danger it shows, told from its own words and shown with them.

A suggestion and never a decision: the resident chooses, the lawyer knows. It is no language model; a word list that staff can
read, argue about and change says everything it does.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from portal.languages import Lazy, lazy_
from portal.law.tables import table
from portal.law.topics import Topic

MOST_GUESSES = 3
FURTHER = 0.7  # each further word of one topic adds so much of what it would by itself: five weak words are no strong one
CLEAR, HOW = (
    6,
    0.8,
)  # beside a topic this clear, words of procedure say how and not what: 离婚诉讼 is about a marriage
LONGER = 0.3  # a word says so much more for each character beyond two: 劳动合同 outweighs 合同
GAP = "…"  # in a sign of danger: at most so many characters may stand between
MOST_BETWEEN = 12


class Sign(StrEnum):
    """A danger that somebody's words may show before they tick it."""

    DOMESTIC_VIOLENCE = "domestic_violence"
    VIOLENCE_THREAT = "violence_threat"
    SELF_HARM = "self_harm"
    MINOR_AT_RISK = "minor_at_risk"
    DETAINED = "detained"
    DEADLINE = "deadline"
    SCAM_ONGOING = "scam_ongoing"

    @property
    def label(self) -> Lazy:
        """The danger in plain words."""
        return SIGN_NAMES[self]


SIGN_NAMES = {
    Sign.DOMESTIC_VIOLENCE: lazy_("家里有人动手、威胁"),
    Sign.VIOLENCE_THREAT: lazy_("有人打人、威胁"),
    Sign.SELF_HARM: lazy_("有人不想活了"),
    Sign.MINOR_AT_RISK: lazy_("孩子可能有危险"),
    Sign.DETAINED: lazy_("有人被关起来了"),
    Sign.DEADLINE: lazy_("可能有期限快到了"),
    Sign.SCAM_ONGOING: lazy_("可能正在被骗"),
}

# What comes first where two weigh the same: what people ask most.
COMMON = (
    *(Topic.CRIMINAL_ADMIN, Topic.MARRIAGE_FAMILY, Topic.CONTRACT, Topic.DEBT, Topic.LABOUR, Topic.BUSINESS),
    *(Topic.INJURY, Topic.PROCEDURE, Topic.LAND, Topic.CONSUMER, Topic.PROPERTY_HOUSING, Topic.NEIGHBOURS),
    *(Topic.INHERITANCE, Topic.PERSONALITY, Topic.OTHER),
)


class Term(NamedTuple):
    """One word of the list: what it speaks for (a topic or a sign of danger), and how strongly. Weight 0 takes it out."""

    word: str
    about: str
    weight: float


class Guess(NamedTuple):
    """A topic, how much speaks for it, and the words that do."""

    topic: Topic
    score: float
    words: tuple[str, ...]


class Suggestion(NamedTuple):
    """Three topics, the likeliest first, and the dangers that show, each with its words.

    A topic without words is there because people ask about it most."""

    topics: tuple[Guess, ...]
    signs: Mapping[Sign, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A word list made ready for reading."""

    words: Mapping[str, Mapping[Topic, float]]
    signs: Mapping[Sign, tuple[tuple[str, re.Pattern[str]], ...]]
    longest: int

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "Lexicon":
        """The list of these terms; a later one about the same replaces an earlier."""
        last = {(term.about, normal(term.word)): term.weight for term in terms}
        words: dict[str, dict[Topic, float]] = {}
        signs: dict[Sign, list[tuple[str, re.Pattern[str]]]] = {}
        for (about, word), weight in last.items():
            if not weight or not word:
                continue
            if about in set(Topic):
                words.setdefault(word, {})[Topic(about)] = weight
            else:
                signs.setdefault(Sign(about), []).append((word, _pattern(word)))
        return cls(
            words, {sign: tuple(found) for sign, found in signs.items()}, max(map(len, words), default=0)
        )


def suggest(text: str, lexicon: Lexicon) -> Suggestion:
    """What these words seem to be about.

    Reading from the left, the longest word that is known counts, once for each topic it speaks for. Where the
    words run out, what people ask most fills up the three.
    """
    said = normal(text)
    found: dict[Topic, dict[str, float]] = {}
    for word in _known(said, lexicon):
        for topic, weight in lexicon.words[word].items():
            found.setdefault(topic, {})[word] = weight * (1 + LONGER * (len(word) - 2))
    scores = {topic: _together(words.values()) for topic, words in found.items()}
    if any(score >= CLEAR for topic, score in scores.items() if topic != Topic.PROCEDURE):
        scores[Topic.PROCEDURE] = scores.get(Topic.PROCEDURE, 0) * HOW
    guesses = [Guess(topic, scores[topic], tuple(words)) for topic, words in found.items()]
    guesses += [Guess(topic, 0, ()) for topic in COMMON if topic not in found]
    guesses.sort(key=lambda guess: (-guess.score, COMMON.index(guess.topic)))
    signs = {
        sign: tuple(word for word, pattern in patterns if pattern.search(said))
        for sign, patterns in lexicon.signs.items()
    }
    return Suggestion(tuple(guesses[:MOST_GUESSES]), {sign: words for sign, words in signs.items() if words})


def _together(weights: Iterable[float]) -> float:
    """What words of one topic weigh together, the strongest first."""
    return sum(weight * FURTHER**n for n, weight in enumerate(sorted(weights, reverse=True)))


def _known(said: str, lexicon: Lexicon) -> Iterable[str]:
    at = 0
    while at < len(said):
        lengths = range(min(lexicon.longest, len(said) - at), 0, -1)
        word = next((said[at : at + n] for n in lengths if said[at : at + n] in lexicon.words), "")
        if word:
            yield word
        at += len(word) or 1


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(f".{{0,{MOST_BETWEEN}}}".join(map(re.escape, word.split(GAP))))


def normal(text: str) -> str:
    """As words are compared: full-width letters and digits plain, small letters, the gap kept."""
    parts = (unicodedata.normalize("NFKC", part) for part in text.split(GAP))
    return GAP.join(parts).lower()


@cache
def terms() -> tuple[Term, ...]:
    """The list that ships with the portal. A word of more than one is joined by "_" in the file."""
    return tuple(
        Term(word.replace("_", " "), row["about"], float(row["weight"]))
        for row in table("lexicon")
        for word in row["words"].split()
    )


@cache
def shipped() -> Lexicon:
    """The list that ships with the portal, ready."""
    return Lexicon.of(terms())
