"""Signing in by telephone: a code is sent, and typed into the same browser."""

import secrets
from datetime import timedelta
from typing import Any

from tortoise.expressions import F

from portal import clock, limits, logs, notices, secrecy, settings
from portal.database import transaction
from portal.errors import Refusal, TooMany
from portal.languages import _, lazy_
from portal.people import queries, rules
from portal.people.actions.persons import person_by_phone
from portal.people.models import Person, PhoneCode, Post, Role

DAY, HOUR, WHILE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
# A telephone network shows thousands of its phones under one address: what stops a flood is `codes_an_hour`, over all.
NUMBERS_OF_AN_ADDRESS, TRIES_OF_AN_ADDRESS = 300, 300
TOO_OFTEN = lazy_("输错的次数太多了。请过 15 分钟再取新的验证码，或者打电话给服务中心。")
BROKEN = lazy_(
    "现在取验证码的人太多，短信暂时停发。请用码卡登录，或者打电话、到服务中心来；过一小时也可以再试。"
)
BY_CARD, BY_HAND = lazy_("用码卡登录"), lazy_("请人帮我办")


async def send_code(browser: str, phone: str, address: str = "") -> None:
    """Owe this canonical number a new code, good in this browser alone for five minutes.

    It happens just the same whether we know the number or not. Raises TooMany beyond 5 codes to a number in ten minutes
    or 20 a day, 15 from a browser in ten minutes, or 1,000 from a network address in an hour (a building may share one);
    beyond 300 numbers from one address or `codes_an_hour` in all within an hour, when somebody plays with our messages: then
    those who lead are told. Raises Refusal for a landline, which shows no messages.
    """
    if not rules.MOBILE.fullmatch(phone):
        raise Refusal(_("座机收不到短信。请用手机号，或者打电话、到服务中心来，我们帮您办。"))
    number = secrecy.keyed("phone", phone)
    await limits.count(f"code:browser:{browser}", 15, WHILE)
    here = secrecy.keyed("address", address) if address else ""
    if here:
        await limits.count(f"code:address:{here}", 1000, HOUR)
    await limits.count(f"code:phone:{number}", 5, WHILE)
    await limits.count(f"code:day:{number}", 20, DAY)
    await _break(here, number)
    code, now = f"{secrets.randbelow(1_000_000):06}", clock.now()
    kept: dict[str, Any] = {"code": _hash(browser, phone, code), "ends_at": now + rules.CODE_LIVES}
    async with transaction():
        # Sent again: a new code on the same row, so that tries are not won back by asking for another.
        theirs = queries.has_phone(phone)
        again = PhoneCode.filter(
            theirs, browser=browser, used_at=None, created_at__gt=now - rules.TRIES_WINDOW
        )
        await PhoneCode.filter(~theirs, browser=browser, used_at=None).update(ends_at=now)
        row = await again.order_by("-id").first()
        if row is not None and row.tries >= rules.CODE_TRIES:
            raise TooMany(str(TOO_OFTEN))
        if row is None:
            row = await PhoneCode.create(browser=browser, phone=phone, **kept)
        else:
            await PhoneCode.filter(id=row.id).update(**kept)
        await notices.owe(None, "people/code", address=phone, code=code)


async def _break(address: str, number: str) -> None:
    """Count towards the two limits that no honest day reaches. When one is passed no code is sent to anybody new for the
    rest of the hour, whoever leads is told once, and everybody is shown another way in."""
    try:
        if address and await _is_first(f"code:pair:{secrecy.keyed('pair', address + number)}"):
            await limits.count(f"code:numbers:{address}", NUMBERS_OF_AN_ADDRESS, HOUR)
        await limits.count("code:portal", settings.current().codes_an_hour, HOUR)
    except TooMany:
        await _alarm()
        raise TooMany(str(BROKEN), [(str(BY_CARD), "card"), (str(BY_HAND), "feedback:help")]) from None


async def _is_first(key: str) -> bool:
    """Has this not happened within the hour?"""
    try:
        await limits.count(key, 1, HOUR)
    except TooMany:
        return False
    return True


async def _alarm() -> None:
    """Owe everybody who leads a community one message in an hour: it is about the whole portal."""
    hour = clock.now().strftime("%Y%m%d%H")
    held = await Post.current(clock.today()).filter(role=Role.LEAD).values_list("person_id", flat=True)
    async with transaction():
        for lead in await Person.filter(id__in=list(held)):
            await notices.owe(lead, "people/breaker", key=f"people/breaker:{lead.id}:{hour}")


async def confirm_code(browser: str, code: str, address: str = "") -> Person:
    """The person whose telephone received this code, made when new; whatever offices they hold, by telephone they are a
    resident. Raises Refusal saying what is wrong, TooMany after five wrong tries, or 300 tries from one network address
    in an hour, whatever numbers and browsers they were for."""
    if address:
        await limits.count(f"code:tried:{secrecy.keyed('address', address)}", TRIES_OF_AN_ADDRESS, HOUR)
    now = clock.now()
    row = await PhoneCode.filter(browser=browser, used_at=None, ends_at__gt=now).order_by("-id").first()
    if row is None:
        raise Refusal(_("验证码过期了，请按“重新发送”再取一个。"))
    async with transaction():
        counted = await PhoneCode.filter(id=row.id, used_at=None, tries__lt=rules.CODE_TRIES).update(
            tries=F("tries") + 1
        )
    if not counted:
        if await PhoneCode.filter(id=row.id, used_at__isnull=False).exists():
            raise Refusal(_("这个验证码已经用过了，请重新发送。"))
        raise TooMany(str(TOO_OFTEN))
    if not secrets.compare_digest(row.code, _hash(browser, row.phone, rules.code(code))):
        logs.warn("wrong code", browser=secrecy.keyed("tried", browser)[:16], address=_short(address))
        raise Refusal(_("验证码不对，请看最新的那条短信再输一次。"))
    async with transaction():
        if not await PhoneCode.filter(id=row.id, used_at=None, code=row.code).update(used_at=now):
            raise Refusal(_("这个验证码已经用过了，请重新发送。"))
        person = await person_by_phone(row.phone)
    return person


def _short(address: str) -> str:
    return secrecy.keyed("address", address)[:16] if address else ""


def _hash(browser: str, phone: str, code: str) -> str:
    return secrecy.keyed("code", f"{browser}\0{phone}\0{code}")
