"""Passwords as argon2id hashes, made and compared in a thread so that nobody else waits."""

import secrets
from functools import cache

from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.law.numbers import ALPHABET

# 19 MiB and two rounds: the least OWASP advises for argon2id, some 20 ms here.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await to_thread.run_sync(HASHER.hash, password)


async def matches(kept: str, password: str) -> bool:
    """Is it this password? An empty hash (no such login) takes just as long and never is."""
    return await to_thread.run_sync(_verify, kept or _nobody(), password) and bool(kept)


def _verify(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_hex(16))


def temporary() -> str:
    """A password to read out once: sixteen characters that no eye confuses, 77 bits."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(16)).lower()
    return "-".join(drawn[n : n + 4] for n in range(0, 16, 4))
