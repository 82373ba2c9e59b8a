"""What a lecture can be about: a theme residents ask for most, or a whole book of the Civil Code."""

from collections.abc import Iterable
from itertools import groupby

from portal.languages import _
from portal.law import code
from portal.law.code import BOOKS, Theme
from portal.law.tables import Title
from portal.law.topics import Topic

_BOOK_KEYS = ("general", "real_rights", "contract", "personality", "marriage_family", "inheritance", "tort")

THEMES: dict[str, Theme] = {theme.key: theme for theme in code.THEMES} | {
    key: Theme(key, book.title, Title("", ""), book.first, book.last)
    for key, book in zip(_BOOK_KEYS, BOOKS, strict=False)
}

# Whoever recognises their own trouble in a lecture goes on to a lawyer under this topic.
TOPICS = {
    "guardianship": Topic.MARRIAGE_FAMILY,
    "building_ownership": Topic.PROPERTY_HOUSING,
    "neighbours": Topic.NEIGHBOURS,
    "habitation": Topic.PROPERTY_HOUSING,
    "loans": Topic.DEBT,
    "suretyship": Topic.DEBT,
    "lease": Topic.PROPERTY_HOUSING,
    "property_service": Topic.PROPERTY_HOUSING,
    "privacy": Topic.PERSONALITY,
    "divorce": Topic.MARRIAGE_FAMILY,
    "wills": Topic.INHERITANCE,
    "traffic": Topic.INJURY,
    "animals": Topic.INJURY,
    "falling_objects": Topic.INJURY,
    "real_rights": Topic.PROPERTY_HOUSING,
    "contract": Topic.CONTRACT,
    "personality": Topic.PERSONALITY,
    "marriage_family": Topic.MARRIAGE_FAMILY,
    "inheritance": Topic.INHERITANCE,
    "tort": Topic.INJURY,
}


def title(key: str) -> str:
    """The theme in the reader's language; a key from elsewhere stands for itself."""
    return str(THEMES[key].title) if key in THEMES else key


def question(key: str) -> str:
    """The question residents ask about it; empty for a whole book."""
    return str(THEMES[key].question) if key in THEMES else ""


def topic(key: str) -> Topic:
    """The topic under which a lawyer is booked after the lecture."""
    return TOPICS.get(key, Topic.OTHER)


def options() -> list[tuple[str, str]]:
    """(key, label) for a form: the themes, then the books with their numbers."""
    books = [(key, str(book.heading)) for key, book in zip(_BOOK_KEYS, BOOKS, strict=False)]
    return [(theme.key, str(theme.title)) for theme in code.THEMES] + books


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring numbers, each as (first, last)."""
    runs = groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0])
    found = [[number for _place, number in run] for _gap, run in runs]
    return [(run[0], run[-1]) for run in found]


def written(numbers: Iterable[int]) -> str:
    """Article numbers as a form takes them back: 667-680、703."""
    return "、".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans(numbers))


def citations(numbers: Iterable[int]) -> list[tuple[str, str]]:
    """(book and chapter, articles) in the order of the Code; ValueError for an article it does not have."""
    found = []
    for path, group in groupby(sorted(set(numbers)), code.path):
        said = [f"{first}" if first == last else f"{first}–{last}" for first, last in spans(group)]
        found.append((path, _("第 %(numbers)s 条") % {"numbers": _("、").join(said)}))
    return found
