"""Who is it?"""

from portal import clock, secrecy
from portal.people.models import Session


async def session_of(secret: str) -> Session | None:
    """The live session behind a cookie, with its person and the person's posts."""
    found = (
        await Session.filter(
            secret=secrecy.keyed("session", secret), revoked_at=None, ends_at__gt=clock.now()
        )
        .select_related("person")
        .prefetch_related("person__posts")
        .first()
    )
    return found
