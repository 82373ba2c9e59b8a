"""Showing once more who one is, before a dangerous act: the session goes on under a new secret."""

from portal import clock, journal, secrecy
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people.actions.accounts import check_password
from portal.people.actions.codes import confirm_code
from portal.people.actions.second_steps import check_second
from portal.people.models import Person, Session, Way


async def confirm_by_password(session: Session, password: str, second: str = "") -> str:
    """The session's new secret after the password of its person's account, and the digits where a device makes them.
    Raises WrongPassword, Refusal or TooMany."""
    credential = await check_password(session.person, password)
    if credential.totp:
        await check_second(credential, second)
    return await confirmed(session)


async def confirm_by_code(session: Session, browser: str, code: str) -> str:
    """The session's new secret after the code sent to its person's telephone. Raises Refusal or TooMany, and Forbidden at
    an office: whoever holds somebody's telephone does not hold their office."""
    if session.way == Way.OFFICE:
        raise Forbidden(_("请用密码或者通行密钥确认。"))
    person: Person = await confirm_code(browser, code)
    if person.id != session.person_id:
        raise Refusal(_("这个验证码不是发到您登记的手机上的，请重新发送。"))
    return await confirmed(session)


async def confirmed(session: Session) -> str:
    """Write down that its person showed who they are, and give the session a new secret; the old cookie opens nothing.
    Raises Conflict where the session is over."""
    secret, now = secrecy.token(), clock.now()
    async with transaction():
        live = Session.filter(id=session.id, revoked_at=None, ends_at__gt=now)
        if not await live.update(secret=secrecy.keyed("session", secret), confirmed_at=now):
            raise Conflict(_("您已经退出登录，请重新登录。"))
        await journal.record(session.person, "confirm", session)
    return secret
