"""What makes a meeting valid: the numbers of its charter, and the law's, below which no charter goes.

城市居民委员会组织法, in force since 2026-01-01: articles 26 and 27 for the residents' meeting, 28 and 29 for that of their
deputies, 34 for how long results are on show. A council (article 32) works by its own charter.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from portal.council.models import Kind
from portal.languages import Lazy, _, lazy_

MOST_NOTICE = 60  # days; a charter asks for no more
MOST_PUBLISHED = 365
MOST_PART = 20  # the largest lower half of a fraction
FEWEST_SIMILAR, MOST_SIMILAR = 5, 100  # fewer than five could tell whose matters they were


@dataclass(frozen=True)
class Terms:
    """The numbers of one charter. Days; two fractions, each as its upper and lower half; matters in a quarter."""

    notice_days: int
    quorum_of: int
    quorum_in: int
    pass_of: int
    pass_in: int
    published_days: int
    similar: int = FEWEST_SIMILAR

    def pinned(self) -> dict[str, Any]:
        """As a meeting keeps them, so that what is changed later changes no meeting that was called."""
        return asdict(self)


USUAL: Mapping[Kind, Terms] = {
    Kind.RESIDENTS: Terms(10, 1, 2, 1, 2, 15),
    Kind.DEPUTIES: Terms(3, 2, 3, 1, 2, 15),
    Kind.COUNCIL: Terms(3, 2, 3, 1, 2, 15),
}
PUBLISHED = 15  # article 34, in days
SOURCES: Mapping[Kind, Lazy] = {
    Kind.RESIDENTS: lazy_("城市居民委员会组织法第二十六条、第二十七条"),
    Kind.DEPUTIES: lazy_("城市居民委员会组织法第二十八条、第二十九条"),
    Kind.COUNCIL: lazy_("城市居民委员会组织法第三十二条和本社区的章程"),
}


def read(kind: str, kept: Mapping[str, Any]) -> Terms:
    """The numbers that were kept (a row of charters, or what a meeting has pinned); what they lack is the usual."""
    usual = asdict(USUAL[Kind(kind)])
    return Terms(**{name: kept.get(name, value) for name, value in usual.items()})


def refusals(kind: Kind, terms: Terms) -> dict[str, str]:
    """What of a charter the law does not allow, by field, each with the article that says so."""
    found: dict[str, str] = {}
    if kind == Kind.RESIDENTS and terms.notice_days < 10:
        found["notice_days"] = _("居民会议要提前十天通知（城市居民委员会组织法第二十六条），不能少于 10 天。")
    if terms.quorum_of > terms.quorum_in:
        found["quorum_of"] = _("到会的比例不能超过全部。")
    elif kind == Kind.RESIDENTS and 2 * terms.quorum_of < terms.quorum_in:
        found["quorum_of"] = _("居民会议要有过半数的人参加（城市居民委员会组织法第二十七条），不能更少。")
    elif kind == Kind.DEPUTIES and 3 * terms.quorum_of < 2 * terms.quorum_in:
        found["quorum_of"] = _(
            "居民代表会议要有三分之二以上的代表参加（城市居民委员会组织法第二十九条），不能更少。"
        )
    if terms.pass_of >= terms.pass_in:
        found["pass_of"] = _("“超过”的比例要小于全部，不然永远通不过。")
    elif 2 * terms.pass_of < terms.pass_in:
        found["pass_of"] = _(
            "要到会的人过半数同意才算通过（城市居民委员会组织法第二十七条、第二十九条），不能更少。"
        )
    if terms.published_days < PUBLISHED:
        found["published_days"] = _("结果至少公布十五天（城市居民委员会组织法第三十四条）。")
    return found


def earliest(noticed_on: date, notice_days: int) -> date:
    """The first day a meeting may be on when its notice is posted on this day, which is not counted itself."""
    return noticed_on + timedelta(days=notice_days)


def published_until(published_on: date, days: int = PUBLISHED) -> date:
    """The last day a result is on show; the day of posting is not counted."""
    return published_on + timedelta(days=days)


def quorum(terms: Terms, kind: str, members: int) -> int:
    """How many must take part: the charter's part of the members, rounded up. Of a residents' meeting it is more than
    half in any case (article 27)."""
    needed = -(-members * terms.quorum_of // terms.quorum_in)
    return max(needed, members // 2 + 1) if kind == Kind.RESIDENTS else needed


def passes(terms: Terms, votes_for: int, present: int) -> bool:
    """More than the charter's part of those who take part. Abstaining is no yes, and a tie is a no."""
    return votes_for * terms.pass_in > present * terms.pass_of
