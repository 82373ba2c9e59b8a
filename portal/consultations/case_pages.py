"""One consultation: as its resident sees it, or as whoever handles it does, with every step they may take."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, policy, states
from portal.booking.models import STATE_NAMES as BOOKED_NAMES
from portal.booking.models import Mode
from portal.booking.rules import reason as assigned_because
from portal.community.queries import community
from portal.consultations import actions, beside_pages, conflict_pages, queries, rules, sharing_pages
from portal.consultations.actions.protections import may_protect
from portal.consultations.eligibility import comes_from_elsewhere
from portal.consultations.forms import delivery as delivery_form
from portal.consultations.models import (
    DANGER_NAMES,
    ONWARD_NAMES,
    OUTCOME_NAMES,
    STATE_NAMES,
    Consultation,
    Onward,
    Outcome,
    State,
)
from portal.consultations.queries import attachments
from portal.consultations.rules import aftercare, conflicts, delivery
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import naming, sight, standing_queries
from portal.people.actions import glass
from portal.people.models import CONTACT_NAMES
from portal.web import door
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, SIGNED_IN, STAFF_ONLY, get, post

# Of the steps that may be refused.
FORMS = ("refer_form", "close_form", "note_form", "merge_form", "due_form")
Refused = Mapping[str, Form]  # by these names, what was typed and is wrong
NONE: Refused = {}


async def found(request: Request) -> Consultation:
    """The consultation of this address, loaded with whom it concerns; Missing for strangers."""
    mine = Consultation.visible_to(request.state.person).select_related(*queries.LOADED)
    return await one(mine, number=numbers.read(request.path_params["number"]))


async def opened(request: Request) -> Consultation:
    """The same to be read: stripped of what this person may not see, and written down."""
    mine = Consultation.visible_to(request.state.person).select_related(*queries.LOADED)
    return await door.opened(request, mine, number=numbers.read(request.path_params["number"]))


async def show(request: Request) -> Response:
    """One consultation: the resident's own page, or the page of whoever handles it."""
    return await shown(request, await opened(request))


async def shown(
    request: Request, consultation: Consultation, code: int = 200, refused: Refused = NONE
) -> Response:
    """The same once it came through the door; with what somebody typed and the complaint beside it."""
    if conflicts.sees_names_only(request.state.person, consultation):
        return await conflict_pages.names(request, consultation, code)
    if rules.is_handling(request.state.person, consultation):
        return await handled(request, consultation, code, refused)
    return await own(request, consultation, code, refused)


async def own(
    request: Request, consultation: Consultation, code: int = 200, refused: Refused = NONE
) -> Response:
    """What the resident sees: their words, where it stands, what was advised. Nothing internal; whoever collects the 处方
    for them sees that, and no words."""
    return page(
        request,
        "consultations/show.html",
        code,
        **await told(request, consultation, refused),
        is_own=policy.OWN in consultation.relations,
        hotlines=rules.help_for(consultation.dangers),
        contact=CONTACT_NAMES[consultation.person.contact_by],
    )


async def handled(
    request: Request,
    consultation: Consultation,
    code: int = 200,
    refused: Refused = NONE,
    phone: str | None = None,
) -> Response:
    """What the lawyer and staff see, with every step they may take. `phone` is what they just asked for."""
    person, now = request.state.person, clock.now()
    appointment = consultation.appointment
    is_nameless = sight.is_nameless(consultation)
    rings = appointment is not None and appointment.mode == Mode.PHONE
    if rings and rules.is_lawyer_of(person, consultation):
        phone = consultation.person.phone or ""
    return page(
        request,
        "consultations/case.html",
        code,
        **await told(request, consultation, refused),
        offers=states.offers(person, consultation, rules.MAY, now),
        may_write=rules.may_write(person, consultation, now),
        is_ahead=rules.is_ahead(person, consultation, now),
        draft=await queries.draft(person, consultation) if rules.is_lawyer_of(person, consultation) else None,
        may_refer=rules.may_refer(person, consultation, now),
        onward=list(ONWARD_NAMES.items()),
        closings=[(outcome, OUTCOME_NAMES[outcome]) for outcome in rules.CLOSINGS],
        dangers=[] if is_nameless else [DANGER_NAMES[danger] for danger in consultation.dangers],
        name=naming.whole(consultation.person, consultation),
        is_nameless=is_nameless,
        is_from_elsewhere=comes_from_elsewhere(consultation),
        may_call=rules.may_call(person, consultation),
        masked_phone="" if is_nameless else naming.masked_phone(consultation.person),
        phone=phone,
        contact=CONTACT_NAMES[
            consultation.protection.contact_by if consultation.protection else consultation.person.contact_by
        ],
        glass=await standing_queries.glass_over(person, consultation),
        may_protect=may_protect(person, consultation),
        may_judge=conflicts.may_judge(person, consultation),
        **await conflict_pages.checked(person, consultation),
        earlier=await sharing_pages.earlier(person, consultation),
        may_break=person.serves(consultation.community_id) and policy.FACTS not in consultation.parts,
        assigned=[(row, assigned_because(row)) for row in appointment.assigned]
        if appointment is not None and person.is_staff
        else [],
    )


