"""Strangers who take a time at the same moment: one transaction for all of them, in which each is judged as if alone.

What the rush before a holiday costs is then the claims themselves. Whoever wants more than a time (a lawyer, two times, a
time that is gone) is told no here, keeps what they had, and is seen to by `holds.hold` as anybody else is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock, database, settings
from portal.booking import drafts, fairness, queries, rules
from portal.booking.actions.holds import KEPT
from portal.booking.rules import Loads, Ranked
from portal.database import transaction
from portal.records import new_id

# As `holds.CLAIM` has it for somebody with nothing but a browser; the conflict clause decides between processes.
CLAIM = """
WITH asked(id, slot_id, browser) AS (VALUES {rows})
INSERT INTO hold (id, created_at, slot_id, browser, ends_at)
SELECT a.id, {at}, s.id, a.browser, {at} FROM asked a JOIN slot s ON s.id = a.slot_id WHERE s.withdrawn_at IS NULL
ON CONFLICT (slot_id) DO UPDATE
SET created_at = excluded.created_at, browser = excluded.browser, wait_id = NULL, beside_id = NULL,
  extended_at = CASE WHEN {kept} THEN hold.extended_at END,
  ends_at = CASE WHEN {kept} THEN hold.ends_at ELSE excluded.ends_at END
WHERE hold.ends_at IS NOT NULL
  AND (hold.ends_at <= excluded.created_at OR (hold.browser <> '' AND hold.browser = excluded.browser))
RETURNING slot_id, browser
"""
LET_GO = """
DELETE FROM hold WHERE browser IN ({browsers}) AND appointment_id IS NULL AND ends_at > ? AND slot_id NOT IN ({slots})
"""


class Ask(NamedTuple):
    """A stranger's browser, the instant it wants and what about; `typed` is kept with the time, or not at all."""

    browser: str
    starts_at: datetime
    topic: str
    typed: Mapping[str, Any]


class Weighed:
    """The desks of a board as they are ranked, each weighed once for as long as board and loads stay as they are."""

    def __init__(self, board: queries.Board, loads: Loads) -> None:
        self.board, self.loads = board, loads
        self.found: dict[tuple[datetime, str], dict[str, Ranked]] = {}

    @classmethod
    def of(cls, board: queries.Board, loads: Loads) -> "Weighed":
        """The one that is kept, where it still holds."""
        kept: Weighed | None = database.kept().get("weighed")
        if kept is None or kept.board is not board or kept.loads != loads:
            kept = database.kept()["weighed"] = cls(board, loads)
        return kept

    def at(self, starts_at: datetime, topic: str) -> dict[str, Ranked]:
        """By the text of its slot's id, every desk there is at this instant."""
        found = self.found.get((starts_at, topic))
        if found is None:
            there = self.board.desks.get(starts_at, {})
            found = {slot: rules.weigh(desk, topic, self.loads) for slot, desk in there.items()}
            self.found[starts_at, topic] = found
        return found


async def take_together(asks: Sequence[Ask], community: UUID | None) -> list[bool]:
    """Keep a desk of this community for each, as `hold` does: which of them have one now. Each browser may ask once."""
    now = clock.now()
    board = await queries.board(now, community)
    earliest = queries.earliest(now)
    async with transaction():
        typed = await drafts.read_all([ask.browser for ask in asks])
        taken, plan = await queries.taken_at({ask.starts_at for ask in asks}, now)
        weighed = Weighed.of(board, await queries.loads(now))
        chosen: dict[str, UUID] = {}
        for ask in asks if board.edition == plan else ():
            is_offered = ask.starts_at >= earliest and clock.day_of(ask.starts_at) in board.days
            if not is_offered or typed.get(ask.browser, {}).get("lawyer"):
                continue
            free = [
                one
                for slot, one in weighed.at(ask.starts_at, ask.topic).items()
                if taken.get(slot, ask.browser) == ask.browser
            ]
            if free:
                best = fairness.in_order(free)[0].desk.slot
                chosen[ask.browser], taken[str(best)] = best, ask.browser
        won = await _claim(chosen, now) if chosen else set()
        if won:
            kept = {ask.browser: drafts.added(typed.get(ask.browser, {}), ask.typed) for ask in asks}
            await drafts.keep_all({browser: kept[browser] for browser in won})
    return [ask.browser in won for ask in asks]


async def _claim(chosen: Mapping[str, UUID], now: datetime) -> set[str]:
    """Claim these times, and let go of what those who got theirs held before: who they are."""
    is_lite = database.engine() == "sqlite"
    row, at = ("(?, ?, ?)", "?") if is_lite else ("(?::uuid, ?::uuid, ?)", "?::timestamptz")
    until = now + timedelta(minutes=settings.current().hold_minutes)
    sql = CLAIM.format(rows=", ".join([row] * len(chosen)), at=at, kept=KEPT)
    asked = [value for browser, slot in chosen.items() for value in (new_id(), slot, browser)]
    won = {found["browser"]: found["slot_id"] for found in await database.look_up(sql, *asked, now, until)}
    if won:
        browsers, slots = ", ".join("?" * len(won)), ", ".join("?" * len(won))
        await database.change(LET_GO.format(browsers=browsers, slots=slots), *won, now, *won.values())
    return set(won)
