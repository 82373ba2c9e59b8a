"""Signing in to an office: a login, a password, and a code from the person's own device where they chose so."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
from tortoise.exceptions import IntegrityError

from portal import clock, journal, limits, secrecy
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.languages import _
from portal.people import passwords, queries, rules
from portal.people.actions.sessions import revoke_all
from portal.people.models import Credential, Person, Session

TICKET_LIVES = timedelta(minutes=5)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


class TotpWanted(Refusal):
    """The password is right; the code from the person's device is still missing."""

    def __init__(self, credential: Credential) -> None:
        super().__init__(_("请输入验证器上的 6 位数字。"))
        self.credential = credential


class WrongPassword(Refusal):
    """The password that should confirm who this is does not."""

    def plain(self) -> str:
        return _("现在的密码不对。")


async def sign_in(
    login: str, password: str, totp: str = "", *, browser: str = "", address: str = ""
) -> Person:
    """The person with this login and password, posts loaded. An unknown login takes as long as a wrong password and is
    refused in the same words. Raises Refusal, TotpWanted, or TooMany.

    A login may be tried 10 times from one network address in 15 minutes and 60 times an hour in all; a browser 30 times
    and an address 400 times in 15 minutes, since a whole building may share an address.
    """
    wanted = login.strip().lower()[:40]
    here, who = secrecy.keyed("address", address), secrecy.keyed("login", wanted)
    pair = f"sign-in:pair:{secrecy.keyed('pair', who + here)}"
    if browser:
        await limits.count(f"sign-in:browser:{browser}", 30, QUARTER)
    if address:
        await limits.count(f"sign-in:address:{here}", 400, QUARTER)
    await limits.count(pair, 10, QUARTER)
    await limits.count(f"sign-in:login:{who}", 60, HOUR)
    credential = (
        await Credential.filter(login=wanted)
        .prefetch_related("person", queries.posts("person__posts"))
        .first()
    )
    kept = credential.password if credential else ""
    if not await passwords.matches(kept, password[: rules.PASSWORD_MOST]) or credential is None:
        raise Refusal(_("登录名或密码不对，请再试一次。"))
    if credential.totp:
        if not totp:
            raise TotpWanted(credential)
        await check_totp(credential, totp)
    await limits.forget(pair)
    return credential.person


def ticket(credential: Credential, browser: str) -> str:
    """Shows for five minutes, in one browser, that the password was right. It names the password's hash, so a new password
    ends it."""
    until = int((clock.now() + TICKET_LIVES).timestamp())
    return f"{credential.id}.{until}.{_seal(credential, browser, until)}"


async def sign_in_second(ticket: str, browser: str, totp: str) -> Person:
    """The person behind a ticket, after the digits on their device. Raises Refusal or TooMany."""
    key, _dot, rest = ticket.partition(".")
    until, _dot, seal = rest.partition(".")
    credential = None
    if until.isascii() and until.isdigit() and len(until) < 12 and int(until) > clock.now().timestamp():
        credential = await Credential.filter(id=_uuid(key)).first()
    if credential is None or not secrets.compare_digest(seal, _seal(credential, browser, int(until))):
        raise Refusal(_("等得太久了，请从登录名和密码重新开始。"))
    await check_totp(credential, totp)
    return await queries.with_posts(await credential.person)


def _seal(credential: Credential, browser: str, until: int) -> str:
    return secrecy.keyed("ticket", f"{credential.id}\0{credential.password}\0{browser}\0{until}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def check_totp(credential: Credential, totp: str) -> None:
    """Refuse a code that is not this device's of the last minute, or that was used before (RFC 6238 §5.2)."""
    await limits.count(f"totp:{credential.id}", 10, QUARTER)
    code = rules.code(totp)
    if not code or not pyotp.TOTP(credential.totp).verify(code, for_time=clock.now(), valid_window=1):
        raise Refusal(_("验证器上的数字不对，请等下一组数字出来再输。"))
    try:
        await limits.count(f"totp:{credential.id}:{code}", 1, timedelta(minutes=2))
    except TooMany:
        raise Refusal(_("这组数字已经用过了，请等下一组数字出来再输。")) from None
    await limits.forget(f"totp:{credential.id}")


async def make_account(actor: Person | None, person: Person, login: str, password: str) -> Credential:
    """Give an office holder a login and a first password, or new ones: then old sessions end and the device of the second
    step is forgotten. `actor` is None only for the operator at the command line.

    Raises Forbidden when it is not the actor's to give, Conflict when the login is taken, Refusal for a poor login or
    password. Hashing comes before the transaction, so nobody waits for it.
    """
    if actor is not None and not rules.may_make_account(actor, person):
        raise Forbidden(_("这个人的账号不能由您开通。"))
    try:
        wanted = rules.login(login)
    except ValueError as error:
        raise Refusal(str(error)) from None
    if fault := rules.password_fault(password, wanted):
        raise Refusal(fault)
    kept = await passwords.hashed(password)
    taken = Conflict(_("这个登录名已经有人用了，请换一个。"))
    if await Credential.filter(login=wanted).exclude(person_id=person.id).exists():
        raise taken
    try:
        async with transaction():
            values: dict[str, Any] = {"login": wanted, "password": kept}
            known = await Credential.get_or_none(person_id=person.id)
            if known:
                await Credential.filter(id=known.id).update(**known.sealed(**values, totp=""))
            else:
                await Credential.create(person_id=person.id, **values)
            credential = await Credential.get(person_id=person.id)
            await journal.record(actor, "make_account", credential, person=str(person.id))
            await revoke_all(person)
    except IntegrityError:
        raise taken from None
    return credential


async def change_password(person: Person, old: str, new: str, session: Session | None = None) -> None:
    """A new password, after the old one; every other session of the person ends. Raises Refusal saying what is wrong."""
    credential = await Credential.get(person_id=person.id)
    await limits.count(f"password:{credential.id}", 10, QUARTER)
    if not await passwords.matches(credential.password, old[: rules.PASSWORD_MOST]):
        raise WrongPassword
    if fault := rules.password_fault(new, credential.login):
        raise Refusal(fault)
    kept = await passwords.hashed(new)
    async with transaction():
        await Credential.filter(id=credential.id).update(password=kept)
        await journal.record(person, "change_password", credential)
        await revoke_all(person, keep=session)


async def enrol_totp(person: Person, secret: str, code: str) -> None:
    """From now on signing in also takes a code of the device that holds `secret`, shown here once to prove it does."""
    credential = await Credential.get(person_id=person.id)
    credential.totp = secret
    await check_totp(credential, code)
    async with transaction():
        await Credential.filter(id=credential.id).update(**credential.sealed(totp=secret))
        await journal.record(person, "enrol_totp", credential)


async def drop_totp(person: Person, password: str) -> None:
    """Sign in without the second step again; takes the password. Raises Refusal when it is wrong."""
    credential = await Credential.get(person_id=person.id)
    await limits.count(f"password:{credential.id}", 10, QUARTER)
    if not await passwords.matches(credential.password, password[: rules.PASSWORD_MOST]):
        raise WrongPassword
    async with transaction():
        await Credential.filter(id=credential.id).update(**credential.sealed(totp=""))
        await journal.record(person, "drop_totp", credential)
