"""What comes after advice in the demonstration: how it reached its resident, a further question, whether it helped, and what
another lawyer thinks of it."""

from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.booking.models import Appointment
from portal.consultations.models import (
    Consultation,
    Delivery,
    FollowUp,
    Helped,
    Prescription,
    PrescriptionState,
    Review,
    State,
)
from portal.consultations.rules.aftercare import AFTER, ASKING
from portal.demo.history import History
from portal.fields import Clear
from portal.roster.models import Lawyer

QUESTION, ANSWER = (
    "催款的短信对方不回，算不算催过？",
    "算。把发出去的短信连同日期一起截图留好，隔一段时间再发一次。",
)
SAID = (Helped.SOLVED, Helped.BETTER, Helped.SOLVED, Helped.BETTER, None, Helped.NO, Helped.SOLVED)
OPINION = "第二步最好写明去哪个窗口、带哪几样材料，居民一次就能办成。"
WORDS = {Helped.NO: "对方一直不接电话，不知道下一步怎么办。"}


def follow(history: History, lawyer: Lawyer, now: datetime) -> None:
    """The newest advice waits at the desk, the next of this lawyer was asked about; the older say whether it helped."""
    rows: list[Any] = history.rows[Consultation]
    ended = [row for row in rows if row.state == State.ADVISED]
    advised = sorted(ended, key=lambda row: row.ended_at, reverse=True)
    ways = (Delivery.PRINT, Delivery.CALL)
    for n, row in enumerate(advised):
        row.deliver_by = (ways[n] if n < len(ways) else [*ways, Delivery.LINK][n % 3]).value
        if n >= len(ways) and row.deliver_by != Delivery.LINK:
            row.handed_at = row.ended_at + timedelta(hours=2)
    _ask(history, [row for row in advised if row.ended_at > now - ASKING], lawyer, now)
    asked = [row for row in advised if row.ended_at < now - AFTER - timedelta(days=3)]
    for n, row in enumerate(asked):
        if said := SAID[n % len(SAID)]:
            row.helped, row.helped_words = said.value, Clear(WORDS.get(said, ""))
            row.helped_at = row.ended_at + AFTER + timedelta(days=1)
            if said == Helped.NO and n > len(SAID):
                row.recalled_at = row.helped_at + timedelta(days=1)


def _ask(history: History, recent: list[Any], lawyer: Lawyer, now: datetime) -> None:
    """The first of this lawyer's is still to be answered, another's was."""
    of: dict[Any, Any] = {row.id: row for row in history.rows[Appointment]}  # type: ignore[attr-defined]
    mine = [row for row in recent if of[row.appointment_id].lawyer_id == lawyer.id][:1]
    for row in [*mine, *[row for row in recent if row not in mine][:1]]:
        asked, theirs = row.ended_at + timedelta(hours=5), of[row.appointment_id].lawyer_id
        answered = {} if row in mine else {"answer": ANSWER, "answered_by_id": theirs}
        history.add(
            FollowUp,
            asked,
            consultation=row,
            question=QUESTION,
            lawyer_id=theirs,
            due_on=clock.day_of(now) + timedelta(days=2),
            **answered,
            **({"answered_at": asked + timedelta(hours=20)} if answered else {}),
        )


def review(history: History, lawyer: Lawyer, now: datetime) -> None:
    """Of the advice of months that are over one is for this lawyer to look at, one they have looked at, and one of theirs was
    looked at by another."""
    rows: list[Any] = history.rows[Prescription]
    firms: dict[Any, Any] = {one.id: one.firm_id for one in history.rows[Lawyer]}  # type: ignore[attr-defined]
    hidden = {one.id for one in history.rows[Consultation] if one.protection_id}  # type: ignore[attr-defined]
    over = clock.at(clock.day_of(now).replace(day=1))
    issued = [row for row in rows if row.state == PrescriptionState.ISSUED and row.issued_at < over]
    issued = sorted(issued, key=lambda row: row.issued_at, reverse=True)
    seen = [row for row in issued if row.consultation_id not in hidden]
    others = [row for row in seen if firms[row.lawyer_id] != lawyer.firm_id]
    own = [row for row in seen if row.lawyer_id == lawyer.id]
    _given(history, others[0], lawyer.id, now)
    _given(history, others[1], lawyer.id, now, [5, 4, 5])
    _given(history, own[0], others[0].lawyer_id, now, [5, 3, 4], OPINION)


def _given(
    history: History,
    prescription: Any,
    reviewer: Any,
    now: datetime,
    answers: list[int] | None = None,
    words: str = "",
) -> None:
    offered = now - timedelta(days=3)
    said = {"answers": answers, "score": min(answers), "words": words} if answers else {}
    row: Any = history.add(
        Review, offered, prescription=prescription, reviewer_id=reviewer, offered_at=offered, **said
    )
    history.note(None, "draw", row, offered)
    history.note(None, "offer", row, offered)
    if answers:
        row.reviewed_at = now - timedelta(days=1)
        history.note(None, "assess", row, row.reviewed_at)
