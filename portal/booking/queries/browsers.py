"""What a browser holds, and what was typed in it towards a booking."""

from typing import Any
from uuid import UUID

from portal import clock, database
from portal.booking.models import Draft
from portal.fields import instant

HELD = """
SELECT h.id, h.ends_at, h.extended_at, h.beside_id, s.starts_at, s.ends_at AS until, p.name, d.community_id
FROM hold h JOIN slot s ON s.id = h.slot_id JOIN duty d ON d.id = s.duty_id JOIN lawyer l ON l.id = s.lawyer_id JOIN person p ON p.id = l.person_id
WHERE h.browser = ? AND h.appointment_id IS NULL AND h.ends_at > ? ORDER BY h.ends_at DESC
"""
AT = """
SELECT (SELECT d.typed FROM draft d WHERE d.browser = ? AND d.ends_at > ?) AS typed,
  (SELECT COUNT(*) FROM hold h WHERE h.browser = ? AND h.appointment_id IS NULL AND h.ends_at > ?) AS held
"""
INSTANTS = ("ends_at", "extended_at", "starts_at", "until")


async def hold_of(browser: str) -> dict[str, Any] | None:
    """What this browser holds until `ends_at`: the time from `starts_at` to `until`, the lawyer's `name`, its
    `community_id`, whether it `is_long` (two times as one) and may be kept longer; None when it holds nothing."""
    if not browser:
        return None
    found = await database.look_up(HELD, browser, clock.now())
    held = next((row for row in found if row["beside_id"] is None), None)
    if held is None:
        return None
    second = next((row for row in found if row["beside_id"] == held["id"]), None)
    held |= {name: held[name] and instant(held[name]) for name in INSTANTS}
    held["community_id"] = UUID(str(held["community_id"])) if held["community_id"] else None
    held |= {"is_long": second is not None, "may_extend": held["extended_at"] is None}
    return held | {"until": instant(second["until"])} if second else held


async def at(browser: str) -> tuple[dict[str, Any], bool]:
    """(what was typed in this browser, does it hold a time?), by one question."""
    if not browser:
        return {}, False
    now = clock.now()
    found = (await database.look_up(AT, browser, now, browser, now))[0]
    typed = Draft._meta.fields_map["typed"].to_python_value(found["typed"]) if found["typed"] else {}
    return dict(typed), found["held"] > 0
