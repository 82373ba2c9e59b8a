"""What residents of the demonstration raised, and how each was answered."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from portal import clock
from portal.community.models import Household
from portal.demo.course import Course, NotYet, fill, weighted
from portal.demo.history import History
from portal.demo.people import Cast
from portal.demo.places import Places
from portal.demo.told import told
from portal.feedback import rules
from portal.feedback.models import Feedback, Reply, Way
from portal.law import days
from portal.people.models import Person

WAYS = {Way.ONLINE: 5, Way.DOOR: 4, Way.DISCUSSION: 1}
AGAIN = "过了两天又和以前一样，请再来看看。"
ENDS = {"solved": "solve", "unsolved": "give_up", "not_ours": "disown"}


class Register:
    """Writes feedback, one at a time."""

    def __init__(self, history: History, places: Places, cast: Cast, known: days.Calendar) -> None:
        self.history = history
        self.places = places
        self.cast = cast
        self.known = known
        self.needs = told("feedback")["need"]

    def open(self, at: datetime, home: Household, who: Person, waits: bool = False) -> Feedback:
        """One thing somebody raised, as far as it has got; with `waits` nobody has looked at it yet."""
        history, need = self.history, self.history.random.choice(self.needs)
        way, where = weighted(history, WAYS), self.places.of(home)
        del where["compound"]
        head = self.cast.heads[where["unit"].id]
        feedback = history.add(
            Feedback,
            at,
            person=who,
            taken_by=head if way == Way.DOOR else None,
            category=need["category"],
            way=way,
            words=fill(history, need["words"]),
            place=self.places.address(home),
            **where,
        )
        history.note(
            head if way == Way.DOOR else who, "raise", feedback, at, category=need["category"], way=way
        )
        if not waits:
            with suppress(NotYet):
                self._go(feedback, need, who, Course(history, at))
        return feedback

    def _go(self, feedback: Feedback, need: dict[str, Any], who: Person, course: Course) -> None:
        history, dispatcher = self.history, self.cast["dispatcher"]
        at = course.later(0, 1)
        history.move(
            dispatcher,
            feedback,
            "dispatch",
            at,
            detail={"handler": need["handler"]},
            handler=need["handler"],
            dispatched_at=at,
            due_at=self._due(at, rules.HANDLE_DAYS),
        )
        at = course.later(1, 9)
        ends = need.get("ends", "solved")
        self._answer(feedback, ENDS[ends], need["answer"], at)
        if ends != "solved":
            return
        satisfied, at = history.random.randrange(8) > 0, course.later(1, 4)
        if satisfied:
            history.move(who, feedback, "confirm", at, asked_back_at=at, satisfied=True)
            return
        again: dict[str, Any] = {"due_at": self._due(at, rules.REDO_DAYS), "answered_at": None, "reopened": 1}
        history.move(who, feedback, "reopen", at, asked_back_at=at, satisfied=False, **again)
        history.add(Reply, at, feedback=feedback, person=who, verb="reopen", words=AGAIN)
        self._answer(feedback, "solve", need["answer"], course.later(1, 3))

    def _answer(self, feedback: Feedback, verb: str, words: str, at: datetime) -> None:
        dispatcher = self.cast["dispatcher"]
        self.history.move(dispatcher, feedback, verb, at, answer=words, answered_at=at, satisfied=None)
        self.history.add(Reply, at, feedback=feedback, person=dispatcher, verb=verb, words=words)

    def _due(self, at: datetime, count: int) -> datetime:
        """Five in the afternoon of the nth working day."""
        return clock.at(days.add_workdays(clock.day_of(at), count, self.known), 17 * 60)
