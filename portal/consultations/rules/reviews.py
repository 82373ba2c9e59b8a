"""同行评议: which issued 处方 another lawyer looks at, by whom, with what masked, and what the lead is told of it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from portal.languages import lazy_

SHARE = 10  # one in so many of a month: a habit shows within a year, and no volunteer is asked more than now and then
LEAST = 1  # of a month in which anything was issued: a small clinic is looked at too
MONTHS = 2  # that are over are drawn from, should the portal have stood still
ANSWERING = timedelta(days=14)  # then somebody else is asked
TOLD_FROM = 5  # reviews of a month: a mean of fewer would tell of single lawyers
SCORES = range(1, 6)  # 1: wrong or useless, 5: as it should be
FINE = 3  # below it whoever wrote it must be told what is wrong
MOST_WORDS = 500

# Three plain questions; a 处方 is as good as its weakest answer, since one wrong day can cost a resident everything.
QUESTIONS = {
    "law": lazy_("法律说得对不对？"),
    "steps": lazy_("居民照着做，做得到吗？"),
    "days": lazy_("期限有没有错、有没有漏？"),
}
SCORE_NAMES = {
    1: lazy_("1 分：错了，会误事"),
    2: lazy_("2 分：有明显的问题"),
    3: lazy_("3 分：大致可以"),
    4: lazy_("4 分：好"),
    5: lazy_("5 分：很好，没有要改的"),
}
Key = TypeVar("Key")


def months(today: date) -> list[tuple[date, date]]:
    """The last months that are over: the first day of each, and of the one after it; the newest first."""
    found, until = [], today.replace(day=1)
    for _n in range(MONTHS):
        first = (until - timedelta(days=1)).replace(day=1)
        found.append((first, until))
        until = first
    return found


def wanted(issued: int) -> int:
    """How many of so many are drawn."""
    return max(LEAST, issued // SHARE) if issued else 0


def drawn(numbers: Iterable[str], mark: Callable[[str], str]) -> list[str]:
    """The sample of a month's 处方, by their numbers: those whose keyed mark comes first. Whoever draws again draws the same;
    nobody picks, and nobody knows before issuing one whether it will be looked at, since `mark` needs the portal's secret.
    """
    ranked = sorted(set(numbers), key=lambda number: (mark(number), number))
    return ranked[: wanted(len(ranked))]


def next_reviewer(
    able: Mapping[Key, str], given: Mapping[Key, int], number: str, mark: Callable[[str], str]
) -> Key | None:
    """Of the lawyers who may look at it (each with a name for the lot) who has been given fewest; between equals the keyed
    lot of this 处方 decides. None where nobody may."""
    return min(able, key=lambda one: (given.get(one, 0), mark(f"{number} {able[one]}")), default=None)


def score(answers: Sequence[int]) -> int:
    """What is recorded of the three answers: the lowest. ValueError for other than three of SCORES."""
    if len(answers) != len(QUESTIONS) or any(answer not in SCORES for answer in answers):
        raise ValueError(answers)
    return min(answers)


def may_assess(person: Any, review: Any) -> bool:
    """Whoever was asked, once. Needs `reviewer` loaded."""
    is_theirs = review.reviewer is not None and review.reviewer.person_id == person.id
    return is_theirs and review.reviewed_at is None


class Month(NamedTuple):
    """What the lead is told of the 处方 of one month: how many were looked at and the mean score; None where too few."""

    first: date
    read: int | None
    mean: float | None


def monthly(reviewed: Iterable[tuple[date, int]]) -> list[Month]:
    """By month of issue, the newest first, from each day of issue and score; what fewer than TOLD_FROM say is kept back."""
    found: dict[date, list[int]] = {}
    for day, given in reviewed:
        found.setdefault(day.replace(day=1), []).append(given)
    return [
        Month(first, len(given), round(sum(given) / len(given), 1))
        if len(given) >= TOLD_FROM
        else Month(first, None, None)
        for first, given in sorted(found.items(), reverse=True)
    ]


# -- without names -------------------------------------------------------------------------------------------------------

LETTERS = "甲乙丙丁戊己庚辛壬癸"
SOMEBODY, LAWYER, PLACE, NUMBER = "某人", "〔律师〕", "〔地点〕", "〔号码〕"
HAN = re.compile(r"[\u3400-\u9fff]+")
TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|大姐|大哥|奶奶|爷爷|师傅|老师|老板|经理|医生|律师|总|某某|某"
)
DOUBLE = re.compile(r"^(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|司徒|端木|夏侯)")
NUMBERS = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z._%+-]*@[0-9A-Za-z.-]+\.[A-Za-z]{2,}"  # an address of mail
    r"|(?<![0-9A-Za-z])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Za-z])"  # a number of this portal
    r"|(?<!\d)(?:\+?86[- ]?)?\d(?:[- ]?\d){6,}[Xx]?(?!\d|\s*(?:元|万|块|平))"  # telephone, card, identity
    r"|[零〇一二三四五六七八九幺]{7,}"
)
DOORS = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:路|街|巷|胡同|大道)\s*\d+号(?:院)?"
    r"|(?:[0-9A-Za-z一二三四五六七八九十百]+\s*(?:号楼|号院|栋|幢|单元)\s*)+(?:[0-9A-Za-z]{1,5}\s*(?:室|户|号)?)?"
    r"|(?<![0-9A-Za-z])[0-9A-Za-z]{2,5}\s*室"
)


class Known(NamedTuple):
    """Whom and where the record knows: people one by one, each with every name they bear or bore, the resident first; the
    lawyers and firms that had it; names of places."""

    people: Sequence[Sequence[str]] = ()
    lawyers: Sequence[str] = ()
    places: Sequence[str] = ()


def masked(text: str, known: Known) -> str:
    """The same words without names, telephones and places of whoever the record knows: the resident is 甲, the next 乙.

    A name is found with blanks inside and in any width, by its given part, and by its surname before a title or behind 老
    or 小; numbers of seven digits and more, addresses and door numbers go whoever they belong to. Too much is masked
    rather than too little: whoever still recognises somebody hands it back.
    """
    said = "".join(unicodedata.normalize("NFKC", one) if one.isalnum() else one for one in text)
    whole, parts = [], []
    for place, names in enumerate(known.people):
        letter = LETTERS[place] if place < len(LETTERS) else SOMEBODY
        for name in names:
            whole.append((name, letter))
            parts += [(pattern, letter) for pattern in _parts_of(name)]
    whole += [(name, LAWYER) for name in known.lawyers]
    whole += [(name, PLACE) for name in known.places]
    for name, instead in sorted(whole, key=lambda pair: -len(pair[0])):
        if pattern := _pattern(name):
            said = re.sub(pattern, instead, said, flags=re.IGNORECASE)
    for pattern, instead in parts:
        said = re.sub(pattern, instead, said)
    return DOORS.sub(PLACE, NUMBERS.sub(NUMBER, said))


def _pattern(name: str) -> str:
    """How a name is written: with or without blanks and dots between its characters; nothing for less than two."""
    letters = [one for one in unicodedata.normalize("NFKC", name) if one.isalnum()]
    if len(letters) < 2:
        return ""
    between = r"[\s··・]*" if HAN.search(name) else r"[\s.'-]*"
    spelled = between.join(map(re.escape, letters))
    return spelled if HAN.search(name) else rf"(?<![A-Za-z]){spelled}(?![A-Za-z])"


def _parts_of(name: str) -> list[str]:
    """The ways to speak of somebody without the whole name: 秀英, 梅女士, 老梅."""
    plain = "".join(HAN.findall(name))
    if not 2 <= len(plain) <= 4 or len(plain) != len("".join(name.split())):
        return []
    family = DOUBLE.match(plain)
    surname = family.group() if family else plain[0]
    given = plain[len(surname) :]
    called = [rf"{surname}(?=\s*(?:{TITLES}))", rf"[老小阿]{surname}"]
    return [*([re.escape(given)] if len(given) > 1 else []), *called]
