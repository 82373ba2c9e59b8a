"""Days, times and money as people say them, always on China's clock."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from portal import clock
from portal.languages import Language, _, current

ENGLISH_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ENGLISH_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def day(on: date, *, year: bool = False) -> str:
    """12月15日 周二; Tue 15 Dec. The year is said when it is asked for or is not this one."""
    year = year or on.year != clock.today().year
    if current() == "en":
        text = f"{ENGLISH_DAYS[on.weekday()]} {on.day} {ENGLISH_MONTHS[on.month - 1]}"
        return f"{text} {on.year}" if year else text
    text = f"{on.month}月{on.day}日 周{'一二三四五六日'[on.weekday()]}"
    return f"{on.year}年{text}" if year else text


def dated(on: date) -> str:
    """2026年11月23日; 23 Nov 2026: a date as contracts and certificates write it."""
    if current() == "en":
        return f"{on.day} {ENGLISH_MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def month(key: str) -> str:
    """2026-11 → 2026年11月; Nov 2026."""
    year, number = key.split("-")
    return f"{ENGLISH_MONTHS[int(number) - 1]} {year}" if current() == "en" else f"{year}年{int(number)}月"


def minute(minutes: int) -> str:
    """上午9:30; 9:30 am."""
    hour, rest = divmod(minutes, 60)
    shown = f"{(hour - 1) % 12 + 1}:{rest:02}"
    if current() == "en":
        return f"{shown} {'am' if hour < 12 else 'pm'}"
    part = (
        "凌晨"
        if hour < 6
        else "上午"
        if hour < 12
        else "中午"
        if hour < 13
        else "下午"
        if hour < 18
        else "晚上"
    )
    return f"{part}{shown}"


def clock_time(at: datetime) -> str:
    """The time of day of an instant."""
    return minute(clock.minute_of(at))


def moment(at: datetime) -> str:
    """12月15日 周二 上午9:30; Tue 15 Dec, 9:30 am."""
    joint = ", " if current() == "en" else " "
    return f"{day(clock.day_of(at))}{joint}{clock_time(at)}"


def money(fen: int) -> str:
    """1,234.50 元; ¥1,234.50."""
    text = f"{fen / 100:,.2f}".removesuffix(".00")
    return f"¥{text}" if current() == "en" else f"{text} 元"


def days_away(on: date) -> str:
    """今天, 明天, 还有 3 天, 3 天前."""
    n = (on - clock.today()).days
    if n == 0:
        return _("今天")
    if n == 1:
        return _("明天")
    if n > 1:
        return _("还有 %(n)s 天") % {"n": n}
    return _("%(n)s 天前") % {"n": -n}


CELLS = re.compile(r"<(tr|td|th)\b")


def in_columns(rows: Markup, names: Sequence[str]) -> Markup:
    """The same rows, each cell knowing its column's name: on a phone it stands beside the words."""
    place = -1

    def named(tag: re.Match[str]) -> str:
        nonlocal place
        place = -1 if tag[1] == "tr" else place + 1
        known = 0 <= place < len(names)
        return f'{tag[0]} data-column="{escape(Markup(names[place]).striptags())}"' if known else tag[0]

    return Markup(CELLS.sub(named, rows))


PIECES = re.compile(r"<(\w+)[^>]*>|<[^>]*>|[^<]+")
UNMARKED = ("title", "option", "textarea", "script", "style")  # words only, no tags inside


def in_its_own_letters(page: str, language: Language) -> str:
    """A page that is Chinese but for some sentences of a started language: these are marked as what they are, so that
    they are read aloud in its voice and set in its letters."""
    if not language.letters:
        return page
    one = f"[{language.letters}]"
    run = re.compile(f"{one}(?:[\\s{language.letters}]*{one})?")
    inside = ""

    def marked(piece: re.Match[str]) -> str:
        nonlocal inside
        if piece[0].startswith("<"):
            inside = (piece[1] or "").lower()
            return piece[0]
        if inside in UNMARKED:
            return piece[0]
        return run.sub(rf'<span lang="{language.tag}">\g<0></span>', piece[0])

    return PIECES.sub(marked, page)
