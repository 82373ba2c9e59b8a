"""Minutes in versions: written by staff, signed off by the chair; what is signed is published and never rewritten."""

from portal import clock, database, journal
from portal.council import member_queries, rules
from portal.council.models import Meeting, Minutes
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people.models import Person


async def write_minutes(
    person: Person, meeting: Meeting, words: str, *, change: str = "", after: int = 0
) -> Minutes:
    """Write the next version; `after` is the version it was written from. Of every version but the first it is said what
    changed. Conflict when somebody wrote one meanwhile."""
    if not rules.may_write_minutes(person, meeting, clock.now()):
        raise Conflict(_("会议开始以后才能写纪要。"))
    async with transaction():
        await database.serialise(f"minutes {meeting.id}")
        last = await Minutes.filter(meeting_id=meeting.id).order_by("-version").first()
        if (last.version if last else 0) != after:
            raise Conflict(_("刚刚有人写了新的一稿，请看过再改。"))
        if last and not change:
            raise Conflict(_("请写改了什么、为什么改。"))
        if last and last.words == words:
            raise Conflict(_("和上一稿一样，没有改动。"))
        made = await Minutes.create(
            meeting=meeting, version=after + 1, words=words, change=change, written_by_id=person.id
        )
        await journal.record(person, "minute", meeting, version=made.version, characters=len(words))
    return made


async def sign(person: Person, meeting: Meeting, version: int) -> None:
    """The chair signs the latest version off, and it is published; else a lead who did not write it. Forbidden for anybody
    else, Conflict when there is a newer version or it is signed already."""
    minutes = await Minutes.filter(meeting_id=meeting.id).order_by("-version").first()
    if minutes is None or minutes.version != version:
        raise Conflict(_("已经有更新的一稿，请看过再签。"))
    if minutes.signed_at is not None:
        raise Conflict(_("这一稿已经签过了。"))
    if not rules.may_sign(person, meeting, minutes, await member_queries.chair_of(meeting)):
        raise Forbidden(_("纪要要由主持人，或者没有参与起草的社区负责人来签。"))
    async with transaction():
        await database.serialise(f"minutes {meeting.id}")
        newer = Minutes.filter(meeting_id=meeting.id, version__gt=version)
        unsigned = Minutes.filter(id=minutes.id, signed_at__isnull=True)
        if await newer.exists() or not await unsigned.update(signed_by_id=person.id, signed_at=clock.now()):
            raise Conflict
        await Meeting.filter(id=meeting.id).update(minutes=minutes.words)
        await journal.record(person, "sign", meeting, version=version)
