"""Which glass is broken, who is told of it, and what they have not looked at yet."""

from typing import Any
from uuid import UUID

from portal import clock
from portal.people import queries, sight
from portal.people.models import BrokenGlass, Person, Post, Role

MOST = 100


async def second_person(actor: Person, community: UUID | None, about: UUID) -> Person | None:
    """Who is told when `actor` opens what somebody (`about`) confided: the lead of that community, else whoever leads or
    audits the whole portal, else any other lead or auditor; never one of the two. None when there is nobody."""
    held = Post.current(clock.today()).filter(role__in=[Role.LEAD, Role.AUDITOR])
    others = await held.exclude(person_id__in=[actor.id, about]).order_by("began_on", "person_id")

    def distance(post: Post) -> tuple[bool, bool, bool]:
        return post.place_id not in (community, None), post.role != Role.LEAD, post.place_id is None

    if not others:
        return None
    nearest = min(others, key=distance)
    return await Person.filter(id=nearest.person_id).prefetch_related(queries.posts()).get()


async def told(person: Person, *, anew: bool = True) -> list[BrokenGlass]:
    """What this person was told of, the latest first; `anew`: only what they have not looked at yet."""
    found = BrokenGlass.filter(told_id=person.id, **({"reviewed_at": None} if anew else {}))
    return await found.order_by("-created_at").limit(MOST).select_related("person")


def kinds() -> dict[str, Any]:
    """Kinds of records with a community of their own over which a glass may be broken, by name."""
    guarded = {kind.__name__.lower(): kind for kind in sight.Guarded.__subclasses__()}
    return {name: guarded[name] for name in ("consultation", "appointment") if name in guarded}
