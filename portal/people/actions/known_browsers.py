"""Browsers by which the holder of a login came in before: what strangers try elsewhere does not count against them there."""

import re
import secrets
from datetime import timedelta

from portal import clock, secrecy

LIVES = timedelta(days=90)
WRITTEN = re.compile(r"([0-9]{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})")


def introduce(login: str) -> str:
    """What a browser keeps to show for ninety days that this login came in by it. It opens nothing and names nobody."""
    until, nonce = int((clock.now() + LIVES).timestamp()), secrets.token_hex(16)
    return f"{until}.{nonce}.{_seal(login, until, nonce)}"


def mark_of(kept: str, login: str) -> str:
    """Under which mark the tries of this browser at this login are counted; empty when it never came in, or long ago."""
    found = WRITTEN.fullmatch(kept)
    if found is None or int(found[1]) <= clock.now().timestamp():
        return ""
    is_ours = secrets.compare_digest(found[3], _seal(login, int(found[1]), found[2]))
    return found[2] if is_ours else ""


def _seal(login: str, until: int, nonce: str) -> str:
    return secrecy.keyed("known browser", f"{login}\0{until}\0{nonce}")
