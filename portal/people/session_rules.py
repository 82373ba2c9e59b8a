"""How long somebody stays signed in by each door, and what their browser is called."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal import settings
from portal.languages import _, lazy_
from portal.people.models import Way

WARNED = timedelta(minutes=2)  # before the end: time enough to press one button (WCAG 2.2.1)
CARD_LIVES = PROXY_LIVES = timedelta(days=365)
UNLOCKED = timedelta(minutes=15)  # that what lies behind a passphrase stays in sight
RESIDENT_DAYS = 30


WAY_NAMES = {
    Way.PHONE: lazy_("用手机号登录的"),
    Way.CARD: lazy_("用码卡登录的"),
    Way.OFFICE: lazy_("从工作人员入口登录的"),
}


def may_print_card(actor: Any, person: Any) -> bool:
    """May the actor print a card that signs this person in? Staff may, for residents: offices have doors of their own."""
    return bool(actor.is_staff) and actor.id != person.id and not person.posts


def digits(text: str) -> str:
    """The four digits of a card as typed: full-width digits and blanks are forgiven. Empty when they are none."""
    plain = "".join(unicodedata.normalize("NFKC", text[:20]).split())
    return plain if len(plain) == 4 and plain.isascii() and plain.isdigit() else ""


class Stay(NamedTuple):
    """How long a session lasts at most, and how long without being used."""

    most: timedelta
    idle: timedelta

    @property
    def noted(self) -> timedelta:
        """How much time may pass before the use of a session is written down again."""
        return min(self.idle / 20, timedelta(hours=1))


def stay(way: str) -> Stay:
    """How long those who came by this door stay. A telephone is somebody's own; a card is used on other people's."""
    if way == Way.OFFICE:
        now = settings.current()
        return Stay(timedelta(hours=now.session_hours), timedelta(minutes=now.idle_minutes))
    if way == Way.CARD:
        return Stay(timedelta(minutes=15), timedelta(minutes=10))
    return Stay(timedelta(days=RESIDENT_DAYS), timedelta(days=RESIDENT_DAYS))


def ends(session: Any) -> datetime:
    """When this session ends unless it is used again."""
    idle: datetime = (session.seen_at or session.created_at) + stay(session.way).idle
    return min(idle, session.ends_at)


def seconds_left(session: Any, now: datetime) -> int:
    """Whole seconds until this session ends unless it is used again."""
    return max(0, int((ends(session) - now).total_seconds()))


def may_be_extended(session: Any) -> bool:
    """Does using it again win any time, or has its last hour come?"""
    return ends(session) < session.ends_at


def is_warned(session: Any) -> bool:
    """Is its end so near that pages should say when it comes?"""
    return session.way != Way.PHONE


def is_to_be_noted(session: Any, now: datetime) -> bool:
    """Was its use last written down so long ago that it should be again?"""
    return session.seen_at is None or now - session.seen_at >= stay(session.way).noted


# Browsers say much about themselves; kept is only what their owner would call them. The first that fits.
DEVICES: Mapping[str, tuple[str, ...]] = {
    "tablet": ("ipad", "tablet", "pad;"),
    "phone": ("iphone", "mobile", "android", "harmony"),
    "computer": ("windows", "macintosh", "x11", "cros", "linux"),
}
BROWSERS: Mapping[str, tuple[str, ...]] = {
    "wechat": ("micromessenger",),
    "qq": ("qqbrowser", " qq/"),
    "uc": ("ucbrowser", "ubrowser"),
    "huawei": ("huaweibrowser",),
    "xiaomi": ("miuibrowser",),
    "edge": ("edg/", "edga/", "edgios/"),
    "firefox": ("firefox/", "fxios/"),
    "chrome": ("chrome/", "crios/", "chromium/"),
    "safari": ("safari/",),
}
DEVICE_NAMES = {"tablet": lazy_("平板"), "phone": lazy_("手机"), "computer": lazy_("电脑")}
BROWSER_NAMES = {
    "wechat": lazy_("微信"),
    "qq": lazy_("QQ 浏览器"),
    "uc": lazy_("UC 浏览器"),
    "huawei": lazy_("华为浏览器"),
    "xiaomi": lazy_("小米浏览器"),
    "edge": lazy_("Edge 浏览器"),
    "firefox": lazy_("火狐浏览器"),
    "chrome": lazy_("Chrome 浏览器"),
    "safari": lazy_("Safari 浏览器"),
}


def kind_of_browser(user_agent: str) -> str:
    """What is kept of a User-Agent: two words of ours, such as "phone wechat"; nothing of what is not recognised."""
    said = user_agent[:500].lower()
    found = [
        next((kind for kind, signs in table.items() if any(sign in said for sign in signs)), "")
        for table in (DEVICES, BROWSERS)
    ]
    return " ".join(found).strip()


def name_of_browser(kind: str) -> str:
    """The same as people would call it, such as 手机 · 微信."""
    names = {**DEVICE_NAMES, **BROWSER_NAMES}
    return " · ".join(str(names[word]) for word in kind.split() if word in names) or _("别的浏览器")
