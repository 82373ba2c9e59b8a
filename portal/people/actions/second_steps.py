"""The second step of signing in to an office: digits of one's own device, or one of ten codes on paper."""

import secrets
from datetime import timedelta
from uuid import UUID

import pyotp

from portal import clock, journal, limits, logs, secrecy, settings
from portal.database import transaction
from portal.errors import Forbidden, Refusal, TooMany
from portal.languages import _
from portal.law.numbers import ALPHABET
from portal.people import queries, rules
from portal.people.actions.sessions import revoke_all
from portal.people.models import Credential, Person, RecoveryCode, Session

TICKET_LIVES, QUARTER = timedelta(minutes=15), timedelta(minutes=15)


class SecondStepWanted(Refusal):
    """The password is right; the digits of the person's device are still missing."""

    def __init__(self, credential: Credential) -> None:
        super().__init__(_("请输入验证器上的 6 位数字。"))
        self.credential = credential


class DeviceWanted(Refusal):
    """The password is right; no device makes digits yet, and without them nobody comes in to an office."""

    def __init__(self, credential: Credential) -> None:
        super().__init__(_("请先开通两步验证。"))
        self.credential = credential


# -- between the password and the second step there is no session, only a ticket ---------------------------------------------


def ticket(credential: Credential, browser: str) -> str:
    """Shows for a quarter of an hour, in one browser, that the password was right. It names the password's hash, so a new
    password ends it."""
    until = int((clock.now() + TICKET_LIVES).timestamp())
    return f"{credential.id}.{until}.{_seal(credential, browser, until)}"


async def ticket_holder(ticket: str, browser: str) -> Credential:
    """The account whose password was right. Raises Refusal when the ticket is over, or another browser's."""
    key, _dot, rest = ticket.partition(".")
    until, _dot, seal = rest.partition(".")
    credential = None
    if until.isascii() and until.isdigit() and len(until) < 12 and int(until) > clock.now().timestamp():
        credential = await Credential.filter(id=_uuid(key)).first()
    if credential is None or not secrets.compare_digest(
        seal.encode(), _seal(credential, browser, int(until)).encode()
    ):
        raise Refusal(_("等得太久了，请从登录名和密码重新开始。"))
    return credential


