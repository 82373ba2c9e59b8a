"""What grows around questions in the demonstration: notes of each kind, last days, and a matter that was asked twice."""

from datetime import date, datetime, timedelta
from typing import Any

from portal.consultations.models import Consultation, Danger, Deadline, Note, NoteKind, State
from portal.consultations.rules import periods_of
from portal.demo.history import History
from portal.law.days import Calendar
from portal.law.periods import period
from portal.people.models import Person

NOTES = {
    NoteKind.RESIDENT: "补充一下：当时有邻居在场，可以作证。",
    NoteKind.STAFF: "来过一次窗口，听力不太好，打电话时请说慢一点。",
}
LEFT = (4, 20)  # days to a last day: one is near, one is not


def grow(history: History, known: Calendar, staff: Person, now: datetime, today: date) -> None:
    """Beside the questions that wait for a lawyer, the nearest first."""
    rows: list[Any] = history.rows[Consultation]
    waiting = sorted((row for row in rows if row.state == State.ASKED), key=lambda row: row.created_at)[:4]
    for consultation in waiting[:2]:
        for kind, words in NOTES.items():
            author = consultation.person_id if kind == NoteKind.RESIDENT else staff.id
            history.add(Note, now, consultation=consultation, kind=kind.value, author_id=author, words=words)
    for consultation, left in zip(waiting, LEFT, strict=False):
        key = next(key for key in periods_of(consultation.topic) if period(key).length)
        span = period(key).deadline(today, known)
        on = today - timedelta(days=(span.raw - today).days - left) if span else today
        end = period(key).deadline(on, known)
        if end is None:
            continue
        history.add(
            Deadline,
            now,
            consultation=consultation,
            period=key,
            event_on=on,
            last_on=end.raw,
            rolled_on=end.rolled,
        )
        if end.days_left(today) < 7:
            consultation.is_urgent, consultation.danger = True, Danger.DEADLINE.value
    for first in waiting[2:3]:
        people: list[Any] = history.rows[Person]
        history.create(
            next(one for one in people if one.id == first.person_id),
            Consultation,
            now - timedelta(minutes=50),
            person_id=first.person_id,
            topic=first.topic,
            words="我前几天问过，怕没有登记上，再留一次。",
            channel="web",
        )
