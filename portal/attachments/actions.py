"""Papers are handed in, taken back, carried along with what they belong to, and let go. Each function is one transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tortoise.expressions import Q, Subquery

from portal import clock, database, journal, limits, secrecy, settings
from portal.attachments import queries, rules
from portal.attachments.cleaning import Refused
from portal.attachments.inspection import inspect
from portal.attachments.models import Attachment, Content, Kind, Place, digest
from portal.database import transaction
from portal.errors import Missing, TooMany
from portal.fields import Envelope
from portal.languages import _
from portal.records import new_id


class Handed(NamedTuple):
    """What became of some files: how many are kept, and for each of the others a sentence that says why not."""

    kept: int
    refused: list[str]


async def hand_in(place: Place, files: Sequence[tuple[str, bytes]], by: Any, address: str = "") -> Handed:
    """Keep what of these (name, bytes) may be kept, made harmless; the same file twice is kept once.

    `by` is nobody before a telephone is shown; then `address`, a keyed one, is counted. Nothing is written while a file is
    inspected, and a file that is not taken costs the others nothing.
    """
    ready, refused = list[tuple[str, Kind, bytes]](), list[str]()
    for name, content in files:
        try:
            await _count(by, address)
            if len(content) > rules.MOST_BYTES:
                raise Refused(rules.TOO_LARGE)
            ready.append((rules.named(name), *await inspect(content)))
        except Refused as why:
            refused.append(_told(name, str(rules.REASONS[str(why)])))
        except TooMany as many:
            refused.append(_told(name, many.text))
    if not ready:
        return Handed(0, refused)
    kept = 0
    async with transaction():
        await database.serialise(f"attachments {place.browser or place.matter}")
        there = await queries.listed(place)
        count, total = len(there), sum(row["size"] for row in there)
        room = settings.current().papers_megabytes * rules.MEGABYTE
        spare = rules.MOST_UNSIGNED - await queries.unsigned() if by is None else room
        for name, kind, content in ready:
            if await _is_there(place, content):
                kept += 1
                continue
            if why_not := rules.why_not(count, total, len(content), min(room, total + spare)):
                refused.append(_told(name, str(rules.REASONS[why_not])))
                continue
            await _keep(place, name or _("第 %(n)s 份") % {"n": count + 1}, kind, content, by)
            count, total, spare, kept = count + 1, total + len(content), spare - len(content), kept + 1
        if place.record is not None and kept:
            await journal.record(by, "hand_in", place.record, papers=kept)
    return Handed(kept, refused)


def _told(name: str, why: str) -> str:
    return _("“%(name)s”没有收下：%(why)s") % {"name": rules.named(name) or _("没有名字的文件"), "why": why}


async def _count(by: Any, address: str) -> None:
    """So many an hour; staff take papers in for everybody."""
    if by is None or not by.is_staff:
        await limits.count(f"attachments:{by.id if by else address}", rules.A_FEW, rules.AN_HOUR)


async def _is_there(place: Place, content: bytes) -> bool:
    """Does this very file lie there already?"""
    there = Subquery(Attachment.filter(place.where, removed_at=None).values("id"))
    same = secrecy.marks("paper", digest(content))
    return await Content.filter(id__in=there, digest__in=same).exists()


async def _keep(place: Place, name: str, kind: Kind, content: bytes, by: Any) -> None:
    key = new_id()
    await Attachment.create(id=key, name=name, kind=kind, size=len(content), by=by, **place.columns)
    await Content.create(id=key, body=content)


async def take_back(actor: Any, place: Place, attachment: Attachment) -> None:
    """Let one file go; with a matter its row stays, and says that there was one. Missing when it has gone already."""
    async with transaction():
        if not await _let_go(Q(id=attachment.id) & place.where):
            raise Missing
        if place.record is not None:
            await journal.record(actor, "take_back", place.record)
        else:
            await Attachment.filter(id=attachment.id).delete()


async def carry(before: Place, to: Any, by: Any = None) -> int:
    """Give a record the files that lay elsewhere, in the transaction that makes it or joins the two; how many there were.

    From a form they go with `by`, who hands it over: theirs, and those of nobody who was known yet. What somebody else who
    was signed in there brought stays behind.
    """
    async with transaction():
        if before.browser and not await queries.has_any(before.browser):
            return 0
        lying = Attachment.filter(before.where, removed_at=None)
        if before.browser:
            lying = lying.filter(Q(by_id=None) | Q(by_id=by.id))
            await lying.filter(by_id=None).update(by_id=by.id)
        moved = await lying.update(**Place.of(to).columns)
        if moved:
            await journal.record(by, "hand_in", to, papers=moved)
    return moved


async def follow(before: Place, to: Place, by: Any = None) -> int:
    """Files of a form lie with it in another browser from now on; how many there were. `by` takes only their own along, and
    those of nobody who was known yet; without one all go."""
    async with transaction():
        lying = Attachment.filter(before.where, removed_at=None)
        return await (lying.filter(Q(by_id=None) | Q(by_id=by.id)) if by else lying).update(**to.columns)


async def let_go(kind: str, key: Any) -> None:
    """The files of a matter whose words are let go, in that transaction."""
    await _let_go(Q(matter_kind=kind, matter=key))


async def forget(place: Place) -> int:
    """Files of a form that nobody finishes, without a trace; how many there were."""
    async with transaction():
        if place.browser and not await queries.has_any(place.browser):
            return 0
        keys = await Attachment.filter(place.where).values_list("id", flat=True)
        return await destroy(list(keys))


async def destroy(keys: Sequence[Any]) -> int:
    """These rows with their bytes, inside `transaction()`."""
    await Content.filter(id__in=list(keys)).delete()
    return await Attachment.filter(id__in=list(keys)).delete()


async def _let_go(which: Q) -> int:
    """Bytes and names go, rows stay; how many there were."""
    keys = await Attachment.filter(which, removed_at=None).values_list("id", flat=True)
    await Content.filter(id__in=list(keys)).delete()
    gone: dict[str, Any] = {"removed_at": clock.now(), "name": Envelope("")}
    return await Attachment.filter(id__in=list(keys)).update(**gone)
