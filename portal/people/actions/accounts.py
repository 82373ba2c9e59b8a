"""Accounts of those who hold an office: a login, a password, and signing in with them."""

from datetime import timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from portal import journal, limits, locality, logs, secrecy, settings
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Missing, Refusal
from portal.languages import _
from portal.people import office_queries, passwords, queries, rules
from portal.people.actions import known_browsers
from portal.people.actions.invitations import end_invitations
from portal.people.actions.second_steps import DeviceWanted, SecondStepWanted, check_second
from portal.people.actions.sessions import revoke_all
from portal.people.models import Credential, Invitation, Passkey, Person, RecoveryCode, Session

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


class WrongPassword(Refusal):
    """The password that should confirm who this is does not."""

    def plain(self) -> str:
        return _("现在的密码不对。")


async def sign_in(
    login: str, password: str, second: str = "", *, browser: str = "", address: str = "", known: str = ""
) -> Person:
    """The person with this login and password, posts loaded. An unknown login takes as long as a wrong password and is
    refused in the same words, and so is an account whose owner holds no office any more.

    Raises Refusal or TooMany; SecondStepWanted where digits are asked for; DeviceWanted where no device makes any yet and
    this is no demonstration. A login, in whatever spelling, may be tried 10 times from one network address in 15 minutes
    and 60 times an hour in all; a browser 30 times and an address 400 times in 15 minutes, since a whole building may
    share an address. A browser that shows (`known`) that its login came in by it before has 20 tries an hour of its own
    instead of the first two, so that strangers who guess lock nobody out.
    """
    wanted = rules.plain_login(login)
    here, who = secrecy.keyed("address", address), secrecy.keyed("login", wanted)
    pair = f"sign-in:pair:{secrecy.keyed('pair', who + here)}"
    if browser:
        await limits.count(f"sign-in:browser:{browser}", 30, QUARTER)
    if address:
        await limits.count(f"sign-in:address:{here}", 400, QUARTER)
    if mark := known_browsers.mark_of(known, wanted):
        pair = f"sign-in:known:{mark}"
        await limits.count(pair, 20, HOUR)
    else:
        await limits.count(pair, 10, QUARTER)
        await limits.count(f"sign-in:login:{who}", 60, HOUR)
    credential = (
        await Credential.filter(login=wanted)
        .prefetch_related("person", queries.posts("person__posts"))
        .first()
    )
    kept = credential.password if credential else ""
    is_right = await passwords.matches(kept, password)
    if not is_right or credential is None or not credential.person.roles:
        logs.warn("wrong password", login=who[:16], address=here[:16])
        raise Refusal(_("登录名或密码不对，请再试一次。"))
    if passwords.is_outdated(kept):
        await _rehash(credential, password)
    if credential.totp:
        if not second:
            raise SecondStepWanted(credential)
        await check_second(credential, second)
    elif not settings.current().demo:
        raise DeviceWanted(credential)
    await limits.forget(pair)
    return credential.person


async def _rehash(credential: Credential, password: str) -> None:
    """Keep the same password at today's cost, unless it was changed meanwhile."""
    anew = await passwords.hashed(password)
    async with transaction():
        if await Credential.filter(id=credential.id, password=credential.password).update(password=anew):
            credential.password = anew


async def make_account(actor: Person | None, person: Person, login: str, password: str) -> Credential:
    """Give an office holder a login and a password, or new ones: see `open_account`. `actor` is None only for the operator
    at the command line. Raises Forbidden when it is not the actor's to give, and what `open_account` raises."""
    offices = await office_queries.offices(person)
    if actor is not None and not rules.may_invite(actor, person, offices):
        raise Forbidden(_("这个人的账号不能由您开通。"))
    return await open_account(actor, person, login, password)


async def accept(secret: str, login: str, password: str) -> Credential:
    """The account that the holder of an invitation's link chose; the link is worth nothing any more. Raises Missing for a
    link that opens nothing, and what `open_account` raises."""
    invitation = await office_queries.invitation(secret)
    if invitation is None:
        raise Missing(_("这个链接已经用过或者过期了。请让给您链接的人再给一个。"))
    await limits.count(f"invitation:{invitation.id}", 20, HOUR)
    return await open_account(invitation.person, invitation.person, login, password, invitation)


async def open_account(
    actor: Person | None, person: Person, login: str, password: str, by: Invitation | None = None
) -> Credential:
    """The account of this person from now on: sessions end, and the device of the second step, recovery codes, passkeys
    and open invitations are worth nothing any more. `by` is the invitation that is used up by it.

    Raises Conflict when the login is taken or the invitation used, Refusal for a poor login or password. Hashing comes
    before the transaction, so nobody waits for it.
    """
    try:
        wanted = rules.login(login)
    except ValueError as error:
        raise Refusal(str(error)) from None
    if fault := rules.password_fault(password, wanted, _places()):
        raise Refusal(fault)
    kept = await passwords.hashed(password)
    taken = Conflict(_("这个登录名已经有人用了，请换一个。"))
    if await Credential.filter(login=wanted).exclude(person_id=person.id).exists():
        raise taken
    try:
        async with transaction():
            await end_invitations(person, by)
            values: dict[str, Any] = {"login": wanted, "password": kept}
            known = await Credential.get_or_none(person_id=person.id)
            if known:
                await Credential.filter(id=known.id).update(**known.sealed(**values, totp=""))
                await RecoveryCode.filter(credential_id=known.id).delete()
            else:
                await Credential.create(person_id=person.id, **values)
            await Passkey.filter(person_id=person.id).delete()
            credential = await Credential.get(person_id=person.id)
            await journal.record(actor, "make_account", credential, person=str(person.id))
            await revoke_all(person)
    except IntegrityError:
        raise taken from None
    return credential


async def change_password(person: Person, old: str, new: str, session: Session | None = None) -> None:
    """A new password, after the old one; every other session of the person ends. Raises Refusal saying what is wrong."""
    credential = await check_password(person, old)
    if fault := rules.password_fault(new, credential.login, _places()):
        raise Refusal(fault)
    kept = await passwords.hashed(new)
    async with transaction():
        await Credential.filter(id=credential.id).update(password=kept)
        await journal.record(person, "change_password", credential)
        await revoke_all(person, keep=session)


def _places() -> list[str]:
    return [place.name for place in locality.choices() if place.name]


async def check_password(person: Person, password: str) -> Credential:
    """The account of this person, whose password this is. Raises WrongPassword, or TooMany beyond ten tries in 15
    minutes."""
    credential = await Credential.get(person_id=person.id)
    await limits.count(f"password:{credential.id}", 10, QUARTER)
    if not await passwords.matches(credential.password, password):
        logs.warn("wrong password", person=secrecy.keyed("person", str(person.id))[:16])
        raise WrongPassword
    return credential
