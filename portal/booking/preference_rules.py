"""When what a resident would rather have in a lawyer weighs more than the time that was kept for them."""

from uuid import UUID

from portal.booking.rules import Ranked


def in_order(ranked: list[Ranked], prefer: UUID | None) -> list[Ranked]:
    """First the time or the lawyer that was promised. A time, which was kept before anybody said what they would rather
    have, yields to a lawyer who is free then, knows as much of the topic and meets more of it."""
    held = next((one for one in ranked if one.desk.slot == prefer), None)
    if held and ranked[0].knows == held.knows and ranked[0].meets > held.meets:
        return ranked
    return sorted(ranked, key=lambda one: prefer not in (one.desk.slot, one.desk.lawyer))
