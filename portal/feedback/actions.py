"""What people do to feedback: raise it, dispatch it, answer it in one of three ways, confirm it or say it is not solved."""

from datetime import datetime, timedelta
from typing import Any

from portal import clock, database, journal, limits, locality, notices, states
from portal.database import transaction
from portal.errors import Forbidden
from portal.feedback import rules
from portal.feedback.models import Category, Feedback, Handler, Reply, Way
from portal.law import days
from portal.people import queries as people
from portal.people.models import Person, Role
from portal.roster import queries as roster

AGAIN = timedelta(minutes=2)  # the same words of the same person within it are one message sent twice


NEWS = {"solve": "feedback/solved", "give_up": "feedback/unsolved", "disown": "feedback/not_ours"}


async def raise_(
    person: Person | None,
    category: Category,
    words: str,
    *,
    way: Way = Way.ONLINE,
    taken_by: Person | None = None,
    **where: Any,
) -> Feedback:
    """Take in what was raised. `person` is whose it is, `taken_by` who wrote it down for them. Sent twice counts once.
    Raises TooMany beyond 20 a day of one person who does not work here."""
    await limits.a_day("feedback", taken_by or person)
    async with transaction():
        author = person or taken_by
        await database.serialise(f"feedback {author.id if author else where.get('place')}")
        said = (words, where.get("place", ""))
        since = clock.now() - AGAIN
        mine = Feedback.filter(person=person, taken_by=taken_by, category=category, created_at__gt=since)
        for same in await mine:
            if (same.words, same.place) == said:
                return same
        where.setdefault("community_id", locality.current())
        made = await Feedback.create(
            person=person, taken_by=taken_by, category=category, words=words, way=way, **where
        )
        await journal.record(author, "raise", made, category=str(category), way=str(way))
        if category == Category.CONDUCT:
            await _tell_leads(made)
    return made


async def _tell_leads(made: Feedback) -> None:
    """What is said of a lawyer is the lead's to look into."""
    for lead in await people.holders(Role.LEAD, community=made.community_id):
        key = f"feedback/conduct:{made.id}:{lead.id}"
        await notices.owe(lead, "feedback/conduct", key=key, number=made.number)


async def due_after(count: int) -> datetime:
    """The end of the nth working day from today on the clinic's calendar, five in the afternoon."""
    today = clock.today()
    calendar = await roster.calendar(today, today + timedelta(days=3 * count + 30))
    return clock.at(days.add_workdays(today, count, calendar), 17 * 60)


async def _act(person: Person, record: Feedback, verb: str, **changes: Any) -> None:
    if not rules.MAY[verb](person, record, clock.now()):
        raise Forbidden
    await states.move(person, record, verb, **changes)


async def _say(person: Person, record: Feedback, verb: str, words: str) -> None:
    """Keep what was said, beside everything said before."""
    if words:
        await Reply.create(feedback=record, person=person, verb=verb, words=words)


async def _tell(record: Feedback, kind: str) -> None:
    """Owe news to whoever raised it."""
    if record.person_id:
        await record.fetch_related("person")
        await notices.owe(
            record.person,
            kind,
            key=f"{kind}:{record.id}:{record.reopened}:{record.handler}",
            about=record,
            number=record.number,
        )


async def dispatch(person: Person, record: Feedback, handler: Handler) -> None:
    """Give it to whoever does it. The first dispatch starts the clock; passing it on keeps what is left."""
    due = record.due_at or await due_after(rules.HANDLE_DAYS)
    async with transaction():
        await _act(
            person,
            record,
            "dispatch",
            detail={"handler": handler.value},
            handler=handler,
            dispatched_at=record.dispatched_at or clock.now(),
            due_at=due,
        )
        await _tell(record, "feedback/dispatched")


async def send_back(person: Person, record: Feedback, reason: str) -> None:
    """The handler cannot do it: back to the dispatcher with the reason, the clock running on."""
    async with transaction():
        await _act(person, record, "return")
        await _say(person, record, "return", reason)


async def answer(person: Person, record: Feedback, verb: str, words: str) -> None:
    """Solved (`solve`), not solved and why (`give_up`), or not ours and whose it is (`disown`): three different ends."""
    async with transaction():
        await _act(person, record, verb, answer=words, answered_at=clock.now(), satisfied=None)
        await _say(person, record, verb, words)
        await _tell(record, NEWS[verb])


async def confirm(person: Person, record: Feedback, satisfied: bool | None) -> None:
    """回访: it is solved; was the resident content? Not saying is allowed."""
    async with transaction():
        await _act(person, record, "confirm", satisfied=satisfied, asked_back_at=clock.now())


async def reopen(person: Person, record: Feedback, reason: str) -> None:
    """回访: it is not solved. Back to the same handler, with three working days; the earlier answer stays."""
    due = await due_after(rules.REDO_DAYS)
    async with transaction():
        await _act(
            person,
            record,
            "reopen",
            due_at=due,
            answered_at=None,
            satisfied=False,
            asked_back_at=clock.now(),
            reopened=record.reopened + 1,
        )
        await _say(person, record, "reopen", reason)


async def unmask(person: Person, record: Feedback) -> None:
    """Write that somebody asked to see its telephone in full."""
    async with transaction():
        await journal.record(person, "unmask", record)


async def ask_for_help(person: Person | None, phone: str, name: str, words: str) -> Feedback:
    """请人帮我办: somebody wants to be called. Without a session only the number is kept, as said; it proves nothing."""
    return await raise_(person, Category.HELP, words, place="" if person else f"{name} {phone}".strip())
