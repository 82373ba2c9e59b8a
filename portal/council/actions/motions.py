"""Motions: proposed, screened, and after the decision carried out in front of everybody."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal import clock, journal, limits, locality, notices, states
from portal.council import charter_rules, queries, rules, vote_rules
from portal.council.models import Motion, Task
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person

MOST_PROGRESS = 1000  # characters of all notes on one task


async def propose(person: Person, title: str, words: str, sources: Sequence[str] = ()) -> Motion:
    """Put something before the council. `sources` are the numbers of needs and disputes it grew out of.
    Raises TooMany beyond 20 a day of one person who does not work here."""
    await limits.a_day("motion", person)
    async with transaction():
        motion = await Motion.create(
            person=person,
            community_id=locality.current(),
            title=title,
            words=words,
            sources=list(sources),
        )
        await journal.record(person, "create", motion, sources=len(sources))
    return motion


async def admit(person: Person, motion: Motion, reason: str = "", title: str = "", words: str = "") -> None:
    """It will be weighed at a meeting, and is public from now on; everybody out of whose matters it grew is told once.

    A topic that the portal suggested may be put in better words on the way: `title` and `words`.
    """
    edited = {"title": title, "words": words} if motion.is_suggested and title and words else {}
    await _screen(person, motion, "admit", reason, **edited)


async def decline(person: Person, motion: Motion, reason: str) -> None:
    """It is not for the council; whoever proposed it reads why."""
    await _screen(person, motion, "decline", reason)


async def _screen(person: Person, motion: Motion, verb: str, reason: str, **changes: Any) -> None:
    if not rules.may_screen(person, motion, clock.now()):
        raise Forbidden
    async with transaction():
        await states.move(person, motion, verb, reason=reason, **changes)
        await tell(motion, "council/screened")
        if verb == "admit":
            await _tell_reporters(motion)


async def _tell_reporters(motion: Motion) -> None:
    """Once each, and without saying what they reported: somebody else may hold the telephone."""
    for reporter, about in await queries.reporters(motion.sources):
        if reporter.id != motion.person_id:
            key = f"became:{motion.id}:{reporter.id}"
            await notices.owe(reporter, "council/became", key=key, about=about, number=motion.number)


async def word_decision(person: Person, motion: Motion, words: str) -> None:
    """Say in words what was decided, which may be no. From this day on it is on show for as long as the charter says,
    never less than fifteen days (article 34)."""
    if not rules.may_conclude(person, motion):
        raise Conflict(_("表决以后才能写决定；写过的决定不能再改，要更正请写进会议纪要。"))
    await motion.fetch_related("meeting")
    days = vote_rules.terms_of(motion.meeting).published_days if motion.meeting else charter_rules.PUBLISHED
    today = clock.today()
    shown = {"published_from": today, "published_until": charter_rules.published_until(today, days)}
    async with transaction():
        blank = Motion.filter(id=motion.id, state=motion.state, decision="")
        if not await blank.update(decision=words, **shown):
            raise Conflict
        await journal.record(person, "conclude", motion, characters=len(words))


async def assign(person: Person, motion: Motion, words: str, owner: str, due_on: date) -> Task:
    """Say who does what of a decision, until when. Everybody can see whether it is done. The same twice is one."""
    if not rules.may_assign(person, motion):
        raise Conflict(_("只有表决通过的议题才能安排督办。"))
    async with transaction():
        same = Task.filter(motion_id=motion.id, words=words, owner=owner, due_on=due_on, done_on__isnull=True)
        if await same.exists():
            raise Conflict(_("这一项已经安排过了。"))
        task = await Task.create(motion=motion, words=words, owner=owner, due_on=due_on)
        await journal.record(person, "create", task, motion=motion.number, due_on=due_on.isoformat())
    return task


async def report_progress(person: Person, task: Task, words: str) -> None:
    """Add a dated note on how far it is, for everybody to read. Nothing that was noted before is lost."""
    await task.fetch_related("motion")
    if not person.serves(task.motion.community_id):
        raise Forbidden
    line = f"{clock.today().isoformat()} {words}"
    if line in task.progress.split("\n"):
        raise Conflict(_("这一条今天已经记过了。"))
    told = f"{task.progress}\n{line}".strip()
    if len(told) > MOST_PROGRESS:
        raise Conflict(_("这一项的进展写满了，请先办结，或者写进会议纪要。"))
    async with transaction():
        same = Task.filter(id=task.id, done_on__isnull=True, progress=task.progress)
        if not await same.update(progress=told):
            raise Conflict(_("刚刚有人记了进展或者已经办结，请看最新情况再写。"))
        await journal.record(person, "report_progress", task, characters=len(words))


async def finish(person: Person, task: Task) -> None:
    """It is done, as of today."""
    await task.fetch_related("motion")
    if not person.serves(task.motion.community_id):
        raise Forbidden
    async with transaction():
        today = clock.today()
        if not await Task.filter(id=task.id, done_on__isnull=True).update(done_on=today):
            raise Conflict(_("这一项已经办结了。"))
        await journal.record(person, "finish", task, on=today.isoformat())


async def tell(motion: Motion, kind: str, **values: Any) -> None:
    """Owe whoever proposed it a message. Needs `person` loaded, where it has one."""
    if motion.person_id is not None:
        await notices.owe(motion.person, kind, number=motion.number, **values)
