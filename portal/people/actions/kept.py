"""What was typed into a form whose sender had been signed out meanwhile: kept for an hour, given back once."""

import json
from datetime import timedelta
from uuid import UUID

from portal import clock, limits
from portal.database import transaction
from portal.people.models import KeptForm

LIVES = HOUR = timedelta(hours=1)
MOST = 200_000  # bytes of a form; what is longer is not kept
# What shows who somebody is, or opens something, is never kept, whatever form it stood in.
NEVER = frozenset(
    {
        *("password", "old", "new", "again", "current", "code", "digits", "card", "totp", "secret"),
        *("passphrase", "recovery", "token", "assertion", "credential"),
    }
)

Fields = list[tuple[str, str]]


async def keep_form(browser: str, address: str, path: str, fields: Fields, owner: UUID | None) -> UUID | None:
    """Keep what was typed for this browser and, where it is known, for this person alone; its id. None where nothing is
    left to keep, or it is longer than `MOST`. Raises TooMany beyond 20 forms from a browser, 200 from an address or 2,000
    in all within an hour: whoever keeps more is no person."""
    kept = [[name, value] for name, value in fields if name not in NEVER]
    if not any(value.strip() for _name, value in kept):
        return None
    typed = {"owner": str(owner or ""), "fields": kept}
    if len(json.dumps(typed, ensure_ascii=False).encode("utf-8", "replace")) > MOST:
        return None
    await limits.count(f"kept:browser:{browser}", 20, HOUR)
    await limits.count(f"kept:address:{address}", 200, HOUR)
    await limits.count("kept", 2000, HOUR)
    async with transaction():
        made = await KeptForm.create(browser=browser, path=path, typed=typed, ends_at=clock.now() + LIVES)
    return made.id


async def forget_form(form: KeptForm) -> bool:
    """It has been given back; False when it had been before."""
    async with transaction():
        return bool(await KeptForm.filter(id=form.id).delete())


async def tidy_forms() -> int:
    """Forget what nobody came back for."""
    async with transaction():
        return await KeptForm.filter(ends_at__lte=clock.now()).delete()
