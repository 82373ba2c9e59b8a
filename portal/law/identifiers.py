"""Numbers and names of people and organisations: read in any spelling, kept in one, shown masked."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.languages import Lazy, _, lazy_

_LONGEST = 64


def _plain(text: str) -> str:
    """Half-width, without spaces and invisible characters; cut where no identifier is so long."""
    wide = unicodedata.normalize("NFKC", text[:_LONGEST])
    return "".join(sign for sign in wide if not sign.isspace() and unicodedata.category(sign)[0] != "C")


# Telephones

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))([2-9]\d{6,7})", re.ASCII)
_EXTENSION = re.compile(r"\(?(0\d{2,3})\)?-?(\d{7,8})(?:-|转|X|EXT\.?)(\d{1,6})", re.ASCII)
_DASH = re.compile(r"[‐‑‒–—―−ー]")


def phone(text: str) -> str:
    """The canonical number: 13812345678, 0431-88888888, 0431-88888888-801. ValueError says what is wrong.

    Forgives full-width digits, spaces, dashes, brackets and +86, 0086 or 86 in front. Mobile numbers are 11
    digits from 13 to 19, without a list of segments, since new ones keep appearing; landlines need their area.
    """
    plain = _DASH.sub("-", _plain(text)).upper().removeprefix("TEL:")
    if not plain:
        raise ValueError(_("请填写电话号码。"))
    abroad = re.match(r"(?:\+|00)(?!86)", plain)
    plain = re.sub(r"^(?:\+|00)86-?(?:\(0\))?", "+", plain)
    if plain.startswith("+"):
        plain = (
            plain[1:]
            if plain[1:2] in ("0", "(") or _MOBILE.fullmatch(re.sub(r"\D", "", plain))
            else "0" + plain[1:]
        )
    if extension := _EXTENSION.fullmatch(plain):
        area, local, inner = extension.groups()
        if _LANDLINE.fullmatch(area + local):
            return f"{area}-{local}-{inner}"
    digits = re.sub(r"[-()]", "", plain)
    if not abroad:
        mobile = digits.removeprefix("86") if len(digits) == 13 else digits
        if _MOBILE.fullmatch(mobile):
            return mobile
        if landline := _LANDLINE.fullmatch(digits):
            return f"{landline[1]}-{landline[2]}"
    raise ValueError(_why_no_phone(digits, bool(abroad)))


def _why_no_phone(digits: str, abroad: bool) -> str:
    if abroad:
        return _("这里只能收中国大陆的电话号码。")
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        return _("电话号码里只写数字。")
    if digits.startswith("1") and len(digits) != 11:
        return _("手机号是 11 位，现在写了 %(n)s 位。") % {"n": len(digits)}
    if 7 <= len(digits) <= 8:
        return _("座机请加上区号，例如 0431-88888888。")
    return _("这个电话号码不对，请再看一遍。")


def mask_phone(number: str) -> str:
    """For lists: 138****1234, 0431-****8888. Neither an extension nor what is no number is shown."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    area, dash, rest = number.partition("-")
    local = rest.partition("-")[0]
    return f"{area}-****{local[-4:]}" if dash and len(local) >= 7 else "****"


# Lawyers


class Practice(StrEnum):
    """The kind of practice the tenth digit of a licence states."""

    FULL_TIME = "1"
    PART_TIME = "2"
    HONG_KONG = "3"
    MACAO = "4"
    TAIWAN = "5"
    GOVERNMENT = "6"
    COMPANY = "7"
    LEGAL_AID = "8"
    MILITARY = "9"

    @property
    def label(self) -> Lazy:
        """The kind in words."""
        return _PRACTICES[self]


_PRACTICES = {
    Practice.FULL_TIME: lazy_("专职律师"),
    Practice.PART_TIME: lazy_("兼职律师"),
    Practice.HONG_KONG: lazy_("香港居民律师"),
    Practice.MACAO: lazy_("澳门居民律师"),
    Practice.TAIWAN: lazy_("台湾居民律师"),
    Practice.GOVERNMENT: lazy_("公职律师"),
    Practice.COMPANY: lazy_("公司律师"),
    Practice.LEGAL_AID: lazy_("法律援助律师"),
    Practice.MILITARY: lazy_("军队律师"),
}


class Licence(NamedTuple):
    """A lawyer's licence number by its parts. On a transfer every part but the serial may change."""

    number: str
    province: str  # GB/T 2260, two digits
    city: str  # a city, or a district of a municipality
    year: int  # first approved, or approved again
    practice: Practice
    is_female: bool
    serial: str  # unique in the country, for life: with the name, the lawyer's identity


_LICENCE = re.compile(r"1(\d{2})(\d{2})((?:19|20)\d{2})([1-9])([01])(\d{6})", re.ASCII)


