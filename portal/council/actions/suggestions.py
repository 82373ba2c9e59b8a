"""The portal proposes: when similar matters pile up, a topic with its sources, for staff to admit or decline."""

from portal import database, journal, locality
from portal.community.models import Community
from portal.council import suggestion_queries
from portal.council.models import Motion
from portal.database import transaction
from portal.languages import _, speaking


async def suggest(kind: str = "") -> int:
    """Propose a topic for each kind of matter that piles up here (or for this one), once: while it is open, and of the
    same matters, there is no second. How many there were."""
    here = locality.current()
    async with transaction():
        await database.serialise(f"suggest {here}")
        made = 0
        for pile in await suggestion_queries.piles(here):
            if kind in ("", pile.kind):
                await _make(pile)
                made += 1
    return made


async def _make(pile: suggestion_queries.Pile) -> Motion:
    with speaking("zh"):  # it will stand beside what residents wrote
        said = {"what": suggestion_queries.label_of(pile.kind), "n": len(pile.sources)}
        title = _("%(what)s：大家一起想办法") % said
        words = (
            _("最近九十天里，居民反映“%(what)s”这一类事有 %(n)s 件。请大家商量，有没有一个一起解决的办法。")
            % said
        )
    motion = await Motion.create(
        community_id=locality.current(),
        title=title,
        words=words,
        sources=pile.sources,
        is_suggested=True,
        category=pile.kind,
    )
    await journal.record(None, "create", motion, sources=len(pile.sources))
    return motion


async def suggest_all() -> int:
    """The same for every community."""
    made = 0
    for community in await Community.all():
        with locality.standing(locality.Known(community.id, community.name)):
            made += await suggest()
    return made
