"""How a dispute of the demonstration goes, step by step, from hand to hand."""

from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.demo.course import Course, NotYet, fill
from portal.demo.history import History, Somebody
from portal.demo.people import Cast
from portal.disputes.models import Agreement, Dispute, Hop, Level, Outcome, Sitting

COLUMN = {Level.UNIT: "unit", Level.BUILDING: "building", Level.GRID: "grid"}
REASONS = {
    "raise": "单元里谈了两次没有谈拢，请上一级出面。",
    "withdraw": "双方自己和好了，不用再调解。",
    "fail": "一方不同意方案，已告知可以仲裁、请行政机关处理或者起诉。",
    "escalate": "已经起诉，材料移送人民法院。",
    "street": "涉及两个社区，移送街道协调。",
    "reopen": "约定的日子到了没有照办，要求重新处理。",
    "accept": "",
}


class Proceeding:
    """One dispute on its course; each method named in COURSES is one way it can go."""

    def __init__(
        self,
        history: History,
        cast: Cast,
        agreements: list[Agreement],
        dispute: Dispute,
        case: dict[str, Any],
        money: int,
        course: Course,
    ) -> None:
        self.history, self.cast, self.agreements = history, cast, agreements
        self.dispute, self.case, self.money, self.course = dispute, case, money, course

    # -- the ways ----------------------------------------------------------------------------------------------------

    def reported(self) -> None:
        """Nobody has taken it up yet."""

    def spot(self) -> None:
        self.settle(Outcome.ORAL, at=self.course.at)

    def head(self) -> None:
        self.accept(0, 2)
        self.course.later(1, 8)
        self.settle(Outcome.ORAL)

    def grid(self) -> None:
        if self.dispute.level < Level.GRID:
            self.pass_up(Level.GRID)
        self.head()

    def community(self) -> None:
        self.mediate()
        self.settle(self.history.random.choice([Outcome.WRITTEN, Outcome.WRITTEN, Outcome.ORAL]))

    def withdrawn(self) -> None:
        self.accept(0, 3)
        self.end("withdraw", Outcome.WITHDRAWN, 2, 12)

    def failed(self) -> None:
        self.mediate()
        self.end("fail", Outcome.FAILED, 1, 10)

    def court(self) -> None:
        self.mediate()
        self.end("escalate", Outcome.ESCALATED, 4, 20, Level.COURT)

    def street(self) -> None:
        self.accept(0, 3)
        self.pass_up(Level.COMMUNITY)
        self.accept(0, 2)
        self.end("escalate", Outcome.ESCALATED, 2, 10, Level.STREET, "street")

    def to_street(self) -> None:
        self.accept(0, 1)
        self.pass_up(Level.COMMUNITY)
        self.accept(0, 1)
        self.pass_up(Level.STREET)

    def reopened(self) -> None:
        self.head()
        at = self.course.later(6, 25)
        self.hop(at, "reopen", self.dispute.level, "reopen")
        self.history.move(
            self.reporter,
            self.dispute,
            "reopen",
            at,
            detail={"level": self.dispute.level},
            outcome="",
            level_settled=None,
            ended_at=None,
            reopened=self.dispute.reopened + 1,
        )
        self.pass_up(Level.COMMUNITY)
        self.community()

    # -- steps -------------------------------------------------------------------------------------------------------

    @property
    def reporter(self) -> Any:
        return Somebody(self.dispute.reporter_id)

    @property
    def hand(self) -> Any:
        """Whoever acts where the dispute stands: the head of the place, above that the mediator."""
        column = COLUMN.get(Level(self.dispute.level))
        head = column and self.cast.heads.get(getattr(self.dispute, f"{column}_id"))
        return head or self.cast["mediator"]

    def hop(self, at: datetime, verb: str, to: int, why: str) -> None:
        self.history.add(
            Hop,
            at,
            dispute=self.dispute,
            person_id=self.hand.id,
            verb=verb,
            was=self.dispute.level,
            now=int(to),
            reason=REASONS[why],
        )

    def pass_up(self, to: Level) -> None:
        at = self.course.later(1, 5)
        self.hop(at, "raise", to, "raise")
        levels = {"level_was": self.dispute.level, "level_now": int(to)}
        self.history.move(self.hand, self.dispute, "raise", at, detail=levels, level=int(to), handler_id=None)

    def accept(self, least: int, most: int) -> None:
        at, hand = self.course.later(least, most), self.hand
        level = self.dispute.level
        self.history.move(
            hand,
            self.dispute,
            "accept",
            at,
            detail={"level_was": level, "level_now": level},
            handler_id=hand.id,
            accepted_at=self.dispute.accepted_at or at,
        )

    def mediate(self) -> None:
        """To the community if it is lower, a sitting planned with both sides willing, and held."""
        if self.dispute.level < Level.COMMUNITY:
            self.pass_up(Level.COMMUNITY)
        if self.dispute.state == "reported":
            self.accept(0, 2)
        at, mediator = self.course.later(1, 3), self.cast["mediator"]
        self.history.move(mediator, self.dispute, "mediate", at, detail={"level": self.dispute.level})
        day = clock.day_of(at) + timedelta(days=self.history.random.randint(2, 6))
        while day.weekday() > 4:
            day += timedelta(days=1)
        starts = clock.at(day, self.history.random.choice([9 * 60, 14 * 60, 15 * 60 + 30]))
        sitting = self.history.add(
            Sitting, at, dispute=self.dispute, mediator=mediator, starts_at=starts, place="服务中心二楼调解室"
        )
        self.history.note(mediator, "plan", sitting, at, dispute=self.dispute.number, willing=True)
        held = starts + timedelta(minutes=70)
        if held > clock.now():
            raise NotYet
        self.course.at = held
        self.history.move(
            mediator,
            sitting,
            "hold",
            held,
            detail={"dispute": self.dispute.number},
            attended="双方本人",
            minutes="告知双方权利和义务。双方各自说了经过，核对了票据和照片，谈了两个方案。",
            rights_told=True,
        )

    def settle(self, outcome: Outcome, at: datetime | None = None) -> None:
        at, level, hand = at or self.course.later(0, 0), self.dispute.level, self.hand
        written = outcome == Outcome.WRITTEN
        agreement = self.history.add(
            Agreement,
            at,
            dispute=self.dispute,
            form=outcome.value,
            content=fill(self.history, self.case["agreed"], self.money),
            performance=fill(self.history, self.case["performed"], self.money) if written else "",
            amount=self.money * 100 if written else 0,
            reached_on=clock.day_of(at),
            perform_by=clock.day_of(at) + timedelta(days=30) if written else None,
            year=clock.day_of(at).year,
            serial=0,
            signed=written,
        )
        self.agreements.append(agreement)
        self.history.note(hand, "create", agreement, at, dispute=self.dispute.number, form=outcome.value)
        self.history.move(
            hand,
            self.dispute,
            "settle",
            at,
            detail={"outcome": outcome.value, "level_was": level, "level_now": level},
            outcome=outcome.value,
            level_settled=level,
            handler_id=self.dispute.handler_id or hand.id,
            accepted_at=self.dispute.accepted_at or at,
            ended_at=at,
        )

    def end(
        self, verb: str, outcome: Outcome, least: int, most: int, to: Level | None = None, why: str = ""
    ) -> None:
        at, level = self.course.later(least, most), int(to or self.dispute.level)
        hand, was = self.hand, self.dispute.level
        self.hop(at, verb, level, why or verb)
        self.history.move(
            hand,
            self.dispute,
            verb,
            at,
            detail={"level_was": was, "level_now": level},
            outcome=outcome.value,
            level=level,
            ended_at=at,
        )
