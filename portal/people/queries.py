"""Who is it?"""

from tortoise.query_utils import Prefetch

from portal import clock, secrecy
from portal.people.models import Person, Post, Session


async def with_posts(person: Person) -> Person:
    """The person as the gate knows them: with the posts they hold today."""
    return await Person.filter(id=person.id).prefetch_related(_posts("posts")).get()


def _posts(path: str) -> Prefetch:
    return Prefetch(path, Post.current(clock.today()))


async def session_of(secret: str) -> Session | None:
    """The live session behind a cookie, with its person and the person's posts."""
    found = (
        await Session.filter(
            secret=secrecy.keyed("session", secret), revoked_at=None, ends_at__gt=clock.now()
        )
        .select_related("person")
        .prefetch_related(_posts("person__posts"))
        .first()
    )
    return found