def _seal(credential: Credential, browser: str, until: int) -> str:
    return secrecy.keyed("ticket", f"{credential.id}\0{credential.password}\0{browser}\0{until}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def sign_in_second(ticket: str, browser: str, second: str) -> Person:
    """The person behind a ticket, after the digits on their device or a recovery code. Raises Refusal or TooMany."""
    credential = await ticket_holder(ticket, browser)
    if not credential.totp:
        raise DeviceWanted(credential)
    await check_second(credential, second)
    return await queries.with_posts(await credential.person)


async def enrol_first(ticket: str, browser: str, secret: str, code: str) -> tuple[Person, list[str]]:
    """The person behind a ticket who had no device yet, and their recovery codes, once the device shows the right digits.
    Raises Refusal or TooMany."""
    credential = await ticket_holder(ticket, browser)
    if credential.totp:
        raise SecondStepWanted(credential)
    person = await queries.with_posts(await credential.person)
    return person, await enrol_totp(person, secret, code)


async def enter_without(ticket: str, browser: str) -> Person:
    """The person behind a ticket, without a second step: in a demonstration alone."""
    credential = await ticket_holder(ticket, browser)
    if credential.totp:
        raise SecondStepWanted(credential)
    if not settings.current().demo:
        raise DeviceWanted(credential)
    return await queries.with_posts(await credential.person)


# -- the device and the codes on paper -----------------------------------------------------------------------------------


async def check_second(credential: Credential, typed: str) -> None:
    """Refuse what is neither the digits of this device's last minute, used for the first time (RFC 6238 §5.2), nor an
    unused recovery code, which is used up by it. Raises Refusal, or TooMany beyond ten tries in 15 minutes."""
    await limits.count(f"totp:{credential.id}", 10, QUARTER)
    if recovery := rules.recovery_code(typed):
        await _use_recovery(credential, recovery)
    else:
        await _check_digits(credential, rules.code(typed))
    await limits.forget(f"totp:{credential.id}")


async def _check_digits(credential: Credential, code: str) -> None:
    if not code or not pyotp.TOTP(credential.totp).verify(code, for_time=clock.now(), valid_window=1):
        _note(credential)
        raise Refusal(_("验证器上的数字不对，请等下一组数字出来再输。"))
    try:
        await limits.count(f"totp:{credential.id}:{code}", 1, timedelta(minutes=2))
    except TooMany:
        raise Refusal(_("这组数字已经用过了，请等下一组数字出来再输。")) from None


def _note(credential: Credential) -> None:
    logs.warn("wrong second step", person=secrecy.keyed("person", str(credential.person_id))[:16])


async def _use_recovery(credential: Credential, code: str) -> None:
    async with transaction():
        unused = RecoveryCode.filter(credential_id=credential.id, code=_hash(credential, code), used_at=None)
        if not await unused.update(used_at=clock.now()):
            _note(credential)
            raise Refusal(_("这个备用码不对，或者已经用过了。请换一个。"))
        await journal.record(await credential.person, "use_recovery_code", credential)


def _hash(credential: Credential, code: str) -> str:
    return secrecy.keyed("recovery", f"{credential.id}\0{code}")


async def enrol_totp(person: Person, secret: str, code: str, session: Session | None = None) -> list[str]:
    """From now on signing in also takes the digits of the device that holds `secret`, shown here once to prove it does;
    a device from before makes none any more, and every session but this one ends. Answers ten new recovery codes. Raises
    Refusal or TooMany."""
    credential = await Credential.get(person_id=person.id)
    trial = Credential(id=credential.id, totp=secret)
    await limits.count(f"totp:{credential.id}", 10, QUARTER)
    await _check_digits(trial, rules.code(code))
    await limits.forget(f"totp:{credential.id}")
    async with transaction():
        await Credential.filter(id=credential.id).update(**credential.sealed(totp=secret))
        await journal.record(person, "enrol_totp", credential)
        await revoke_all(person, keep=session)
        return await _new_codes(credential)


async def renew_recovery_codes(person: Person) -> list[str]:
    """Ten new codes; those from before are worth nothing. Raises Refusal for whoever has no device to recover."""
    credential = await Credential.get(person_id=person.id)
    if not credential.totp:
        raise Refusal(_("请先开通两步验证。"))
    async with transaction():
        await journal.record(person, "renew_recovery_codes", credential)
        return await _new_codes(credential)


async def _new_codes(credential: Credential) -> list[str]:
    drawn: set[str] = set()
    while len(drawn) < rules.RECOVERY_CODES:
        signs = [secrets.choice(ALPHABET) for _place in range(10)]
        drawn.add(f"{''.join(signs[:5])}-{''.join(signs[5:])}")
    codes = sorted(drawn)
    await RecoveryCode.filter(credential_id=credential.id).delete()
    await RecoveryCode.bulk_create(
        [RecoveryCode(credential_id=credential.id, code=_hash(credential, code)) for code in codes]
    )
    return codes


async def drop_totp(person: Person, session: Session | None = None) -> None:
    """Sign in without the second step again: in a demonstration alone. Elsewhere a device is replaced, never dropped. Every
    session but this one ends."""
    if not settings.current().demo:
        raise Forbidden(_("两步验证不能关闭。换了手机，请换一个验证器。"))
    credential = await Credential.get(person_id=person.id)
    async with transaction():
        await Credential.filter(id=credential.id).update(**credential.sealed(totp=""))
        await RecoveryCode.filter(credential_id=credential.id).delete()
        await journal.record(person, "drop_totp", credential)
        await revoke_all(person, keep=session)
