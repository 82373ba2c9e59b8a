"""Passkeys: a key on somebody's own device signs them in to their office, in place of password and second step (WebAuthn 3).

The device asks for a finger, a face or its own code, so that one act shows two things. A challenge needs no row: it carries
its end and our seal over the purpose and the browser it was made for, and is taken once.
"""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from tortoise.exceptions import IntegrityError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock, journal, limits, secrecy, settings
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal, TooMany
from portal.languages import _
from portal.people import office_queries, queries
from portal.people.actions.confirmations import confirmed
from portal.people.actions.sessions import revoke_all
from portal.people.models import Credential, Passkey, Person, Session

LIVES, QUARTER = timedelta(minutes=10), timedelta(minutes=15)
MOST = 10  # passkeys of one person
UNTIL, NONCE, SEAL = 8, 16, 32  # bytes of a challenge
SIGN_IN, REGISTER, CONFIRM = "sign-in", "register", "confirm"

T = TypeVar("T")


class NoPasskey(Refusal):
    """The device's answer opens nothing; why is not said."""

    def plain(self) -> str:
        return _("这个通行密钥没有认出来，请再试一次，或者用登录名和密码。")


def house() -> tuple[str, str] | None:
    """(relying party, origin) of this portal; None where it is reached by a bare address, which passkeys do not know."""
    parts = urlsplit(settings.current().site)
    host = (parts.hostname or "").lower()
    try:
        ip_address(host)
    except ValueError:
        is_usual = parts.port in (None, 443 if parts.scheme == "https" else 80)
        return host, f"{parts.scheme}://{host}" + ("" if is_usual else f":{parts.port}")
    return None


def _at_home() -> tuple[str, str]:
    found = house()
    if found is None:
        raise NoPasskey
    return found


# -- challenges ------------------------------------------------------------------------------------------------------------


def challenge(purpose: str, browser: str) -> bytes:
    """What a device signs: good for ten minutes, for this purpose, in this browser, once."""
    until = int((clock.now() + LIVES).timestamp())
    body = until.to_bytes(UNTIL, "big") + secrets.token_bytes(NONCE)
    return body + _seal(purpose, browser, body)


def _seal(purpose: str, browser: str, body: bytes) -> bytes:
    return bytes.fromhex(secrecy.keyed("passkey", f"{purpose}\0{browser}\0{body.hex()}"))


async def _taken(answer: str, purpose: str, browser: str) -> bytes:
    """The challenge that a device answered, if it is ours, in time, and for the first time."""

    def said() -> bytes:
        client = json.loads(answer)["response"]["clientDataJSON"]
        return base64url_to_bytes(json.loads(base64url_to_bytes(client))["challenge"])

    signed = _understood(said)
    body, seal = signed[: UNTIL + NONCE], signed[UNTIL + NONCE :]
    until = int.from_bytes(body[:UNTIL], "big")
    is_ours = len(signed) == UNTIL + NONCE + SEAL and secrets.compare_digest(
        seal, _seal(purpose, browser, body)
    )
    if not is_ours or until < clock.now().timestamp():
        raise NoPasskey
    try:
        await limits.count(f"passkey:{body.hex()}", 1, LIVES)
    except TooMany:
        raise NoPasskey from None
    return signed


def _understood(read: Callable[[], T]) -> T:
    """What comes from a device is bytes of anybody's making: whatever they break, they open nothing."""
    try:
        return read()
    except Exception:
        raise NoPasskey from None


# -- registering -----------------------------------------------------------------------------------------------------------


