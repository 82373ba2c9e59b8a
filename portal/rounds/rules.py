"""Who walks which round, and what may be answered at a door."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from portal.people.models import STAFF
from portal.rounds.models import Answer, State

ANSWERS = [Answer.CALM, Answer.NEED, Answer.DISPUTE, Answer.ABSENT]


def may_close(person: Any, record: Any, now: datetime) -> bool:
    """Staff end a round."""
    return bool(person.roles & STAFF)


def may_visit(record: Any, today: date) -> bool:
    """An open round takes answers up to and including its last day."""
    return record.state == State.OPEN and today <= record.until_on


MAY = {"close": may_close}


def progress(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Of so many doors so many answered, and what they said. Nobody at home is visited, not answered."""
    counts = dict.fromkeys([answer.value for answer in Answer], 0)
    for row in rows:
        counts[row["answer"]] += row["count"]
    total = sum(counts.values())
    answered = total - counts[Answer.PENDING] - counts[Answer.ABSENT]
    return {
        **counts,
        "total": total,
        "answered": answered,
        "percent": round(100 * answered / total) if total else 0,
    }