def licence(text: str) -> Licence:
    """A lawyer's 17-digit licence number (律师执业证号), read into its parts. It has no check digit.

    ValueError says what is wrong.
    """
    plain = _plain(text)
    if not re.fullmatch(r"\d{17}", plain, re.ASCII):
        raise ValueError(_("律师执业证号是 17 位数字，现在写了 %(n)s 位。") % {"n": len(plain)})
    parts = _LICENCE.fullmatch(plain)
    if not parts:
        raise ValueError(
            _("律师执业证号不对：以 1 开头，第 6 至 9 位是年份，第 10 位是 1 至 9，第 11 位是 0 或 1。")
        )
    province, city, year, practice, gender, serial = parts.groups()
    return Licence(plain, province, city, int(year), Practice(practice), gender == "1", serial)


# Organisations

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [pow(3, place, 31) for place in range(17)]


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100-2015): 18 characters with a check. ValueError says why not."""
    plain = re.sub(r"-", "", _DASH.sub("-", _plain(text))).upper()
    if len(plain) != 18:
        raise ValueError(_("统一社会信用代码是 18 位，现在写了 %(n)s 位。") % {"n": len(plain)})
    if strange := next((sign for sign in plain if sign not in _CREDIT), ""):
        raise ValueError(_("统一社会信用代码里不会有“%(sign)s”。") % {"sign": strange})
    if not re.fullmatch(r".{2}\d{6}.{10}", plain):
        raise ValueError(_("统一社会信用代码的第 3 至 8 位是数字。"))
    total = sum(
        _CREDIT.index(sign) * weight for sign, weight in zip(plain[:17], _CREDIT_WEIGHTS, strict=True)
    )
    if plain[17] != _CREDIT[-total % 31]:
        raise ValueError(_("统一社会信用代码的校验位对不上，请再核对一遍。"))
    return plain


# Identity cards

_IDENTITY_WEIGHTS = [pow(2, 17 - place, 11) for place in range(17)]
_IDENTITY_CHECKS = "10X98765432"


class Identity(NamedTuple):
    """A citizen's identity number by its parts."""

    number: str
    area: str  # GB/T 2260; abolished areas stay valid in numbers once given
    born: date
    is_female: bool


def identity(text: str, today: date | None = None) -> Identity:
    """A citizen's identity number (GB 11643-1999): 18 places, a real date of birth, a right check.

    With `today`, a birth in the future is refused too. ValueError says what is wrong.
    """
    plain = _plain(text).upper()
    if not re.fullmatch(r"\d{17}[\dX]", plain, re.ASCII):
        raise ValueError(_("身份证号是 18 位，最后一位可以是 X。"))
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        raise ValueError(_("身份证号里的出生日期不存在，请再核对一遍。")) from None
    if born.year < 1800 or (today and born > today):
        raise ValueError(_("身份证号里的出生日期不对，请再核对一遍。"))
    total = sum(int(digit) * weight for digit, weight in zip(plain[:17], _IDENTITY_WEIGHTS, strict=True))
    if plain[17] != _IDENTITY_CHECKS[total % 11]:
        raise ValueError(_("身份证号的最后一位对不上，请再核对一遍。"))
    return Identity(plain, plain[:6], born, int(plain[16]) % 2 == 0)


def mask_identity(number: str) -> str:
    """First and last place only: the usual six in front would tell where a person comes from."""
    return f"{number[0]}{'*' * 16}{number[-1]}" if len(number) == 18 else "****"


# Names

_COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台"
        "皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘"
        "子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
        "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五纳兰",
    )
)
_MIDDLE_DOTS = frozenset("·•・‧∙⋅●.。．᛫")


def mask_name(name: str) -> str:
    """Surname and stars: 张*, 张**, 欧阳*. Longer names show two stars, so that length tells nothing."""
    plain = unicodedata.normalize("NFKC", name).strip()
    if not plain:
        return ""
    family = plain[:2] if plain[:2] in _COMPOUND and len(plain) > 2 else plain[:1]
    return family + "*" * min(max(len(plain) - len(family), 1), 2)


def normal_name(text: str) -> str:
    """One spelling for comparing persons' names: half-width, without spaces and dots, letters folded."""
    plain = ""
    # Folding a letter or dropping a sign between two can let the next two compose: go on until nothing changes.
    while plain != text:
        plain, text = text, _folded(text)
    return plain


def _folded(text: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text).casefold()
        if not sign.isspace() and sign not in _MIDDLE_DOTS and unicodedata.category(sign) not in ("Cc", "Cf")
    )


_FORM = re.compile(r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|公司)$|集团$")
_BRANCH = re.compile(r"^(.+?公司)(?:.*分公司|.*分店|.*门店|.*营业部)$")
_PUNCTUATION = re.compile(r"[\W_]+")


def normal_company(text: str) -> str:
    """One spelling for comparing organisations: as `normal_name`, without brackets and legal form.

    有限责任公司 and 有限公司 are one form, and a branch is its company, which answers for it (民法典 74).
    """
    plain = _PUNCTUATION.sub("", normal_name(text))
    if branch := _BRANCH.match(plain):
        plain = branch[1]
    return _FORM.sub("", plain) or plain
