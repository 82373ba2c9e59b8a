"""What must not stand in clear: tokens, keyed hashes, and words sealed with keys that the database never sees.

Two kinds of key. `PORTAL_SECRET` keys what is compared and may be lost (cookies, codes, counters). `PORTAL_KEYS` is a ring,
newest first: words are sealed and look-ups are marked under the newest; the older ones are still read, until
`portal rotate` has brought every row to the newest.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import AnyStr, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal import settings

ENVELOPE = re.compile(r"[0-9a-f]{8}\.[A-Za-z0-9_-]{59,}")
NAME, ROW, NONCE, TAG = (
    4,
    16,
    12,
    16,
)  # bytes of a key's name, a row's id, a nonce, and what proves an envelope whole


class Tampered(Exception):
    """A sealed value is not what was written: another row's, changed, or sealed with a key that is not in the ring."""


class UnknownKey(Tampered):
    """A sealed value needs a key that is not in the ring."""


def token() -> str:
    """A new secret of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def keyed(purpose: str, value: str) -> str:
    """HMAC-SHA-256 of a value under the portal's secret: 64 hex digits that say nothing without the key."""
    return _mac(settings.current().secret.encode(), purpose, value)


def _mac(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


# -- the ring of keys ----------------------------------------------------------------------------------------------------


class Key(NamedTuple):
    """One key of the ring: its public name, and what is derived from it for sealing and for marking."""

    name: str
    box: AESGCM
    mark: bytes


def ring() -> tuple[Key, ...]:
    """The keys in force, the newest first."""
    now = settings.current()
    return _ring(now.keys or now.secret)


@lru_cache(maxsize=8)
def _ring(written: str) -> tuple[Key, ...]:
    return tuple(_key(one.strip().encode()) for one in written.split(",") if one.strip())


def _key(secret: bytes) -> Key:
    def derived(purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal " + purpose).derive(secret)

    return Key(derived(b"name")[:4].hex(), AESGCM(derived(b"words")), derived(b"marks"))


# -- words and bytes -----------------------------------------------------------------------------------------------------


def seal(content: AnyStr, place: str, row: UUID) -> AnyStr:
    """Words or bytes sealed for one column (`place`, such as consultation.words) of one row, under the newest key.

    AES-256-GCM with the place and the row as associated data: moved elsewhere, an envelope does not open. Words become
    words, bytes stay bytes. Nothing stays nothing, so that empty columns can be counted.
    """
    if not content:
        return content
    key, nonce = ring()[0], secrets.token_bytes(NONCE)
    plain = content.encode() if isinstance(content, str) else content
    sealed = row.bytes + nonce + key.box.encrypt(nonce, plain, _bound(place, row.bytes))
    if isinstance(content, str):
        return f"{key.name}.{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"
    return bytes.fromhex(key.name) + sealed


def open_sealed(envelope: AnyStr, place: str) -> AnyStr:
    """What is in an envelope of this place. Raises Tampered when it is not what was written there."""
    if not envelope:
        return envelope
    name, content = _parts(envelope)
    row, nonce, rest = content[:ROW], content[ROW : ROW + NONCE], content[ROW + NONCE :]
    key = next((key for key in ring() if key.name == name), None)
    if key is None:
        raise UnknownKey(f"{place}: sealed with key {name}, which is not in PORTAL_KEYS")
    try:
        plain = key.box.decrypt(nonce, rest, _bound(place, row))
    except InvalidTag:
        raise Tampered(f"{place}: changed, or sealed for another column") from None
    return plain.decode() if isinstance(envelope, str) else plain


def row_of(envelope: str | bytes) -> UUID:
    """The row an envelope was sealed for."""
    return UUID(bytes=_parts(envelope)[1][:ROW])


def is_sealed(value: str) -> bool:
    """Does it have the form of an envelope?"""
    return ENVELOPE.fullmatch(value) is not None


def _parts(envelope: str | bytes) -> tuple[str, bytes]:
    if isinstance(envelope, bytes):
        if len(envelope) <= NAME + ROW + NONCE + TAG:
            raise Tampered("an envelope that was cut short")
        return envelope[:NAME].hex(), envelope[NAME:]
    if not is_sealed(envelope):
        raise Tampered("a sealed column holds something that is not an envelope")
    name, _dot, text = envelope.partition(".")
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise Tampered("an envelope that was cut short") from None
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode() != text:
        raise Tampered("an envelope in another spelling than ours")
    return name, content


def _bound(place: str, row: bytes) -> bytes:
    return place.encode() + b"\0" + row


# -- marks: how something sealed is looked up ----------------------------------------------------------------------------


def mark(purpose: str, value: str) -> str:
    """The keyed hash under which a value is found without being readable, under the newest key; nothing stays nothing."""
    return _mac(ring()[0].mark, purpose, value) if value else ""


def marks(purpose: str, *values: str) -> list[str]:
    """Everything these values may be marked with: one for each value and key of the ring. For `…__in` look-ups."""
    return [_mac(key.mark, purpose, value) for value in values if value for key in ring()]


def tokens(purpose: str, values: Iterable[str], key: Key | None = None) -> list[str]:
    """Short keyed hashes (32 bits, in hex) of many values under one key, the newest unless told: enough to find by, and of no
    use to whoever has not the key."""
    secret = (key or ring()[0]).mark
    said = (f"{purpose}\0{value}".encode() for value in values)
    return [hmac.digest(secret, one, "sha256")[:4].hex() for one in said]
