"""State machines as tables. A move is one guarded UPDATE: whoever comes second is told so, on every engine.

A record that moves has `state`, and its class has `MOVES`: {(from, verb): to}. `portal.journal` hears of each move.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from portal import journal
from portal.errors import Conflict
from portal.languages import _

Moves = Mapping[tuple[str, str], str]
May = Mapping[str, Callable[[Any, Any, datetime], bool]]


def allowed(record: Any, verb: str) -> bool:
    """Does the table know this verb in the record's state?"""
    return (record.state, verb) in type(record).MOVES


async def move(
    actor: Any, record: Any, verb: str, *, detail: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Move the record, or raise Conflict when its state does not allow it or somebody was first.

    `changes` are further columns set in the same UPDATE; `detail` goes to the journal (numbers and codes, no words
    of a person). Must run inside `transaction()`.
    """
    before, kind = record.state, type(record)
    if (before, verb) not in kind.MOVES:
        raise Conflict(_("这一步现在不能办理：状态已经变化。请看最新情况。"))
    changes["state"] = kind.MOVES[before, verb]
    if not await kind.filter(id=record.id, state=before).update(**record.sealed(**changes)):
        raise Conflict
    for name, value in changes.items():
        setattr(record, name, value)
    await journal.record(actor, verb, record, was=str(before), now=str(record.state), **(detail or {}))


def offers(person: Any, record: Any, may: May, now: datetime) -> list[str]:
    """The verbs this person can use on this record now, in the order of the table. Templates draw exactly these."""
    verbs = (verb for state, verb in type(record).MOVES if state == record.state)
    return [verb for verb in verbs if verb not in may or may[verb](person, record, now)]


def unreachable(moves: Moves, first: str, states: Iterable[str]) -> set[str]:
    """The states that no chain of moves reaches from the first one (a house test wants none)."""
    reached, frontier = {str(first)}, {str(first)}
    while frontier:
        frontier = {str(to) for (start, _verb), to in moves.items() if start in frontier} - reached
        reached |= frontier
    return {str(state) for state in states} - reached
