"""What somebody typed: read strictly, refused field by field in plain words, and never lost."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from starlette.datastructures import FormData, ImmutableMultiDict, UploadFile
from starlette.formparsers import MultiPartParser
from starlette.requests import Request

from portal.errors import Missing
from portal.languages import _
from portal.law import identifiers

Choice = TypeVar("Choice", bound=Enum)

NUMBER_DIGITS = 9  # fits every integer column on every engine
MOST_FIELDS = 300
MOST_FILES = 60  # in one form; how many are kept is decided elsewhere, and said kindly
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PAGE = re.compile(r"[1-9][0-9]{0,4}")


# A file stays in memory, within the bounds of bodies.py: the parser would put a large one on the disk, unsealed.
MultiPartParser.spool_max_size = 1 << 31


class Form:
    """Typed values and what is wrong with them.

    Each reader (`text`, `choice`, `number`, …) answers the value, or a harmless blank after noting an error. Ask `ok`
    when all have been read. What people type may have blanks around it and full-width digits; what stands in an address
    was written by us and must be `exact`.
    """

    def __init__(
        self, typed: Mapping[str, str] | ImmutableMultiDict | None = None, *, exact: bool = False
    ) -> None:
        self.exact = exact
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.files: dict[str, list[tuple[str, bytes]]] = {}  # (name, content) by field
        self.errors: dict[str, str] = {}
        items = typed.multi_items() if isinstance(typed, ImmutableMultiDict) else (typed or {}).items()
        for name, value in items:
            if isinstance(value, str):
                self.lists.setdefault(name, []).append(value)
                self.values.setdefault(name, value)

    @classmethod
    async def read(cls, request: Request, *, takes_files: bool = False) -> "Form":
        """The form of a POST. What a browser could not have sent (a file for a text) is passed over."""
        most = MOST_FILES if takes_files else 0
        data: FormData = await request.form(max_fields=MOST_FIELDS, max_files=most)
        form = cls(data)
        for name, value in data.multi_items():
            if isinstance(value, UploadFile) and (
                value.filename or value.size
            ):  # a field left empty has neither
                form.files.setdefault(name, []).append((value.filename or "", await value.read()))
        await data.close()
        return form

    @classmethod
    def asked(cls, request: Request) -> "Form":
        """What the address of this page asks for."""
        return cls(request.query_params, exact=True)

    def _plain(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if self.exact else plain_digits(value.strip())

    @property
    def ok(self) -> bool:
        """Nothing is wrong so far."""
        return not self.errors

    def refuse(self, name: str, message: str) -> None:
        """Note what is wrong with a field; the first complaint stays."""
        self.errors.setdefault(name, message)

    def text(
        self, name: str, *, most: int = 200, required: bool = True, least: int = 1, missing: str = ""
    ) -> str:
        """One piece of text, trimmed. NUL and characters that cannot be stored are refused, not dropped.

        `missing` says what to write where nothing stands: the list above a form shows it without the label.
        """
        value = self.values.get(name, "").replace("\r\n", "\n").strip()
        if not value and required:
            self.refuse(name, missing or _("请填写这一项。"))
        elif value and unstorable(value):
            self.refuse(name, _("里面有无法保存的字符，请删掉特殊符号后再试。"))
        elif len(value) > most:
            self.refuse(
                name,
                _("太长了：最多 %(most)s 个字，现在是 %(now)s 个字。") % {"most": most, "now": len(value)},
            )
        elif value and len(value) < least:
            self.refuse(name, _("太短了：至少写 %(least)s 个字。") % {"least": least})
        else:
            return value
        return ""

    def choice(
        self, name: str, options: type[Choice] | Iterable[str], *, required: bool = True, missing: str = ""
    ) -> Any:
        """One of the options. An enum answers its member; None when nothing valid was chosen."""
        value = self.values.get(name, "")
        known = {str(getattr(option, "value", option)): option for option in options}
        if value in known:
            return known[value]
        if value or required:
            self.refuse(name, missing or _("请从给出的选项里选一个。"))
        return None

    def choices(self, name: str, options: type[Choice] | Iterable[str]) -> list[Any]:
        """Any number of the options, in the order of the options."""
        known = {str(getattr(option, "value", option)): option for option in options}
        ticked = set(self.lists.get(name, []))
        if ticked - known.keys():
            self.refuse(name, _("请从给出的选项里选择。"))
        return [option for value, option in known.items() if value in ticked]

    def flag(self, name: str) -> bool:
        """A ticked box."""
        return self.values.get(name, "") in ("1", "on", "yes")

    def number(self, name: str, least: int, most: int, *, required: bool = True) -> int | None:
        """A whole number within bounds. Only plain digits count: not 1e9, 1_0, +1 or digits of other scripts,
        save the full-width ones that Chinese keyboards produce."""
        value = self._plain(name)
        if not value and not required:
            return None
        if (
            not value.isascii()
            or not value.isdigit()
            or len(value) > NUMBER_DIGITS
            or not least <= int(value) <= most
        ):
            self.refuse(name, _("请填 %(least)s 到 %(most)s 之间的整数。") % {"least": least, "most": most})
            return None
        return int(value)

    def amount(self, name: str, *, required: bool = False) -> int:
        """Money in 元 with at most two decimals, answered in 分. At most one thousand million 元."""
        value = self._plain(name).replace(",", "").replace("，", "")
        whole, point, decimals = value.partition(".")
        if not value and not required:
            return 0
        digits = whole.isascii() and whole.isdigit() and len(whole) <= 9
        if not digits or (point and not (decimals.isascii() and decimals.isdigit() and len(decimals) <= 2)):
            self.refuse(name, _("请填金额，单位是元，例如 3500 或 3500.50。"))
            return 0
        return int(whole) * 100 + int((decimals + "00")[:2] or 0)

    def day(
        self, name: str, *, required: bool = True, least: date | None = None, most: date | None = None
    ) -> date | None:
        """A date as a browser sends it (2026-12-15), within bounds."""
        value = self._plain(name)
        if not value and not required:
            return None
        day = read_day(value)
        if day is None:
            self.refuse(name, _("请填日期，例如 2026-12-15。"))
            return None
        if (least and day < least) or (most and day > most) or not 1900 <= day.year <= 2200:
            self.refuse(name, _("这个日期不在可以选择的范围里。"))
            return None
        return day

    def minute(self, name: str) -> int | None:
        """A time of day such as 09:30, in minutes since midnight."""
        value = self._plain(name).replace("：", ":")
        hours, _colon, minutes = value.partition(":")
        digits = all(part.isascii() and part.isdigit() for part in (hours, minutes))
        if digits and len(hours) <= 2 and len(minutes) == 2 and int(hours) < 24 and int(minutes) < 60:
            return int(hours) * 60 + int(minutes)
        self.refuse(name, _("请填时间，例如 09:30。"))
        return None

    def phone(self, name: str, *, required: bool = True) -> str:
        """A telephone number in its one canonical spelling."""
        value = self.values.get(name, "").strip()
        if not value and not required:
            return ""
        try:
            return identifiers.phone(value)
        except ValueError as error:
            self.refuse(name, str(error))
            return ""


def unstorable(text: str) -> bool:
    """NUL and lone surrogates: PostgreSQL refuses what SQLite would keep, so both refuse here."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


def plain_digits(text: str) -> str:
    """Full-width digits, point and colon become plain ones."""
    return text.translate({**{0xFF10 + n: str(n) for n in range(10)}, 0xFF0E: ".", 0xFF0D: "-", 0xFF1A: ":"})


def read_day(text: str) -> date | None:
    """2026-12-15 and no other spelling; None for what is no day."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_key(text: str) -> UUID | None:
    """The id of a record as we write it, and no other spelling; None for what is none."""
    return UUID(text) if KEY.fullmatch(text) else None


def page_number(request: Request) -> int:
    """Which page of a list the address asks for; the first where it says nothing sensible."""
    asked = request.query_params.get("page", "")
    return int(asked) if PAGE.fullmatch(asked) else 1


async def one(query: Any, **filters: Any) -> Any:
    """The one record, or Missing: the only door to a record. Start from `Model.visible_to(person)`."""
    found = await query.filter(**filters).first()
    if found is None:
        raise Missing
    return found
