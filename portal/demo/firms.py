"""Twenty firms, their lawyers, and every morning they came or will come."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal import clock
from portal.demo.history import History
from portal.demo.people import Office, offer, person
from portal.demo.told import told
from portal.law import days, identifiers
from portal.people.models import Person, Role
from portal.roster import rules
from portal.roster.models import Day, Duty, Firm, Lawyer, Leave, Pattern, Slot, Swap

NINE, NOON = 9 * 60, 12 * 60
LEAST = 2  # lawyers on every working morning that is still to come
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Bar:
    """The firms and their lawyers, and the mornings by day."""

    firms: list[Firm] = field(default_factory=list)
    lawyers: list[Lawyer] = field(default_factory=list)
    people: dict[Any, Person] = field(default_factory=dict)  # by the lawyer's id
    patterns: dict[Any, list[Pattern]] = field(default_factory=lambda: defaultdict(list))
    leaves: dict[Any, list[Leave]] = field(default_factory=lambda: defaultdict(list))
    is_asking: bool = False  # somebody looks for a substitute
    unsure: int = 0  # of the mornings ahead, those whose lawyer was asked and has not said that they come
    mornings: dict[date, list[tuple[Lawyer, list[Slot]]]] = field(default_factory=lambda: defaultdict(list))

    def times(self) -> list[tuple[Lawyer, Slot]]:
        """Every time at every desk, in the order of mornings."""
        return [
            (one, slot)
            for day in sorted(self.mornings)
            for one, slots in self.mornings[day]
            for slot in slots
        ]

    def firm_of(self, lawyer: Lawyer) -> Firm:
        """The firm a lawyer belongs to."""
        return next(firm for firm in self.firms if firm.id == lawyer.firm_id)


def calendar(history: History, first: date, last: date) -> days.Calendar:
    """The State Council's days of all years concerned, as rows of the clinic's own table."""
    rows = [row for year in range(first.year, last.year + 1) if year in KNOWN for row in days.seed_rows(year)]
    for row in rows:
        history.add(
            Day,
            clock.at(first),
            day=row.on,
            is_open=row.open,
            name=getattr(row.name, "zh", row.name),
            is_provisional=row.provisional,
        )
    return days.Calendar.of(rows)


MOST_UNSURE = 2  # mornings that the desk has to ask about
KNOWN = range(days.FIRST_YEAR, days.LAST_YEAR + 1)


def open_doors(history: History, offices: dict[str, Office], first: date) -> Bar:
    """Firms, lawyers and the rhythm of their mornings, from this day on."""
    plan, bar, at = told("firms"), Bar(), clock.at(first)
    for n, one in enumerate(plan["firm"], 1):
        firm = history.create(
            None,
            Firm,
            at,
            name=one["name"],
            weight=one["weight"],
            code=credit_code(n),
            phone=f"0300-88100{n:02}",
        )
        bar.firms.append(firm)
    for office in offices.values():
        if office.role == Role.FIRM_COORDINATOR:
            offer(history, office.person, office.role, at, firm=bar.firms[0])
    monday = rules.monday(first)
    for n, one in enumerate(plan["lawyer"], 1):
        firm, on = bar.firms[one["firm"] - 1], one["on"]
        who = (
            offices[one["name"]].person
            if one["name"] in offices
            else person(history, at, one["name"], 200 + n)
        )
        offer(history, who, Role.LAWYER, at, firm=firm)
        lawyer = history.create(
            None,
            Lawyer,
            at,
            person=who,
            firm=firm,
            licence=f"19901{2004 + n % 14}1{n % 2}99{n:04}",
            licence_until=date(clock.today().year + 1 + n % 3, 5, 31),
            topics=one["topics"],
            speaks=one.get("speaks", []),
            gender=one.get("gender", ""),
        )
        bar.lawyers.append(lawyer)
        bar.people[lawyer.id] = who
        bar.patterns[lawyer.id].append(
            history.create(
                who,
                Pattern,
                at,
                lawyer=lawyer,
                weekday=on["weekday"],
                nth=on.get("nth", 0),
                every=on.get("every", 1),
                from_minute=NINE,
                until_minute=NOON,
                from_on=monday + timedelta(weeks=on.get("from", 0)),
            )
        )
    return bar


def take_leave(history: History, bar: Bar, lawyer: Lawyer, first: date, last: date, reason: str) -> None:
    """Somebody cannot come on these days."""
    at = clock.at(clock.today() - timedelta(days=6), 20 * 60)
    leave = history.create(
        bar.people[lawyer.id], Leave, at, lawyer=lawyer, first_on=first, last_on=last, reason=reason
    )
    bar.leaves[lawyer.id].append(leave)


def sit(history: History, bar: Bar, known: days.Calendar, first: date, last: date, extra: list[date]) -> None:
    """Every morning of these days with its times. On the `extra` days the first lawyer comes as well.

    A working morning still to come that nobody's rhythm fills (a make-up Saturday, say) is taken on by two. The clinic
    began with one lawyer a morning; since eight weeks everybody comes whose turn it is.
    """
    today = clock.today()
    for day in rules.days(first, last):
        if not known.is_workday(day):
            continue
        turns = [(lawyer, _due(bar, lawyer, day)) for lawyer in bar.lawyers]
        turns = [(lawyer, due) for lawyer, due in turns if due or (day in extra and lawyer is bar.lawyers[0])]
        if day < today - rules.AHEAD:
            turn = day.toordinal() // 7 % max(len(turns), 1)
            turns = turns[turn : turn + 1]
        for lawyer, due in turns:
            duty(history, bar, lawyer, day, due)
        free = [one for one in bar.lawyers if one not in [here for here, _slots in bar.mornings[day]]]
        while day >= today and len(bar.mornings[day]) < LEAST:
            duty(history, bar, free.pop(day.toordinal() % len(free)), day)


def _due(bar: Bar, lawyer: Lawyer, day: date) -> Pattern | None:
    return rules.due(bar.patterns[lawyer.id], bar.leaves[lawyer.id], lawyer, bar.firm_of(lawyer), day)


def duty(history: History, bar: Bar, lawyer: Lawyer, day: date, pattern: Pattern | None = None) -> None:
    """One lawyer's morning."""
    at = min(clock.at(day - timedelta(weeks=8), 60), clock.now())
    today, turn = clock.today(), day.toordinal() + len(bar.mornings[day])
    is_over = day < today and turn % 9 > 0  # now and then nobody wrote it down
    is_asked = today < day <= today + rules.ASKED
    is_sure = day <= today or (is_asked and (turn % 3 > 0 or bar.unsure >= MOST_UNSURE))
    bar.unsure += is_asked and not is_sure
    made = history.add(
        Duty,
        at,
        lawyer=lawyer,
        pattern_id=pattern and pattern.id,
        day=day,
        from_minute=NINE,
        until_minute=NOON,
        confirmed_at=min(clock.at(day - timedelta(days=4), 600), clock.now()) if is_sure else None,
        arrived_at=clock.at(day, NINE - turn % 15) if is_over else None,
        left_at=clock.at(day, NOON + turn % 20) if is_over else None,
    )
    if lawyer is bar.lawyers[1] and day > today + timedelta(days=2) and not bar.is_asking:
        bar.is_asking = True
        history.create(bar.people[lawyer.id], Swap, clock.now(), duty=made, reason="那天开庭")
    slots = [
        history.add(
            Slot, at, duty=made, lawyer=lawyer, starts_at=clock.at(day, start), ends_at=clock.at(day, end)
        )
        for start, end in rules.times(NINE, NOON)
    ]
    bar.mornings[day].append((lawyer, slots))


def credit_code(n: int) -> str:
    """A code that passes its check and belongs to nobody: no area has the number 990000."""
    head = f"31990000MD{n:07}"
    for sign in SIGNS:
        try:
            return identifiers.credit_code(head + sign)
        except ValueError:
            continue
    raise AssertionError(head)
