"""Sessions: opened after somebody showed who they are, and closed from any browser at once."""

from datetime import timedelta
from typing import Any

from portal import clock, journal, secrecy
from portal.database import transaction
from portal.errors import Forbidden
from portal.languages import _
from portal.people import session_rules
from portal.people.models import Person, Session, Way


async def open_session(
    person: Person, hours: float | None = None, way: Way = Way.PHONE, browser: str = ""
) -> str:
    """A new session begun by this door, in a browser of this kind; the secret for its cookie, made here and nowhere else.

    The database only keeps its keyed hash. It lasts as long as the door says, or fewer hours. Who came with a card has
    not shown enough for acts that ask to be confirmed.
    """
    secret, now, most = secrecy.token(), clock.now(), session_rules.stay(way).most
    async with transaction():
        session = await Session.create(
            secret=secrecy.keyed("session", secret),
            person=person,
            way=way,
            browser=browser[:80],
            seen_at=now,
            ends_at=now + (min(timedelta(hours=hours), most) if hours else most),
            confirmed_at=None if way == Way.CARD else now,
        )
        await journal.record(person, "sign_in", session, way=way.value)
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


async def revoke_others(person: Person, keep: Session) -> int:
    """End every session of the person's own but the one they are using; how many there were."""
    async with transaction():
        count = await revoke_all(person, keep)
        await journal.record(person, "sign_out_elsewhere", person, count=count)
    return count


async def revoke_for(actor: Person, person: Person) -> int:
    """Staff sign a person out everywhere: a telephone was lost, a card was seen; how many there were. Raises Forbidden."""
    if not (actor.is_staff or "administrator" in actor.roles):
        raise Forbidden(_("这一步要由工作人员办理。"))
    async with transaction():
        count = await revoke_all(person)
        await journal.record(actor, "sign_out_everywhere", person, count=count)
    return count


async def touch(session: Session) -> None:
    """Note that the session is in use; the gate asks for it as seldom as `session_rules` allows."""
    async with transaction():
        await Session.filter(id=session.id).update(seen_at=clock.now())
    session.seen_at = clock.now()
