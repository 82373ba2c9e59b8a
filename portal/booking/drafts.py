"""What somebody is typing towards a booking, kept for their browser: a lost time costs them no word."""

from datetime import timedelta
from typing import Any

from portal import clock
from portal.booking.models import Draft
from portal.database import transaction

KEPT = timedelta(days=7)


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
        if not await Draft.filter(browser=browser).update(typed=whole, ends_at=ends_at):
            await Draft.bulk_create(
                [Draft(browser=browser, typed=whole, ends_at=ends_at)],
                on_conflict=["browser"],
                update_fields=["typed", "ends_at"],
            )
    return whole


async def drop(browser: str) -> None:
    """Forget it: the booking is made, or the person asked."""
    async with transaction():
        await Draft.filter(browser=browser).delete()


async def tidy() -> int:
    """Forget what nobody came back to."""
    async with transaction():
        return await Draft.filter(ends_at__lte=clock.now()).delete()
