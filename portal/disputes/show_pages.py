"""One dispute: in full for those who handle it, in plain words for whoever reported it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from tortoise.queryset import QuerySet

from portal import clock, policy, states
from portal.disputes import actions, queries, rules, timeline
from portal.disputes.forms import DANGER_NAMES, Danger
from portal.disputes.models import (
    LEVEL_NAMES,
    OPEN,
    OUTCOME_NAMES,
    SOURCE_NAMES,
    STATE_NAMES,
    Agreement,
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
from portal.people import passphrase_forms, sight
from portal.people.models import Person
from portal.web import door as web
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
    """The dispute of this number for a move that shows nothing of it; Missing for whoever may not see it."""
    return await one(_seen_by(person), number=numbers.read(typed) or "")


async def opened(request: Request) -> Dispute:
    """The dispute of the address as far as this person may read it, and their reading written down."""
    return await web.opened(
        request, _seen_by(request.state.person), number=numbers.read(request.path_params["number"]) or ""
    )


def _seen_by(person: Person) -> QuerySet[Dispute]:
    return Dispute.visible_to(person).select_related(
        "community", "compound", "building", "unit", "grid", "handler", "reporter"
    )


async def show(request: Request) -> Response:
    """One dispute."""
    return await _shown(request, await opened(request))


async def refused(request: Request, failed: str, form: Form) -> Response:
    """The same page with what is wrong with the move that failed."""
    return await _shown(request, await opened(request), 422, failed, form)


async def show_phones(request: Request) -> Response:
    """The page with the parties' telephones in full, this once, for whoever handles it. That they asked is written down."""
    dispute = await opened(request)
    if policy.HANDLING not in dispute.relations:
        raise Missing
    await actions.unmask(request.state.person, dispute)
    return await _shown(request, dispute, unmasked=True)


async def _shown(
    request: Request,
    dispute: Dispute,
    code: int = 200,
    failed: str = "",
    form: Form | None = None,
    unmasked: bool = False,
) -> Response:
    """The page of a dispute; `form` goes to the move that `failed`."""
    person, now = request.state.person, clock.now()
    common: dict[str, Any] = {
        "dispute": dispute,
        "place": place_of(dispute),
        "category": DisputeType(dispute.category).label,
        "state": STATE_NAMES[State(dispute.state)],
        "tone": TONES[State(dispute.state)],
        "outcome": OUTCOME_NAMES[Outcome(dispute.outcome)] if dispute.outcome else "",
        "is_open": dispute.state in OPEN,
        "offers": states.offers(person, dispute, rules.MAY, now),
        "failed": failed,
        "form": form,
    }
    entries = await queries.entries(dispute)
    if rules.is_inside(dispute.relations):
        inside = await _inside(person, dispute, entries, unmasked)
        return page(request, "disputes/show.html", code, **common, **inside)
    planned = await queries.sittings(dispute) if policy.PLACE in dispute.parts else []
    return page(
        request,
        "disputes/progress.html",
        code,
        **common,
        may_protect=rules.may_protect_own(person, dispute, clock.now()),
        ways=passphrase_forms.ways(),
        planned=[one for one in planned if one.state == SittingState.PLANNED],
        agreements=[
            one for one in await _agreements(person, dispute) if one.form == Outcome.ORAL or one.signed
        ],
        steps=timeline.plain(entries),
        stage=stage(dispute),
    )


async def _agreements(person: Person, dispute: Dispute) -> list[Agreement]:
    """Those this person may read."""
    if policy.FACTS not in dispute.parts:
        return []
    is_party = await queries.is_party(person, dispute)
    return await queries.agreements(dispute) if rules.may_read_agreement(person, dispute, is_party) else []


async def _inside(
    person: Person, dispute: Dispute, entries: list[dict[str, Any]], unmasked: bool
) -> dict[str, Any]:
    """What those see who look from an office: how it stands, and where the facts are theirs to know, all of them."""
    now = clock.now()
    knows = policy.FACTS in dispute.parts
    usually = rules.usually_by(dispute)
    codes = await queries.dangers(dispute) if knows else []
    sittings = await queries.sittings(dispute) if knows else []
    agreements = await _agreements(person, dispute)
    return {
        "parties": await parties_of(dispute, unmasked) if knows else [],
        "may_protect": rules.may_protect(person, dispute),
        "may_unmask": policy.HANDLING in dispute.relations and not unmasked,
        "dangers": [DANGER_NAMES[Danger(code)] for code in codes if code in set(Danger)],
        "has_minor": Danger.MINOR in codes,
        "source": SOURCE_NAMES[Source(dispute.source)],
        "steps": timeline.full(
            entries,
            await queries.hops(dispute) if knows else [],
            sittings,
            person.is_staff,
            dispute.reporter_id if sight.is_nameless(dispute) else None,
        ),
        "planned": [one for one in sittings if one.state == SittingState.PLANNED],
        "held": [one for one in sittings if one.state == SittingState.HELD],
        "may_record": {one.id for one in sittings if rules.may_record(person, one, dispute, now)},
        "agreements": agreements,
        "stands": rules.stands_with(person, dispute),
        "level_names": LEVEL_NAMES,
        "ladder": ladder(dispute),
        "levels_above": _options(rules.levels_above(person, dispute)),
        "levels_below": _options(rules.levels_below(dispute)),
        "usually_by": usually,
        "is_late": bool(usually and dispute.state in OPEN and now > usually),
        "confirm_by": confirm_by(agreements),
    }


async def parties_of(dispute: Dispute, unmasked: bool = False) -> list[tuple[str, str, str]]:
    """(side, name, telephone) of whoever stands on a side, each as far as it is this reader's to know. How to reach the
    two sides is for whoever handles it; the contact that a reporter may see is their own."""
    named, reached = policy.NAME in dispute.parts, policy.HANDLING in dispute.relations
    return [
        (
            party.side,
            party.name if named else identifiers.mask_name(party.name),
            (party.phone if unmasked else identifiers.mask_phone(party.phone))
            if party.phone and reached
            else "",
        )
        for party in await queries.parties(dispute)
    ]


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
    """Where it is: as it was said, room included, else from the map; empty for whoever may not know."""
    if policy.PLACE not in dispute.parts:
        return ""
    if dispute.place:
        return dispute.place
    names = [getattr(one, "name", "") for one in (dispute.compound, dispute.building, dispute.unit)]
    return places.say(*names) or getattr(dispute.grid, "name", "")


async def result(request: Request, dispute: Dispute, flash: str) -> Response:
    """To the dispute after a move; to where they came from for those who have just passed it out of their sight."""
    if await Dispute.visible_to(request.state.person).filter(id=dispute.id).exists():
        return see(request, "disputes:show", number=dispute.number, flash=flash)
    return see(request, "desk", flash=flash)
