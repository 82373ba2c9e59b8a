"""What happens together in the demonstration: lectures, a round from door to door, meetings of the council."""

from datetime import timedelta
from typing import Any

from portal import clock
from portal.council.charter_rules import USUAL, published_until
from portal.council.models import Kind, Meeting, Member, Motion, Task
from portal.demo.firms import Bar
from portal.demo.history import History
from portal.demo.people import Cast, Neighbour
from portal.demo.places import Places
from portal.demo.told import told
from portal.law import days
from portal.lectures.models import Lecture, Series, SignUp, SignUpState
from portal.roster.rules import monday
from portal.rounds.models import Answer, Purpose, Round, Visit

AFTERNOON = 14 * 60
SEATS = 21  # of the council
ANSWERS = {Answer.CALM: 78, Answer.NEED: 9, Answer.DISPUTE: 3, Answer.ABSENT: 10}
NOTES = {
    Answer.NEED: ["楼道灯不亮", "想请人修水管", "问高龄补贴", "希望多种些树", "健身器材松了"],
    Answer.DISPUTE: ["和楼上为漏水有矛盾", "为楼道堆放吵过"],
    Answer.ABSENT: ["敲门两次没有人", "邻居说出远门了"],
}


def lectures(history: History, bar: Bar, cast: Cast, known: days.Calendar) -> None:
    """What was told over the year, and what is to come: one nearly full, one full with people waiting."""
    plan, lead, today = told("lectures"), cast["lead"], clock.today()
    speakers = {bar.people[lawyer.id].name: lawyer for lawyer in bar.lawyers}
    series = history.create(lead, Series, clock.now() - timedelta(days=20), **plan["series"])
    for one in plan["lecture"]:
        day = days.roll(monday(today) + timedelta(weeks=one["weeks"], days=2), known)
        starts = clock.at(day, AFTERNOON)
        announced = min(starts - timedelta(days=15), clock.now() - timedelta(days=2))
        lecture = history.create(
            lead,
            Lecture,
            announced,
            series=series if one.get("series") else None,
            speaker=speakers[one["speaker"]],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=90),
            venue=plan["venue"],
            **{name: one[name] for name in ("title", "theme", "articles", "capacity", "summary")},
        )
        history.move(lead, lecture, "open", announced)
        held = starts < clock.now()
        seats = one.get("filled") or history.random.randint(lecture.capacity // 2, lecture.capacity - 4)
        people = iter(history.random.sample(cast.neighbours, min(seats + 10, len(cast.neighbours))))
        came = _seat(history, lecture, people, seats, held)
        for _ in range(one.get("waiting", 0)):
            _sign_up(history, lecture, next(people), 1, SignUpState.WAITING, False)
        if held:
            history.move(lead, lecture, "hold", starts + timedelta(minutes=95), attended=came + 3)


def _seat(history: History, lecture: Lecture, people: Any, seats: int, held: bool) -> int:
    """Fill so many seats; answers how many came to sit in them."""
    came = 0
    while lecture.taken < seats:
        wanted = min(history.random.choice([1, 1, 2, 2, 3]), seats - lecture.taken)
        came += _sign_up(history, lecture, next(people), wanted, SignUpState.SEATED, held).came or 0
        lecture.taken += wanted
    return came


def _sign_up(
    history: History, lecture: Lecture, who: Neighbour, seats: int, state: SignUpState, held: bool
) -> SignUp:
    days_ago = history.random.randint(1, 12)
    at = min(lecture.starts_at - timedelta(days=days_ago, minutes=seats), clock.now() - timedelta(minutes=9))
    came = history.random.choice([seats, seats, seats, 0]) if held else None
    row = history.add(
        SignUp, at, lecture=lecture, person=who.person, seats=seats, state=state, came=came, question=""
    )
    history.note(who.person, "create", row, at, seats=seats, state=str(state))
    return row


def rounds(history: History, places: Places, cast: Cast) -> None:
    """One round that is over and one that is being walked: grid one, six doors in ten answered."""
    lead, now = cast["lead"], clock.now()
    _round(
        history, places, cast, 2, "秋冬防火和老人冷暖", Purpose.QUESTIONNAIRE,
        "家里有没有用电、用气的隐患？老人冬天需要什么帮助？", 70, 100, lead, now,
    )  # fmt: skip
    _round(
        history, places, cast, 0, "楼道和邻里", Purpose.SEARCH,
        "楼道里有没有让您烦心的事？和邻居有没有说不开的疙瘩？", 2, 60, lead, now,
    )  # fmt: skip


def _round(
    history: History, places: Places, cast: Cast, grid: int, title: str, purpose: str, question: str,
    days_ago: int, percent: int, lead: Any, now: Any,
) -> None:  # fmt: skip
    at = now - timedelta(days=days_ago)
    ends = clock.day_of(at) + timedelta(days=7)
    made = history.add(
        Round, at, grid=places.grids[grid], title=title, purpose=purpose, question=question, until_on=ends
    )
    doors = [home for home in places.households if places.of(home)["grid"] is places.grids[grid]]
    history.note(lead, "start", made, at, doors=len(doors))
    answered: dict[Any, list[Any]] = {}
    for home in doors:
        unit = places.of(home)["unit"]
        visit = history.add(Visit, at, round=made, household=home, unit=unit)
        if history.random.randrange(100) < percent:
            seen = at + timedelta(hours=history.random.randint(2, 40))
            answer = Answer(history.random.choices(list(ANSWERS), list(ANSWERS.values()))[0])
            visit.answer, visit.visited_at = answer, min(seen, now)
            visit.visitor_id = cast.heads[unit.id].id
            visit.note = history.random.choice(NOTES[answer]) if answer in NOTES else ""
            answered.setdefault(unit.id, []).append(visit)
    for unit_id, visits in answered.items():
        last = max(visit.visited_at for visit in visits)
        history.note(cast.heads[unit_id], "visit", made, last, doors=len(visits))
    if percent == 100:
        history.move(lead, made, "close", clock.at(ends, 17 * 60))


def council(history: History, cast: Cast) -> None:
    """A motion that passed, one that did not, one that is coming up, and two that were only proposed."""
    plan, lead, today = told("council"), cast["lead"], clock.today()
    people = (neighbour.person for neighbour in cast.neighbours[2:])
    for one in plan["meeting"]:
        starts = clock.at(monday(today) + timedelta(weeks=one["weeks"], days=3), AFTERNOON)
        noticed = min(starts - timedelta(days=8), clock.now() - timedelta(hours=20))
        meeting = history.create(
            lead, Meeting, noticed, title=one["title"], place=one["place"], starts_at=starts,
            noticed_at=noticed, members=one["members"],
        )  # fmt: skip
        ended = starts + timedelta(minutes=80)
        if held := "present" in one:
            history.move(lead, meeting, "hold", ended, present=one["present"], minutes=one["minutes"])
        for motion in one["motion"]:
            row = _motion(history, lead, next(people), motion, noticed)
            row.meeting_id = meeting.id
            history.note(lead, "schedule", row, noticed, meeting=meeting.number)
            if held:
                _decide(history, lead, row, motion, one["present"], ended)
    _voting(history, cast, plan["voting"])
    for one in plan["loose"]:
        at = clock.now() - timedelta(days=4)
        row = history.create(next(people), Motion, at, title=one["title"], words=one["words"])
        if one["state"] == "declined":
            history.move(lead, row, "decline", at + timedelta(days=1), reason=one["reason"])


def _voting(history: History, cast: Cast, plan: dict[str, Any]) -> None:
    """A meeting since yesterday whose members vote until the day after tomorrow; the two who are introduced sit among them."""
    lead, now = cast["lead"], clock.now()
    begun, noticed = now - timedelta(days=1), now - timedelta(days=9)
    seated = [neighbour.person for neighbour in cast.neighbours[:SEATS]]
    for who in seated:
        member = {"kind": Kind.COUNCIL, "person": who, "name": who.name}
        history.create(
            lead,
            Member,
            now - timedelta(days=300),
            began_on=clock.day_of(now) - timedelta(days=300),
            **member,
        )
    charter = {**USUAL[Kind.COUNCIL].pinned(), "roll": True, "chair": ""}
    meeting = history.create(
        lead, Meeting, noticed, title=plan["title"], place=plan["place"], starts_at=begun, noticed_at=noticed,
        closes_at=now + timedelta(days=2), members=len(seated), charter=charter,
    )  # fmt: skip
    for motion in plan["motion"]:
        row = _motion(history, lead, seated[2], motion, noticed)
        row.meeting_id, row.is_secret = meeting.id, motion["secret"]
        history.note(lead, "schedule", row, noticed, meeting=meeting.number)


def _motion(history: History, lead: Any, who: Any, one: dict[str, Any], noticed: Any) -> Motion:
    at = noticed - timedelta(days=9)
    row = history.create(who, Motion, at, person=who, title=one["title"], words=one["words"])
    history.move(lead, row, "admit", at + timedelta(days=3))
    return row


def _decide(history: History, lead: Any, row: Motion, one: dict[str, Any], present: int, at: Any) -> None:
    votes_for, against, abstained = one["votes"]
    history.move(
        lead,
        row,
        "pass" if 2 * votes_for > present else "reject",
        at,
        detail={"present": present},
        votes_for=votes_for,
        votes_against=against,
        abstained=abstained,
        decided_at=at,
        published_until=published_until(clock.day_of(at)),
        reason=one["reason"],
    )
    for words, owner, due, done in one["tasks"]:
        due_on = clock.day_of(at) + timedelta(days=due)
        task = history.create(
            lead, Task, at, motion=row, words=words, owner=owner, due_on=due_on,
            done_on=due_on - timedelta(days=3) if done else None,
        )  # fmt: skip
        if done:
            history.note(lead, "finish", task, clock.at(due_on - timedelta(days=3), 16 * 60))