async def told(request: Request, consultation: Consultation, refused: Refused) -> dict:
    """What both pages show."""
    person = request.state.person
    joined = await beside_pages.joined(person, consultation)
    sent, reads = await queries.referrals(consultation), bool(consultation.parts & policy.CONFIDENTIAL)
    return {
        **dict.fromkeys(FORMS),
        **refused,
        "consultation": consultation,
        **await beside_pages.shown(person, consultation, joined),
        **await attachments.shown(person, [consultation, *joined]),
        "appointment": consultation.appointment,
        "topic": Topic(consultation.topic),
        "state": STATE_NAMES[State(consultation.state)],
        "outcome": OUTCOME_NAMES[Outcome(consultation.outcome)] if consultation.outcome else "",
        "booked": BOOKED_NAMES,
        **aftercare.shown(person, consultation, clock.now()),
        "delivery": delivery.shown(person, consultation),
        "delivery_form": delivery_form(consultation),
        "prescriptions": await queries.prescriptions(person, consultation),
        "referrals": [
            (ONWARD_NAMES[Onward(one.to)], one.reason if reads else "", rules.onward_help(one.to))
            for one in sent
        ],
        "place": await community(consultation.community_id),
    }


async def telephone(request: Request) -> Response:
    """Show the telephone, this once."""
    consultation, person = await opened(request), request.state.person
    if not rules.may_call(person, consultation):
        raise Missing
    phone = await glass.unmask(person, consultation.person, consultation)
    return await handled(request, consultation, phone=phone)


async def start(request: Request) -> Response:
    """Begin."""
    consultation = await found(request)
    await actions.start(request.state.person, consultation)
    return see(request, "prescriptions:edit", number=consultation.number)


async def refer(request: Request) -> Response:
    """Send the resident on."""
    consultation = await found(request)
    form = await Form.read(request)
    to, reason = form.choice("to", Onward), form.text("reason", most=400)
    if not form.ok:
        return await shown(request, await opened(request), 422, {"refer_form": form})
    await actions.refer(request.state.person, consultation, to.value, reason)
    return see(
        request,
        "consultations:show",
        flash=_("转介已经记下，居民看得到去处和电话。"),
        number=consultation.number,
    )


async def close(request: Request) -> Response:
    """End it without a 处方."""
    consultation = await found(request)
    form = await Form.read(request)
    outcome = form.choice("outcome", rules.CLOSINGS)
    if not form.ok:
        return await shown(request, await opened(request), 422, {"close_form": form})
    await actions.close(request.state.person, consultation, outcome)
    return see(request, "consultations:show", flash=_("咨询已经结束。"), number=consultation.number)


HANDLING = LAWYERS | STAFF_ONLY

routes: list[BaseRoute] = [
    get("/consultations/{number}", show, who=SIGNED_IN, name="consultations:show", of="consultation"),
    post(
        "/consultations/{number}/telephone",
        telephone,
        who=HANDLING,
        name="consultations:telephone",
        of="consultation",
    ),
    post("/consultations/{number}/start", start, who=LAWYERS, name="consultations:start", of="consultation"),
    post(
        "/consultations/{number}/referrals",
        refer,
        who=HANDLING,
        name="consultations:refer",
        of="consultation",
    ),
    post(
        "/consultations/{number}/closure", close, who=HANDLING, name="consultations:close", of="consultation"
    ),
]
