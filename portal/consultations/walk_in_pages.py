"""From the morning's list to the consultation: begin it, and write down what somebody asks who came without writing."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock
from portal.booking import actions as booking
from portal.booking import queries as booked
from portal.booking.models import Appointment
from portal.consultations import actions, forms, queries, rules
from portal.consultations.actions.conflicts import Unconfirmed
from portal.consultations.intake import LEAST_WORDS, MOST_WORDS
from portal.consultations.models import Consultation
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import consents, naming, sight
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post


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
        try:
            await actions.start(person, consultation)
        except Unconfirmed as first:
            return see(request, "consultations:of", flash=first.text, number=appointment.number)
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
        consultation = await actions.record(request.state.person, appointment, words, **other, agreed=agreed)
        return see(request, "consultations:show", number=consultation.number)
    return await recording(request, appointment, form, 422)


async def recording(
    request: Request, appointment: Appointment, form: Form | None = None, code: int = 200
) -> Response:
    person, topic = request.state.person, Topic(appointment.topic)
    is_named = appointment.protection_id is None or appointment.lawyer.person_id == person.id
    asked = consents.asked(await consents.lacking(appointment.person, consents.BOOKING))
    is_told = not await booked.unconfirmed(person, [appointment])
    return page(
        request,
        "consultations/record.html",
        code,
        appointment=appointment,
        name=appointment.person.name if is_named else naming.masked("", True),
        form=form,
        topic=topic.label if is_told else "",
        asked=asked,
    )


async def _appointment_of(request: Request) -> Appointment:
    """The appointment of this address, if this person works on it; the resident's own is not theirs to write down."""
    person = request.state.person
    at_work = Q(lawyer__person_id=person.id) | sight.served(person)
    mine = Appointment.visible_to(person).filter(at_work).exclude(person_id=person.id)
    loaded = mine.select_related("person", "lawyer", "slot")
    return await one(loaded, number=numbers.read(request.path_params["number"]))


HANDLING = LAWYERS | STAFF_ONLY

routes: list[BaseRoute] = [
    get("/consultations/of/{number}", of, who=HANDLING, name="consultations:of", of="appointment"),
    post("/consultations/of/{number}", record, who=HANDLING, name="consultations:record", of="appointment"),
    post(
        "/consultations/of/{number}/start", begin, who=HANDLING, name="consultations:begin", of="appointment"
    ),
]
