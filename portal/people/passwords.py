"""Passwords as argon2id hashes, made and compared in a thread so that nobody else waits."""

from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.people import rules

# 19 MiB and two rounds: the least OWASP advises for argon2id, some 20 ms here.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What a password is compared with where nobody has the login, so that it takes as long; it opens nothing.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$uglbIj7c6pZlv8BGVYeATw$m/hNHq5zyWhlyJAkkqGVIt2AyDoqFAF5/G9onhQQnac"


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await to_thread.run_sync(HASHER.hash, password)


async def matches(kept: str, password: str) -> bool:
    """Is it this password? An empty hash (no such login) takes just as long and never is; nor is what is longer than any
    password may be, of which only as much is hashed."""
    most = rules.PASSWORD_MOST
    is_it = await to_thread.run_sync(_verify, kept or NOBODY, password[:most])
    return is_it and bool(kept) and len(password) <= most


def is_outdated(kept: str) -> bool:
    """Was this hash made at a lower cost than is asked for today?"""
    return HASHER.check_needs_rehash(kept)


def _verify(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
