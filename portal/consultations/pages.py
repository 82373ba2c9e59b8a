"""Consultations: what staff see waiting, and one of them as its resident or whoever handles it sees it."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, journal, states
from portal.booking import actions as booking
from portal.booking.models import STATE_NAMES as BOOKED_NAMES
from portal.booking.models import Appointment
from portal.booking.rules import reason as assigned_because
from portal.community.queries import community
from portal.consultations import actions, forms, intake_pages, prescription_pages, queries, rules
from portal.consultations.intake import LEAST_WORDS, MOST_WORDS
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
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import consents
from portal.people.models import CONTACT_NAMES
from portal.web.forms import Form, one, page_number, unstorable
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, SIGNED_IN, STAFF_ONLY, get, post
from portal.web.templating import url


async def _found(request: Request) -> Consultation:
    """The consultation of this address, loaded with whom it concerns; Missing for strangers."""
    mine = Consultation.visible_to(request.state.person).select_related(*queries.LOADED)
    return await one(mine, number=numbers.read(request.path_params["number"]))


async def index(request: Request) -> Response:
    """What waits, urgent first."""
    asked = request.query_params
    text = asked.get("q", "").strip()[:40]
    wanted = queries.Wanted(
        text="" if unstorable(text) else text,
        state=asked["state"] if asked.get("state") in {queries.ALL, *State} else queries.OPEN,
        topic=asked.get("topic", "") if asked.get("topic") in set(Topic) else "",
        urgent=asked.get("urgent") == "1",
    )
    number = page_number(request)
    rows, pages = await queries.listed(request.state.person, wanted, number)

    def address(n: int) -> str:
        kept = {
            "q": wanted.text,
            "state": wanted.state,
            "topic": wanted.topic,
            "urgent": "1" if wanted.urgent else "",
            "page": str(n),
        }
        return f"{url('consultations:index')}?{urlencode(kept)}"

    return page(
        request,
        "consultations/index.html",
        rows=rows,
        form=Form(
            {
                "q": wanted.text,
                "state": wanted.state,
                "topic": wanted.topic,
                "urgent": "1" if wanted.urgent else "",
            }
        ),
        number=max(number, 1),
        pages=pages,
        address=address,
        topics={topic.value: topic.label for topic in Topic},
        states=STATE_NAMES,
        booked=BOOKED_NAMES,
        stages=[(queries.OPEN, _("还没结束的")), *STATE_NAMES.items(), (queries.ALL, _("全部"))],
    )


async def show(request: Request) -> Response:
    """One consultation: the resident's own page, or the page of whoever handles it."""
    consultation = await _found(request)
    if consultation.person_id == request.state.person.id:
        return await own(request, consultation)
    await journal.opened(request.state.person, consultation)
    return await handled(request, consultation)


async def own(request: Request, consultation: Consultation) -> Response:
    """What the resident sees: their words, where it stands, what was advised. Nothing internal."""
    return page(
        request,
        "consultations/show.html",
        **await told(request, consultation),
        hotlines=rules.help_for(consultation.dangers),
        contact=CONTACT_NAMES[request.state.person.contact_by],
    )


async def handled(
    request: Request,
    consultation: Consultation,
    code: int = 200,
    refer_form: Form | None = None,
    close_form: Form | None = None,
) -> Response:
    """What the lawyer and staff see, with every step they may take."""
    person, now = request.state.person, clock.now()
    appointment = consultation.appointment
    return page(
        request,
        "consultations/case.html",
        code,
        **await told(request, consultation),
        offers=states.offers(person, consultation, rules.MAY, now),
        may_write=rules.may_write(person, consultation, now),
        draft=await queries.draft(consultation) if rules.is_lawyer_of(person, consultation) else None,
        may_refer=rules.may_refer(person, consultation, now),
        refer_form=refer_form,
        close_form=close_form,
        onward=list(ONWARD_NAMES.items()),
        closings=[(outcome, OUTCOME_NAMES[outcome]) for outcome in rules.CLOSINGS],
        dangers=[DANGER_NAMES[danger] for danger in consultation.dangers],
        contact=CONTACT_NAMES[consultation.person.contact_by],
        assigned=[(row, assigned_because(row)) for row in appointment.assigned]
        if appointment is not None and person.is_staff
        else [],
    )


