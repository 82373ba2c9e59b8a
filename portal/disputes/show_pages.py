"""One dispute: in full for those who handle it, in plain words for whoever reported it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal import clock, journal, states
from portal.disputes import queries, rules, timeline
from portal.disputes.forms import DANGER_NAMES, Danger
from portal.disputes.models import (
    LEVEL_NAMES,
    OPEN,
    OUTCOME_NAMES,
    SOURCE_NAMES,
    STATE_NAMES,
    Dispute,
    Level,
    Outcome,
    SittingState,
    Source,
    State,
)
from portal.errors import Missing
from portal.law import days, identifiers, numbers, periods, places
from portal.law.dispute_types import DisputeType
from portal.people.models import Person
from portal.web.forms import Form, one
from portal.web.pages import page, see

TONES = {
    State.REPORTED: "warn",
    State.ACCEPTED: "info",
    State.MEDIATING: "info",
    State.SETTLED: "good",
    State.FAILED: "bad",
    State.WITHDRAWN: "neutral",
    State.ESCALATED: "neutral",
}


async def door(person: Person, typed: str) -> Dispute:
    """The dispute of this number, for whoever may see it; Missing for everybody else."""
    number = numbers.read(typed)
    if number is None:
        raise Missing
    seen = Dispute.visible_to(person).select_related(
        "compound", "building", "unit", "grid", "handler", "reporter"
    )
    return await one(seen, number=number)


async def show(request: Request) -> Response:
    """One dispute. That an office looked at it is written down; a resident's look at their own is not."""
    person = request.state.person
    dispute = await door(person, request.path_params["number"])
    if rules.is_inside(person, dispute):
        await journal.opened(person, dispute)
    return await shown(request, dispute)


async def shown(
    request: Request, dispute: Dispute, code: int = 200, failed: str = "", form: Form | None = None
) -> Response:
    """The page of a dispute; `form` goes to the move that `failed`."""
    person, now = request.state.person, clock.now()
    whole = await queries.whole(dispute)
    common: dict[str, Any] = {
        "dispute": dispute,
        "place": place_of(dispute),
        "category": DisputeType(dispute.category).label,
        "state": STATE_NAMES[State(dispute.state)],
        "tone": TONES[State(dispute.state)],
        "outcome": OUTCOME_NAMES[Outcome(dispute.outcome)] if dispute.outcome else "",
        "is_open": dispute.state in OPEN,
        "offers": states.offers(person, dispute, rules.MAY, now),
        "planned": [one for one in whole["sittings"] if one.state == SittingState.PLANNED],
        "failed": failed,
        "form": form,
    }
    readable = rules.may_read_agreement(person, dispute, await queries.is_party(person, dispute))
    common["agreements"] = whole["agreements"] if readable else []
    if not rules.is_inside(person, dispute):
        signed = [one for one in common["agreements"] if one.form == Outcome.ORAL or one.signed]
        common |= {"agreements": signed, "steps": timeline.plain(whole["entries"]), "stage": stage(dispute)}
        return page(request, "disputes/progress.html", code, **common)
    return page(request, "disputes/show.html", code, **common, **await _inside(person, dispute, whole))


async def _inside(person: Person, dispute: Dispute, whole: dict[str, Any]) -> dict[str, Any]:
    """What only those who handle it see; a head only what they need to handle it."""
    now = clock.now()
    stands = rules.stands_with(person, dispute)
    usually = rules.usually_by(dispute)
    codes = await queries.dangers(dispute)
    return {
        "parties": [
            (
                party.side,
                party.name if stands else identifiers.mask_name(party.name),
                party.phone if person.is_staff else "",
            )
            for party in whole["parties"]
        ],
        "dangers": [DANGER_NAMES[Danger(code)] for code in codes if code in set(Danger)],
        "has_minor": Danger.MINOR in codes,
        "source": SOURCE_NAMES[Source(dispute.source)],
        "steps": timeline.full(whole["entries"], whole["hops"], whole["sittings"], person.is_staff),
        "held": [one for one in whole["sittings"] if one.state == SittingState.HELD],
        "may_record": {one.id for one in whole["sittings"] if rules.may_record(person, one, dispute, now)},
        "stands": stands,
        "level_names": LEVEL_NAMES,
        "ladder": ladder(dispute),
        "levels_above": _options(rules.levels_above(person, dispute)),
        "levels_below": _options(rules.levels_below(dispute)),
        "usually_by": usually,
        "is_late": bool(usually and dispute.state in OPEN and now > usually),
        "confirm_by": confirm_by(whole["agreements"]),
    }


def _options(levels: list[Level]) -> list[tuple[int, Any]]:
    return [(int(level), LEVEL_NAMES[level]) for level in levels]


def confirm_by(agreements: list[Any]) -> tuple[Any, str] | None:
    """(last day, legal basis) on which both parties can still ask a court to confirm the agreement in force: the safe
    day, before holidays are looked at. None without one."""
    in_force = [one for one in agreements if one.form == Outcome.ORAL or one.signed]
    if not in_force:
        return None
    period = periods.period("med_confirm")
    end = period.deadline(in_force[-1].reached_on, days.Calendar())
    return (end.raw, period.basis) if end else None


def ladder(dispute: Dispute) -> list[dict[str, Any]]:
    """The levels, highest first, each with what it was to this dispute."""
    return [
        {
            "name": LEVEL_NAMES[level],
            "arose": level == dispute.level_arose,
            "stands": level == dispute.level,
            "settled": level == dispute.level_settled,
            "passed": dispute.level_arose <= level <= dispute.level,
        }
        for level in reversed(Level)
    ]


def stage(dispute: Dispute) -> int:
    """How far it has come, for the one who waits: received, taken up, being mediated, ended."""
    return {State.REPORTED: 1, State.ACCEPTED: 2, State.MEDIATING: 3}.get(State(dispute.state), 4)


def place_of(dispute: Dispute) -> str:
    """Where it is: as it was said, room included, else from the map."""
    if dispute.place:
        return dispute.place
    names = [getattr(one, "name", "") for one in (dispute.compound, dispute.building, dispute.unit)]
    return places.say(*names) or getattr(dispute.grid, "name", "")


async def result(request: Request, dispute: Dispute, flash: str) -> Response:
    """To the dispute after a move; to where they came from for those who have just passed it out of their sight."""
    if await Dispute.visible_to(request.state.person).filter(id=dispute.id).exists():
        return see(request, "disputes:show", number=dispute.number, flash=flash)
    return see(request, "desk", flash=flash)
