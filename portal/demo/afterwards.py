"""What comes after advice in the demonstration: how it reached its resident, a further question, whether it helped."""

from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.booking.models import Appointment
from portal.consultations.models import Consultation, Delivery, FollowUp, Helped, State
from portal.consultations.rules.aftercare import AFTER, ASKING
from portal.demo.history import History
from portal.fields import Clear
from portal.roster.models import Lawyer

QUESTION, ANSWER = (
    "催款的短信对方不回，算不算催过？",
    "算。把发出去的短信连同日期一起截图留好，隔一段时间再发一次。",
)
SAID = (Helped.SOLVED, Helped.BETTER, Helped.SOLVED, Helped.BETTER, None, Helped.NO, Helped.SOLVED)
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
