"""How long a right lives: the periods of Chinese law, and the last day to act."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.languages import Lazy, _, lazy_
from portal.law.days import Calendar, add_workdays, roll
from portal.law.tables import Title, table


class Unit(StrEnum):
    """What a period is counted in."""

    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"

    def of(self, n: int) -> Title:
        """So many of it in words: 15天, 15 days; 1年, 1 year."""
        zh, en = _UNITS[self]
        return Title(f"{n}{zh}", f"{n} {en}{'s' if n > 1 else ''}")


_UNITS = {
    Unit.DAY: ("天", "day"),
    Unit.WORKDAY: ("个工作日", "working day"),
    Unit.MONTH: ("个月", "month"),
    Unit.YEAR: ("年", "year"),
}
_LONGEST = {Unit.DAY: 36_500, Unit.WORKDAY: 3_660, Unit.MONTH: 1_200, Unit.YEAR: 100}


class Nature(StrEnum):
    """What happens at the end of a period."""

    LIMITATION = "limitation"  # 诉讼时效: the claim remains, the other side may refuse
    MAXIMUM = "maximum"  # 最长期限: counted from the event, whatever was known
    PRECLUSIVE = "preclusive"  # 除斥期间 and the like: the right itself ends
    ADMINISTRATIVE = "administrative"  # before an authority
    PROCEDURAL = "procedural"  # a step in a procedure
    BAR = "bar"  # nothing can be filed before it ends
    NOTICE = "notice"  # counted back from an event: tell the other side at least so long before

    @property
    def label(self) -> Lazy:
        """The legal term."""
        return _NATURES[self]


_NATURES = {
    Nature.LIMITATION: lazy_("诉讼时效"),
    Nature.MAXIMUM: lazy_("最长期限"),
    Nature.PRECLUSIVE: lazy_("不变期间"),
    Nature.ADMINISTRATIVE: lazy_("办事期限"),
    Nature.PROCEDURAL: lazy_("程序期限"),
    Nature.BAR: lazy_("不得起诉的期间"),
    Nature.NOTICE: lazy_("提前通知"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period.

    `raw` is the counted day and the safe one to tell people; `rolled` is the latest, after holidays and days
    off. `provisional` says that days off between the two, or counted on the way, are not published yet.
    """

    raw: date
    rolled: date
    provisional: bool

    @property
    def is_moved(self) -> bool:
        """Whether days off carry the end to a later day."""
        return self.rolled != self.raw

    def days_left(self, today: date) -> int:
        """Days from today to the safe day; negative when it is past."""
        return (self.raw - today).days


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the law. The three flags are None where the law is silent."""

    key: str
    name: Title
    law: Title
    article: str
    length: int | None
    unit: Unit | None
    nature: Nature
    starts: Title
    suspends: bool | None
    interrupts: bool | None
    extends: bool | None
    note: Title

    @property
    def span(self) -> Title:
        """Its length in words: 3年, 3 years; empty where the law sets an event and not a length."""
        return self.unit.of(self.length) if self.unit and self.length else Title("", "")

    @property
    def basis(self) -> str:
        """The legal source as it is shown beside every computed date: 《民法典》第188条第2款."""
        number, _bracket, rest = self.article.partition("(")
        inner = rest.rstrip(")")
        if inner:
            # Item 7 of the only paragraph of article 127 is a 项; every other bracket is a paragraph.
            unit = _("第%(n)s项") if self.key == "divorce_resue" else _("第%(n)s款")
            inner = unit % {"n": inner}
        return _("《%(law)s》第%(n)s条%(part)s") % {"law": self.law, "n": number, "part": inner}

    def deadline(self, start: date, calendar: Calendar) -> Deadline | None:
        """When it ends if it starts on this day; None where the law sets an event and not a length.

        A notice is counted back from the event, and neither it nor a bar on filing is moved by days off.
        """
        if self.length is None or self.unit is None:
            return None
        if self.nature is Nature.NOTICE:
            day = start - timedelta(days=self.length)
            return Deadline(day, day, False)
        end = deadline(start, self.length, self.unit, calendar)
        return Deadline(end.raw, end.raw, False) if self.nature is Nature.BAR else end


def last_day(start: date, length: int, unit: Unit, calendar: Calendar | None = None) -> date:
    """The last day of a period, before days off are looked at (民法典 201, 202).

    The first day does not count. Months and years end on the corresponding day, or on the last of a month
    that has no such day. Working days need a calendar. ValueError for a length below 1 or beyond a century.
    """
    unit = Unit(unit)
    if not 1 <= length <= _LONGEST[unit]:
        raise ValueError(_("期限最少是 1，最长是%(longest)s。") % {"longest": unit.of(_LONGEST[unit])})
    try:
        if unit is Unit.DAY:
            return start + timedelta(days=length)
        if unit is Unit.WORKDAY:
            return add_workdays(start, length, calendar or Calendar())
        return _months_later(start, length * (12 if unit is Unit.YEAR else 1))
    except (OverflowError, ValueError):
        raise ValueError(_("日期太远了，算不出来。请检查起算的那天。")) from None


def deadline(start: date, length: int, unit: Unit, calendar: Calendar) -> Deadline:
    """The last day of a period and where days off carry it (民法典 201–203, 民事诉讼法 85).

    When the last day is a statutory holiday or a day of rest, the period ends with the next working day; a
    weekend worked to make up for a holiday is a working day. ValueError as for `last_day`.
    """
    raw = last_day(start, length, unit, calendar)
    rolled = roll(raw, calendar)
    first = start.year if Unit(unit) is Unit.WORKDAY else raw.year
    years = {date(year, 1, 1) for year in range(first, rolled.year + 1)}
    return Deadline(raw, rolled, any(calendar.is_provisional(year) for year in years))


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _load() -> dict[str, Period]:
    laws = {row["zh"]: Title(row["zh"], row["en"]) for row in table("laws")}
    flag = {"y": True, "n": False, "": None}
    return {
        row["key"]: Period(
            row["key"],
            Title(row["name"], row["name_en"]),
            laws[row["law"]],
            row["article"],
            int(row["length"]) if row["length"] else None,
            Unit(row["unit"]) if row["unit"] else None,
            Nature(row["nature"]),
            Title(row["starts"], row["starts_en"]),
            flag[row["suspends"]],
            flag[row["interrupts"]],
            flag[row["extends"]],
            Title(row["note"], row["note_en"]),
        )
        for row in table("periods")
    }


PERIODS = _load()


def period(key: str) -> Period:
    """The period of this key; ValueError for an unknown one."""
    try:
        return PERIODS[key]
    except KeyError:
        raise ValueError(_("没有这一种期限。")) from None