async def told(request: Request, consultation: Consultation) -> dict:
    """What both pages show."""
    sent = await queries.referrals(consultation)
    return {
        "consultation": consultation,
        "appointment": consultation.appointment,
        "topic": Topic(consultation.topic),
        "state": STATE_NAMES[State(consultation.state)],
        "outcome": OUTCOME_NAMES[Outcome(consultation.outcome)] if consultation.outcome else "",
        "booked": BOOKED_NAMES,
        "prescriptions": await queries.prescriptions(request.state.person, consultation),
        "referrals": [(ONWARD_NAMES[Onward(one.to)], one.reason, rules.onward_help(one.to)) for one in sent],
        "place": await community(),
    }


async def of(request: Request) -> Response:
    """The consultation of an appointment; for somebody who came without writing, a page to write it down."""
    appointment = await _appointment_of(request)
    consultation = await Consultation.get_or_none(appointment_id=appointment.id)
    if consultation:
        return see(request, "consultations:show", number=consultation.number)
    return await recording(request, appointment)


async def begin(request: Request) -> Response:
    """One tap on the morning's list: the appointment begins, and with it what was asked."""
    appointment, person = await _appointment_of(request), request.state.person
    asked = Consultation.filter(appointment_id=appointment.id).select_related(*queries.LOADED)
    consultation = await asked.first()
    if consultation and rules.may_start(person, consultation, clock.now()):
        await actions.start(person, consultation)
    else:
        await booking.start(person, appointment)
    return see(request, "consultations:of", number=appointment.number)


async def record(request: Request) -> Response:
    """Write down what somebody asks who came without writing."""
    appointment = await _appointment_of(request)
    form = await Form.read(request)
    words = form.text("words", least=LEAST_WORDS, most=MOST_WORDS)
    other = forms.other(form)
    agreed = consents.read(form, await consents.lacking(appointment.person, consents.BOOKING))
    if form.ok:
        try:
            consultation = await actions.record(
                request.state.person, appointment, words, **other, agreed=agreed
            )
            return see(request, "consultations:show", number=consultation.number)
        except actions.FirmBarred as barred:
            form.refuse("other_side", barred.text)
    return await recording(request, appointment, form, 422)


async def recording(
    request: Request, appointment: Appointment, form: Form | None = None, code: int = 200
) -> Response:
    topic = Topic(appointment.topic)
    asked = consents.asked(await consents.lacking(appointment.person, consents.BOOKING))
    return page(
        request,
        "consultations/record.html",
        code,
        appointment=appointment,
        form=form,
        topic=topic,
        asked=asked,
    )


async def _appointment_of(request: Request) -> Appointment:
    """The appointment of this address, if this person works on it; the resident's own is not theirs to write down."""
    mine = Appointment.visible_to(request.state.person).exclude(person_id=request.state.person.id)
    loaded = mine.select_related("person", "lawyer", "slot")
    return await one(loaded, number=numbers.read(request.path_params["number"]))


async def start(request: Request) -> Response:
    """Begin."""
    consultation = await _found(request)
    await actions.start(request.state.person, consultation)
    return see(request, "prescriptions:edit", number=consultation.number)


async def refer(request: Request) -> Response:
    """Send the resident on."""
    consultation = await _found(request)
    form = await Form.read(request)
    to, reason = form.choice("to", Onward), form.text("reason", most=400)
    if not form.ok:
        return await handled(request, consultation, 422, refer_form=form)
    await actions.refer(request.state.person, consultation, to.value, reason)
    return see(
        request,
        "consultations:show",
        flash=_("转介已经记下，居民看得到去处和电话。"),
        number=consultation.number,
    )


async def close(request: Request) -> Response:
    """End it without a 处方."""
    consultation = await _found(request)
    form = await Form.read(request)
    outcome = form.choice("outcome", rules.CLOSINGS)
    if not form.ok:
        return await handled(request, consultation, 422, close_form=form)
    await actions.close(request.state.person, consultation, outcome)
    return see(request, "consultations:show", flash=_("咨询已经结束。"), number=consultation.number)


HANDLING = LAWYERS | STAFF_ONLY

routes: list[BaseRoute] = [
    *intake_pages.routes,
    get("/consultations", index, who=HANDLING, name="consultations:index"),
    get("/consultations/of/{number}", of, who=HANDLING, name="consultations:of", of="appointment"),
    post("/consultations/of/{number}", record, who=HANDLING, name="consultations:record", of="appointment"),
    post(
        "/consultations/of/{number}/start", begin, who=HANDLING, name="consultations:begin", of="appointment"
    ),
    get("/consultations/{number}", show, who=SIGNED_IN, name="consultations:show", of="consultation"),
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
    *prescription_pages.routes,
]