async def registration(person: Person, browser: str) -> str:
    """The options for a new passkey of this person, as JSON for the browser."""
    here, _origin = _at_home()
    credential = await _account(person)
    known = await office_queries.passkeys(person)
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=here,
            rp_name=_("社区法律诊所"),
            user_id=person.id.bytes,
            user_name=credential.login,
            user_display_name=person.name or credential.login,
            challenge=challenge(f"{REGISTER}:{person.id}", browser),
            exclude_credentials=_described(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


async def register_passkey(
    person: Person, browser: str, answer: str, name: str, session: Session | None = None
) -> Passkey:
    """Take a key that the person's device made; every session but this one ends. Raises NoPasskey, or Refusal beyond ten keys."""
    here, origin = _at_home()
    await _account(person)
    signed = await _taken(answer, f"{REGISTER}:{person.id}", browser)
    made = _understood(
        lambda: webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=signed,
            expected_rp_id=here,
            expected_origin=origin,
            require_user_verification=True,
        )
    )
    try:
        async with transaction():
            if await Passkey.filter(person_id=person.id).count() >= MOST:
                raise Refusal(_("最多登记 %(n)s 个通行密钥，请先删掉不用的。") % {"n": MOST})
            passkey = await Passkey.create(
                person_id=person.id,
                key=bytes_to_base64url(made.credential_id),
                public_key=bytes_to_base64url(made.credential_public_key),
                sign_count=made.sign_count,
                name=name[:40],
            )
            await journal.record(person, "add_passkey", passkey)
            await revoke_all(person, keep=session)
    except IntegrityError:
        raise NoPasskey from None
    return passkey


async def rename_passkey(person: Person, key: Any, name: str) -> bool:
    """Call one of the person's own keys by another name; False when there is none like that."""
    async with transaction():
        return bool(await Passkey.filter(id=key, person_id=person.id).update(name=name[:40]))


async def remove_passkey(person: Person, key: Any, session: Session | None = None) -> bool:
    """One of the person's own keys opens nothing any more, and every session but this one ends; False when there is none
    like that."""
    async with transaction():
        mine = await Passkey.get_or_none(id=key, person_id=person.id)
        if mine is not None:
            await mine.delete()
            await journal.record(person, "remove_passkey", mine)
            await revoke_all(person, keep=session)
    return mine is not None


async def _account(person: Person) -> Credential:
    credential = await Credential.get_or_none(person_id=person.id)
    if credential is None or not person.roles:
        raise Forbidden
    return credential


def _described(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.key)) for one in known]


# -- signing in and confirming ---------------------------------------------------------------------------------------------


async def assertion(purpose: str, browser: str, person: Person | None = None) -> str:
    """The options for an answer with a passkey, as JSON for the browser: of this person, or of whoever has one."""
    here, _origin = _at_home()
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=here,
            challenge=challenge(purpose, browser),
            allow_credentials=_described(await office_queries.passkeys(person)) if person else [],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


async def sign_in_by_passkey(answer: str, browser: str, address: str = "") -> Person:
    """The office holder whose device answered, posts loaded. Raises NoPasskey, or TooMany as for passwords."""
    await limits.count(f"sign-in:browser:{browser}", 30, QUARTER)
    if address:
        await limits.count(f"sign-in:address:{secrecy.keyed('address', address)}", 400, QUARTER)
    person = await queries.with_posts(await (await _proven(answer, SIGN_IN, browser)).person)
    if not person.roles:
        raise NoPasskey
    return person


async def confirm_by_passkey(session: Session, answer: str, browser: str) -> str:
    """The session's new secret after an answer of one of its person's devices. Raises NoPasskey or TooMany."""
    await limits.count(f"confirm:{session.id}", 10, QUARTER)
    passkey = await _proven(answer, f"{CONFIRM}:{session.id}", browser)
    if passkey.person_id != session.person_id:
        raise NoPasskey
    return await confirmed(session)


async def _proven(answer: str, purpose: str, browser: str) -> Passkey:
    """The key that signed this challenge. The count of a device that counts must go up, or it has a twin."""
    here, origin = _at_home()
    signed = await _taken(answer, purpose, browser)
    said = _understood(lambda: str(json.loads(answer)["id"]))
    passkey = await Passkey.get_or_none(key=said)
    if passkey is None:
        raise NoPasskey
    proof = _understood(
        lambda: webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=signed,
            expected_rp_id=here,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    )
    async with transaction():
        unused = Passkey.filter(id=passkey.id, sign_count=passkey.sign_count)
        if not await unused.update(sign_count=proof.new_sign_count, used_at=clock.now()):
            raise Conflict
    return passkey
