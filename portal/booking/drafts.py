"""What somebody is typing towards a booking, kept for their browser: a lost time costs them no word."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from portal import clock
from portal.attachments import actions as attachments
from portal.attachments.models import Attachment, Place
from portal.booking.models import Draft
from portal.database import transaction

KEPT = timedelta(days=7)
BROWSERS = UUID("8c7d7b0e-5a56-4c67-9a0e-2f5a1f1b6c11")  # the namespace of their ids


async def read(browser: str) -> dict[str, Any]:
    """What was typed in this browser, or nothing."""
    found = (
        await Draft.filter(browser=browser, ends_at__gt=clock.now()).first().values_list("typed", flat=True)
    )
    return dict(found) if found else {}


async def keep(browser: str, **typed: Any) -> dict[str, Any]:
    """Add to what was typed; answers all of it. A value of None forgets that one."""
    async with transaction():
        whole = {key: value for key, value in {**await read(browser), **typed}.items() if value is not None}
        ends_at = clock.now() + KEPT
        # One id for each browser: two of its tabs write the same row, and the envelope fits either way.
        draft = Draft(id=uuid5(BROWSERS, browser), browser=browser, typed=whole, ends_at=ends_at)
        await Draft.filter(browser=browser).exclude(id=draft.id).delete()
        await Draft.bulk_create([draft], on_conflict=["id"], update_fields=["typed", "ends_at"])
    return whole


async def drop(browser: str) -> None:
    """Forget it, and the papers that lie with it: the booking is made, or the person asked."""
    async with transaction():
        await Draft.filter(browser=browser).delete()
        await attachments.forget(Place.at(browser))


def abandoned(now: datetime) -> QuerySet[Attachment]:
    """Papers that lie with a form nobody has come back to."""
    alive = Subquery(Draft.filter(ends_at__gt=now).values("browser"))
    lying = Attachment.exclude(browser="").filter(created_at__lt=now - KEPT)
    return lying.exclude(browser__in=alive)


async def tidy() -> int:
    """Forget what nobody came back to."""
    async with transaction():
        keys = await abandoned(clock.now()).values_list("id", flat=True)
        gone = await attachments.destroy(list(keys))
        return gone + await Draft.filter(ends_at__lte=clock.now()).delete()
