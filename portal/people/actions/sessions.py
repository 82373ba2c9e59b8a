"""Sessions: opened after somebody showed who they are, and closed from any browser at once."""

from datetime import timedelta
from typing import Any

from portal import clock, journal, secrecy
from portal.database import transaction
from portal.people.models import Person, Session, Way


async def open_session(person: Person, hours: int, way: Way = Way.PHONE) -> str:
    """A new session of so many hours, begun by this door; the secret for its cookie. The database only keeps its keyed
    hash. Who came with a card has not shown enough for acts that ask to be confirmed."""
    secret, now = secrecy.token(), clock.now()
    async with transaction():
        session = await Session.create(
            secret=secrecy.keyed("session", secret),
            person=person,
            way=way,
            seen_at=now,
            ends_at=now + timedelta(hours=hours),
            confirmed_at=None if way == Way.CARD else now,
        )
        await journal.record(person, "sign_in", session)
    return secret


async def close_session(session: Session) -> None:
    """Sign out of this browser: the cookie is worth nothing from this moment on."""
    async with transaction():
        if await Session.filter(id=session.id, revoked_at=None).update(revoked_at=clock.now()):
            await journal.record(session.person, "sign_out", session)


async def revoke(person: Person, session_id: Any) -> bool:
    """End one of the person's own sessions; False when there is none of theirs like that."""
    async with transaction():
        mine = await Session.filter(id=session_id, person_id=person.id, revoked_at=None).first()
        if mine is not None:
            await Session.filter(id=mine.id).update(revoked_at=clock.now())
            await journal.record(person, "sign_out", mine)
    return mine is not None


async def revoke_all(person: Person, keep: Session | None = None) -> int:
    """End every session of this person but one; how many there were. After a change of office or password."""
    async with transaction():
        live = Session.filter(person_id=person.id, revoked_at=None, ends_at__gt=clock.now())
        return await (live.exclude(id=keep.id) if keep else live).update(revoked_at=clock.now())


async def touch(session: Session) -> None:
    """Note that the session is in use; the gate asks for it at most once an hour."""
    async with transaction():
        await Session.filter(id=session.id).update(seen_at=clock.now())
