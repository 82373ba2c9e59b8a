"""Signing in by telephone: a code is sent, and typed into the same browser."""

import secrets
from datetime import timedelta
from typing import Any

from tortoise.expressions import F

from portal import clock, limits, notices, secrecy
from portal.database import transaction
from portal.errors import Refusal, TooMany
from portal.languages import _, lazy_
from portal.people import queries, rules
from portal.people.actions.persons import person_by_phone
from portal.people.models import Person, PhoneCode

DAY, WHILE = timedelta(days=1), timedelta(minutes=10)
TOO_OFTEN = lazy_("输错的次数太多了。请过 15 分钟再取新的验证码，或者打电话给服务中心。")


async def send_code(browser: str, phone: str, address: str = "") -> None:
    """Owe this canonical number a new code, good in this browser alone for five minutes.

    It happens just the same whether we know the number or not. Raises TooMany beyond 5 codes to a number in ten minutes
    or 20 a day, 15 from a browser in ten minutes, or 1,000 from a network address in an hour (a building may share one).
    Raises Refusal for a landline, which shows no messages.
    """
    if not rules.MOBILE.fullmatch(phone):
        raise Refusal(_("座机收不到短信。请用手机号，或者打电话、到服务中心来，我们帮您办。"))
    number = secrecy.keyed("phone", phone)
    await limits.count(f"code:browser:{browser}", 15, WHILE)
    if address:
        await limits.count(f"code:address:{secrecy.keyed('address', address)}", 1000, timedelta(hours=1))
    await limits.count(f"code:phone:{number}", 5, WHILE)
    await limits.count(f"code:day:{number}", 20, DAY)
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


async def confirm_code(browser: str, code: str) -> Person:
    """The person whose telephone received this code, made when new. Raises Refusal saying what is wrong, also
    to those whose office asks for a password; TooMany after five wrong tries."""
    now = clock.now()
    row = await PhoneCode.filter(browser=browser, used_at=None, ends_at__gt=now).order_by("-id").first()
    if row is None:
        raise Refusal(_("验证码过期了，请按“重新发送”再取一个。"))
    async with transaction():
        counted = await PhoneCode.filter(id=row.id, used_at=None, tries__lt=rules.CODE_TRIES).update(
            tries=F("tries") + 1
        )
    if not counted:
        raise TooMany(str(TOO_OFTEN))
    if not secrets.compare_digest(row.code, _hash(browser, row.phone, rules.code(code))):
        raise Refusal(_("验证码不对，请看最新的那条短信再输一次。"))
    async with transaction():
        if not await PhoneCode.filter(id=row.id, used_at=None, code=row.code).update(used_at=now):
            raise Refusal(_("这个验证码已经用过了，请重新发送。"))
        person = await person_by_phone(row.phone)
    if rules.needs_password(person):
        raise Refusal(_("这个手机号登记了工作职务，请从“工作人员登录”用登录名和密码进来。"))
    return person


def _hash(browser: str, phone: str, code: str) -> str:
    return secrecy.keyed("code", f"{browser}\0{phone}\0{code}")
