"""The clinic's own work in the demonstration: who came to which lawyer with what, and what was prescribed."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.booking.models import Appointment, Hold, Mode
from portal.conflicts.models import Check, Decision, Party, Side
from portal.consultations import rules
from portal.consultations.models import Consultation, Onward, Outcome, Prescription, Referral
from portal.demo.course import fill, varied
from portal.demo.firms import Bar
from portal.demo.history import History, Somebody
from portal.demo.told import told
from portal.law.topics import Topic
from portal.people import consents
from portal.people.models import Consent, Person
from portal.roster.models import Lawyer, Slot

# How appointments of the past ended, by how many of a hundred did so.
ENDS = {"advised": 45, "referred": 9, "mediation": 7, "out_of_scope": 4, "missed": 16, "cancelled": 19}
NEEDS = ["", "", "", "", "听力不太好，请说慢一点", "想带女儿一起来", "腿脚不便，需要坐着等"]
ONWARD = {"referred": Onward.LEGAL_AID, "mediation": Onward.MEDIATION}
WHY = {
    Onward.LEGAL_AID: "收入低，需要律师代理，帮助填写了法律援助申请。",
    Onward.MEDIATION: "双方愿意坐下来谈，转到社区调解。",
}


class Desk:
    """Writes appointments with their consultations, one at a time."""

    def __init__(self, history: History, bar: Bar, names: Iterator[str]) -> None:
        self.history = history
        self.bar = bar
        self.names = names
        self.questions = told("consultations")["question"]
        self.firms: Counter[Any] = Counter()
        self.lawyers: Counter[Any] = Counter()
        self.agreed: set[Any] = set()
        self.tickets = 0  # given out today
        self.firm_of = {lawyer.id: bar.firm_of(lawyer) for lawyer in bar.lawyers}

    def question(self, topics: list[str]) -> dict[str, Any]:
        """Something people ask, rather of the topics the lawyer knows."""
        near = [one for one in self.questions if one["topic"] in topics]
        return self.history.random.choice(
            near if near and self.history.random.randrange(2) else self.questions
        )

    def book(self, who: Person, lawyer: Lawyer, slot: Slot, at: datetime, ends: str = "") -> Appointment:
        """One time booked at this moment; `ends` is how it went, or as far as it should get."""
        question, firm = self.question(lawyer.topics), self.firm_of[lawyer.id]
        self._agree(who, at)
        money = varied(self.history, 20_000)
        appointment = self.history.add(
            Appointment,
            at,
            person=who,
            slot=slot,
            lawyer=lawyer,
            firm=firm,
            starts_at=slot.starts_at,
            topic=question["topic"],
            mode=self.history.random.choice([Mode.DESK] * 8 + [Mode.PHONE] * 2 + [Mode.HOME]),
            channel=self.history.random.choice(["web", "web", "web", "counter", "phone"]),
            needs=self.history.random.choice(NEEDS),
            assigned=[self._account(lawyer, question["topic"])],
        )
        self.firms[firm.id] += 1
        self.lawyers[lawyer.id] += 1
        self.history.note(
            who, "create", appointment, at, slot=slot.id, lawyer=lawyer.id, starts_at=slot.starts_at,
            channel=appointment.channel,
        )  # fmt: skip
        other = next(self.names) if question["topic"] != Topic.PROCEDURE else ""
        self._sides(appointment, who, other, at)
        consultation = self.history.create(
            who,
            Consultation,
            at,
            person=who,
            appointment=appointment,
            topic=question["topic"],
            words=fill(self.history, question["words"], money),
            other_side=other,
            channel=appointment.channel,
        )
        if ends != "cancelled":
            self.history.add(Hold, at, slot=slot, appointment=appointment)
        self._go(appointment, consultation, question, money, ends)
        return appointment

    def _account(self, lawyer: Lawyer, topic: str) -> dict[str, Any]:
        firm = self.firm_of[lawyer.id]
        return {
            "lawyer": self.bar.people[lawyer.id].name,
            "firm": firm.name,
            "suits": True,
            "chosen": True,
            "knows": topic in lawyer.topics,
            "count": self.firms[firm.id],
            "weight": firm.weight,
            "own": self.lawyers[lawyer.id],
        }

    def _agree(self, who: Person, at: datetime) -> None:
        """The two receipts of whoever books for the first time."""
        for purpose in () if who.id in self.agreed else consents.BOOKING:
            receipt = self.history.add(
                Consent,
                at,
                person=who,
                purpose=purpose.value,
                version=consents.version(purpose),
                words=consents.text(purpose),
            )
            self.history.note(who, "agree", receipt, at, purpose=purpose.value, way="web")
        self.agreed.add(who.id)

    def _sides(self, appointment: Appointment, who: Person, other: str, at: datetime) -> None:
        """Both sides as they were recorded, and the check that met nobody."""
        firm = appointment.firm_id
        here = {"matter_kind": "appointment", "matter": appointment.id, "firm_id": firm}
        for side, name, phone, person in (
            (Side.CLIENT, who.name, who.phone or "", who),
            (Side.OTHER, other, "", None),
        ):
            if name:
                self.history.add(
                    Party,
                    at,
                    **here,
                    side=side,
                    name=name,
                    phone=phone,
                    person=person,
                )
        searched = {"served": {"names": 1, "phones": 1}, "others": {"names": int(bool(other)), "phones": 0}}
        check = self.history.add(Check, at, **here, searched=searched, hits=[], is_clear=True)
        self.history.note(None, "check", check, at, matter=appointment.id, firm=firm, is_clear=True)

    def _confirm(self, appointment: Appointment, lawyer: Somebody | Person, at: datetime) -> None:
        """The lawyer looked at the names and found nothing against it."""
        firm, matter = appointment.firm_id, appointment.id
        which = {"matter_kind": "appointment", "matter": matter, "firm_id": firm, "by_id": lawyer.id}
        found = {"searched": {}, "hits": [], "is_clear": True, "decision": Decision.NONE}
        check = self.history.add(Check, at, **which, **found)
        said = {"matter": matter, "firm": firm, "is_clear": True, "decision": "none"}
        self.history.note(lawyer, "decide", check, at, **said)

    # -- how it went -------------------------------------------------------------------------------------------------

    def _go(
        self,
        appointment: Appointment,
        consultation: Consultation,
        question: dict[str, Any],
        money: int,
        ends: str,
    ) -> None:
        history, who = self.history, Somebody(appointment.person_id)
        lawyer = self.bar.people[appointment.lawyer_id]
        starts = appointment.starts_at
        if not ends:
            return
        if ends == "cancelled":
            at = max(appointment.created_at, starts - timedelta(hours=30)) + timedelta(minutes=3)
            history.move(who, appointment, "cancel", at, reason="临时有事，改天再约。", sequence=1)
            self._close(None, consultation, Outcome.WITHDRAWN, at)
            return
        if ends == "missed":
            at = starts + timedelta(minutes=29)
            why = history.random.choice(["no_answer", "no_answer", "wrong_number", "left"])
            history.move(lawyer, appointment, "miss", at, missed_because=why, ended_at=at)
            self._close(None, consultation, Outcome.MISSED, at)
            return
        came = min(starts, clock.now()) - timedelta(minutes=history.random.randint(4, 18))
        history.move(
            lawyer, appointment, "check_in", came, checked_in_at=came, ticket=self._ticket(appointment)
        )
        if ends == "checked_in":
            return
        history.move(lawyer, appointment, "call", starts, called_at=starts)
        begun = starts + timedelta(minutes=2)
        self._confirm(appointment, lawyer, begun)
        history.move(lawyer, appointment, "start", begun, started_at=begun)
        history.move(lawyer, consultation, "start", begun)
        if ends == "drafted":
            self._write(appointment, consultation, question, money, 1, begun)
            return
        over = starts + timedelta(minutes=history.random.randint(20, 29))
        if ends == "advised":
            self._prescribe(lawyer, appointment, consultation, question, money, over)
        else:
            if to := ONWARD.get(ends):
                history.add(Referral, over, consultation=consultation, to=to, reason=WHY[to])
                history.note(lawyer, "refer", consultation, over, to=to)
            self._close(lawyer, consultation, Outcome(ends), over)
        history.move(lawyer, appointment, "finish", over, ended_at=over)

    def _ticket(self, appointment: Appointment) -> int | None:
        """The number of whoever comes to the desk today."""
        if appointment.mode != Mode.DESK or clock.day_of(appointment.starts_at) != clock.today():
            return None
        self.tickets += 1
        return self.tickets

    def _close(self, actor: Any, consultation: Consultation, outcome: Outcome, at: datetime) -> None:
        self.history.move(
            actor, consultation, "close", at, detail={"outcome": outcome.value}, outcome=outcome, ended_at=at
        )

    def _prescribe(
        self,
        lawyer: Person,
        appointment: Appointment,
        consultation: Consultation,
        question: dict[str, Any],
        money: int,
        at: datetime,
    ) -> None:
        """The advice, issued; one in twelve was corrected the next day."""
        row = self._write(appointment, consultation, question, money, 1, at)
        self._issue(lawyer, row, at)
        self.history.move(lawyer, consultation, "advise", at, outcome=Outcome.ADVISED, ended_at=at)
        again = at + timedelta(days=1, hours=2)
        if self.history.random.randrange(12) == 0 and again < clock.now():
            newer = self._write(appointment, consultation, question, money, 2, again)
            newer.correction = "补充要带的材料。"
            newer.steps = f"{row.steps}另：来的时候带身份证原件和复印件。"
            self.history.note(lawyer, "correct", row, again, by=newer.number)
            self.history.move(lawyer, row, "supersede", again, detail={"by": newer.number})
            self._issue(lawyer, newer, again)

    def _write(
        self,
        appointment: Appointment,
        consultation: Consultation,
        question: dict[str, Any],
        money: int,
        version: int,
        at: datetime,
    ) -> Prescription:
        return self.history.create(
            self.bar.people[appointment.lawyer_id],
            Prescription,
            at,
            consultation=consultation,
            lawyer_id=appointment.lawyer_id,
            version=version,
            articles=question["articles"],
            **{name: fill(self.history, question[name], money) for name in rules.SECTIONS},
        )

    def _issue(self, lawyer: Person, row: Prescription, at: datetime) -> None:
        row.issued_at = at
        self.history.move(
            lawyer, row, "issue", at, detail={"version": row.version}, hash=rules.content_hash(row)
        )
