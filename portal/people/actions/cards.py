"""码卡: the way in for residents without a telephone of their own, printed for them at the desk."""

import secrets
from datetime import timedelta

from tortoise.expressions import F

from portal import clock, database, journal, limits, logs, notices, secrecy
from portal.database import transaction
from portal.errors import Forbidden, Refusal
from portal.languages import _
from portal.law import numbers
from portal.people import queries, session_rules
from portal.people.models import CodeCard, Person, Protection, Session, Way

TRIES = 5


async def print_card(actor: Person, person: Person) -> tuple[str, str]:
    """A new card: its number, and the four digits that open it; both are known here and on paper, and nowhere else.

    The card before it ends. Somebody with a telephone is told that there is one now, but for those who have a passphrase:
    their telephone may be in other hands. Raises Forbidden for whoever does
    not work for the community, for oneself, and for those with an office, whose doors are others.
    """
    if not session_rules.may_print_card(actor, person):
        raise Forbidden(_("这张码卡不能由您来办。"))
    number, digits = numbers.new(), f"{secrets.randbelow(10_000):04}"
    async with transaction():
        await database.serialise(f"card:{person.id}")
        await _end(person)
        card = await CodeCard.create(
            person_id=person.id,
            made_by_id=actor.id,
            card=secrecy.keyed("card", number),
            code=_hash(number, digits),
            ends_on=clock.today() + session_rules.CARD_LIVES,
        )
        await journal.record(actor, "print_card", card, person=str(person.id))
        if person.phone and not await Protection.filter(person_id=person.id).exists():
            await notices.owe(person, "people/card")
    return number, digits


async def end_card(actor: Person, person: Person) -> bool:
    """The person's card opens nothing any more, and whoever is signed in with it is signed out; False without one."""
    if not actor.is_staff:
        raise Forbidden(_("这一步要由工作人员办理。"))
    async with transaction():
        ended = await _end(person)
        if ended:
            await journal.record(actor, "end_card", person)
    return ended


async def _end(person: Person) -> bool:
    now = clock.now()
    live = Session.filter(person_id=person.id, way=Way.CARD, revoked_at=None)
    await live.update(revoked_at=now)
    return bool(await CodeCard.filter(person_id=person.id, revoked_at=None).update(revoked_at=now))


async def open_with_card(browser: str, number: str, digits: str, address: str = "") -> Person:
    """The person whose card this is, posts loaded. Five wrong tries in a row stop the card for good. What is wrong is never
    said: number, digits, or a card that has ended.

    Raises Refusal, or TooMany beyond 15 tries from a browser in 15 minutes or 100 from a network address in an hour.
    """
    await limits.count(f"card:browser:{browser}", 15, timedelta(minutes=15))
    if address:
        await limits.count(f"card:address:{secrecy.keyed('address', address)}", 100, timedelta(hours=1))
    known, plain = numbers.read(number) or "", session_rules.digits(digits)
    card = await CodeCard.filter(card=secrecy.keyed("card", known)).first()
    is_right = secrets.compare_digest(card.code if card else "", _hash(known, plain))
    async with transaction():
        live = CodeCard.filter(id=card.id if card else None, revoked_at=None, ends_on__gte=clock.today())
        counted = await live.filter(tries__lt=TRIES).update(tries=F("tries") + 1)
        if counted and is_right:
            await live.update(tries=0)
    if card is None or not counted or not is_right:
        here = secrecy.keyed("address", address)[:16] if address else ""
        logs.warn("wrong card", browser=secrecy.keyed("tried", browser)[:16], address=here)
        raise Refusal(_("号码或四位数字不对，或者这张卡已经停用。连错五次就会停用，请到服务中心换一张新的。"))
    return await queries.with_posts(await card.person)


def _hash(number: str, digits: str) -> str:
    return secrecy.keyed("card code", f"{number}\0{digits}")
