"""Addresses inside a compound as people write them, read into building, unit and room."""

import re
import unicodedata
from typing import NamedTuple

from portal.languages import _
from portal.law.numerals import value


class Place(NamedTuple):
    """Building (栋), unit (单元) and room (室): texts, since they have letters; None where absent."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None


_LONGEST = 120
_MARK = r"(?:[0-9]{1,5}[A-Z]?|[A-Z][0-9]{0,4}|[甲乙丙丁东西南北中][0-9]{0,3})"
_ROOM = r"(?:(?:地下|负|B)?[0-9]{1,5}(?:[A-Z]|-[0-9]{1,2})?)"
_BUILDING = re.compile(
    rf"({_MARK})\s*(?:号楼|号院楼|栋|幢|座|号(?=\s*(?:{_MARK}\s*(?:单元|门)|{_ROOM}\s*室))|#楼?|楼(?=\s*{_MARK}\s*(?:单元|门)))"
)
_UNIT = re.compile(rf"({_MARK})\s*(?:单元|门)(?!牌)")
_NAMED_ROOM = re.compile(rf"({_ROOM})\s*(?:号房|室|房|户)")
_LAST_ROOM = re.compile(rf"(?:^|(?<=[^0-9A-Z-]))({_ROOM})\s*$")
_CHAIN = re.compile(rf"(?:^|(?<=[^0-9A-Z-]))({_MARK})-({_MARK})(?:-({_ROOM}))?\s*(?:室|房|户)?\s*$")
_CHINESE = re.compile(r"[零〇一二三四五六七八九十百千]+(?=号楼|栋|幢|座|单元|门|室|户)")
_DASHES = re.compile(r"\s*[‐‑‒–—―−~/]\s*|\s*-\s*")


def _digits(found: re.Match[str]) -> str:
    try:
        return str(value(found[0]))
    except ValueError:
        # Rooms are read out digit by digit: 二〇一室 is 201, not a number.
        spoken = found[0].replace("〇", "零")
        return (
            "".join(str("零一二三四五六七八九".index(c)) for c in spoken)
            if not set(spoken) & set("十百千")
            else found[0]
        )


def parse(text: str) -> Place:
    """Building, unit and room in an address, each None where it does not say.

    Reads 3单元201, 3-201 (unit and room), 5-3-201, 5号楼3单元201室, 5栋201, B座1203, 五号楼三单元二〇一室, in
    half- or full-width characters, after any street or compound. A street number (118号) is no building.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).upper().strip()
    plain = _CHINESE.sub(_digits, _DASHES.sub("-", plain))
    building = _last(_BUILDING, plain)
    rest = plain[building.end() :] if building else plain
    unit = _last(_UNIT, rest)
    rest = rest[unit.end() :] if unit else rest
    rest = rest.lstrip("- ,，、楼")
    if not unit and (chain := _CHAIN.search(rest)):
        first, second, third = chain.groups()
        if third and not building:
            return Place(first, second, third)
        if not third:
            return Place(building and building[1], first, second)
    room = (
        _last(_NAMED_ROOM, rest) or ((building or unit or len(rest) <= 5) and _LAST_ROOM.search(rest)) or None
    )
    return Place(building and building[1], unit and unit[1], room and room[1])


def say(compound: str = "", building: str = "", unit: str = "", room: str = "") -> str:
    """A place as people here say it, from the compound down to the door: 银杏苑 5号楼 3单元 201室."""
    said = [compound] if compound else []
    if building:
        is_tower = building.isascii() and building.isalpha()
        said.append((_("%(n)s座") if is_tower else _("%(n)s号楼")) % {"n": building})
    if unit:
        said.append(_("%(n)s单元") % {"n": unit})
    if room:
        said.append(_("%(n)s室") % {"n": room})
    return " ".join(said)


def floor(room: str) -> int | None:
    """The floor a room is on: without the last two digits (201 → 2, 1203 → 12), below ground negative."""
    read = re.fullmatch(
        r"(地下|负|B)?([0-9]{1,3}?)([0-9]{2})[A-Z]?", unicodedata.normalize("NFKC", room).upper().strip()
    )
    if not read:
        return None
    return -int(read[2]) if read[1] else int(read[2])


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)
