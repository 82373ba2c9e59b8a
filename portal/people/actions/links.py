"""链接: a message leads to one record, and whoever opens it also knows the last digits of the telephone it went to."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import F

from portal import clock, database, journal, limits, logs, secrecy, settings
from portal.database import transaction
from portal.errors import Refusal
from portal.languages import _
from portal.people import queries, session_rules
from portal.people.models import Link, Person

TRIES = 5
LINK_DAYS = 7
OPEN_FOR = timedelta(minutes=30)  # in the browser in which the digits were right


async def give_link(
    actor: Any, person: Person, kind: str, record: UUID, *, days: int = LINK_DAYS
) -> str | None:
    """The address that opens this record for its person alone, for so many days; call inside `transaction()`, with the
    notice that carries it. An earlier address of the same record ends; its wrong tries count on, so that none are won
    back by having it sent again.

    None for whoever has no telephone or wants nothing done with what is kept of them, and where wrong digits have stopped
    the link: then the message says where else to go. Never give one for what stands behind a passphrase: whoever holds
    the telephone knows its digits.
    """
    if not person.phone or person.frozen_at:
        return None
    secret, now = secrecy.token(), clock.now()
    kept: dict[str, Any] = {"secret": _hash(secret), "ends_at": now + timedelta(days=days)}
    await database.serialise(f"link:{record}")
    live = "record = ? AND kind = ? AND person_id = ? AND revoked_at IS NULL AND ends_at > ?"
    found = await Link.where(f"{live} ORDER BY id DESC LIMIT 1", record, kind, person.id, now)
    link = found[0] if found else None
    if link is not None and link.tries >= TRIES:
        return None
    if link is None:
        link = await Link.create(person_id=person.id, kind=kind, record=record, **kept)
    else:
        await Link.filter(id=link.id).update(**kept)
    await journal.record(actor, "give_link", link, to=kind, record=str(record))
    return f"{settings.current().site}/l/{secret}"


async def enter_link(browser: str, secret: str, digits: str, address: str = "") -> tuple[Link, str]:
    """The link behind this secret, and the ticket with which this browser reads its record for half an hour. The fifth
    wrong try stops the link for good.

    Raises Refusal, or TooMany beyond 15 tries from a browser in 15 minutes or 100 from a network address in an hour.
    """
    await limits.count(f"link:browser:{browser}", 15, timedelta(minutes=15))
    if address:
        await limits.count(f"link:address:{secrecy.keyed('address', address)}", 100, timedelta(hours=1))
    link = await queries.link_of(secret)
    async with transaction():
        counted = link is not None and await Link.filter(
            id=link.id, secret=link.secret, revoked_at=None, tries__lt=TRIES
        ).update(tries=F("tries") + 1)
    if link is None or not counted:
        raise Refusal(gone())
    if link.person.phone_tail not in secrecy.marks("phone tail", session_rules.digits(digits)):
        here = secrecy.keyed("address", address)[:16] if address else ""
        logs.warn("wrong link", browser=secrecy.keyed("tried", browser)[:16], address=here)
        if link.tries + 1 >= TRIES:
            raise Refusal(gone())
        raise Refusal(_("这四位数字不对。请填收到短信的那个手机号的最后四位。"))
    async with transaction():
        await Link.filter(id=link.id).update(tries=F("tries") - 1, opened_at=link.opened_at or clock.now())
        await journal.record(None, "enter_link", link, to=link.kind, record=str(link.record))
    return link, link_ticket(link, browser, clock.now() + OPEN_FOR)


async def end_links(kind: str, record: UUID) -> int:
    """The addresses of this record open nothing from now on; how many there were. Call inside `transaction()`."""
    return await Link.filter(kind=kind, record=record, revoked_at=None).update(revoked_at=clock.now())


async def end_links_of(person: Person) -> int:
    """The same for every link of a person, such as when their telephone is another. Call inside `transaction()`."""
    return await Link.filter(person_id=person.id, revoked_at=None).update(revoked_at=clock.now())


def link_ticket(link: Link, browser: str, until: datetime) -> str:
    """Shows in one browser, until then, that the digits were right. A new address ends it."""
    end = int(until.timestamp())
    return f"{end}.{secrecy.keyed('linked', f'{link.id}-{link.secret}-{browser}-{end}')}"


def holds_ticket(link: Link, browser: str, ticket: str) -> bool:
    """Were the digits of this link right in this browser, within the half hour?"""
    end = ticket.partition(".")[0]
    if not (end.isascii() and end.isdigit() and len(end) < 12) or int(end) <= clock.now().timestamp():
        return False
    right = link_ticket(link, browser, datetime.fromtimestamp(int(end), clock.CHINA))
    return secrets.compare_digest(ticket.encode(), right.encode())


def gone() -> str:
    """What is said of every link that opens nothing, whatever the reason."""
    return _("这个链接打不开了：可能过了期、已经停用，或者输错了五次。请登录来看，或者打电话、到服务中心来。")


def _hash(secret: str) -> str:
    return secrecy.keyed("link", secret)
