"""The desk puts an appointment and what was asked behind a passphrase, with the resident present."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking.models import Appointment
from portal.consultations.actions import protections
from portal.consultations.models import Consultation
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.people import naming, passphrase_forms
from portal.web import door
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post
from portal.web.templating import url


async def _found(request: Request, kind: type[Any]) -> Any:
    """The record of this address, for staff of its community."""
    seen = kind.visible_to(request.state.person).select_related("person")
    record = await one(seen, number=numbers.read(request.path_params["number"]))
    if not protections.may_protect(request.state.person, record):
        raise Missing
    return record


async def _protect(request: Request, record: Any, form: Form, appointment: Any, consultation: Any) -> bool:
    typed = passphrase_forms.at_desk(form, record.person)
    if form.ok:
        await protections.protect(
            request.state.person,
            typed["passphrase"],
            typed["protect_by"],
            appointment=appointment,
            consultation=consultation,
        )
    return form.ok


async def asking(request: Request, record: Any, back: str, action: str, form: Form | None = None) -> Response:
    """What a passphrase means, and the form."""
    await door.show(request.state.person, record)
    return page(
        request,
        "consultations/protection.html",
        422 if form else 200,
        record=record,
        name=naming.whole(record.person, record),
        form=form,
        ways=passphrase_forms.ways(),
        back=back,
        action=action,
    )


def done() -> str:
    """What is said afterwards."""
    return _("口令设好了。从现在起，没有口令的人看不到这件事。")


async def of_consultation(request: Request) -> Response:
    """The page, for a consultation."""
    return await _consultation_page(request, await _found(request, Consultation))


async def _consultation_page(request: Request, record: Any, form: Form | None = None) -> Response:
    back, action = (url(f"consultations:{name}", number=record.number) for name in ("show", "protect"))
    return await asking(request, record, back, action, form)


async def protect_consultation(request: Request) -> Response:
    """Put it behind a passphrase, with its appointment."""
    record, form = await _found(request, Consultation), await Form.read(request)
    await record.fetch_related("appointment__person")
    if not await _protect(request, record, form, record.appointment, record):
        return await _consultation_page(request, record, form)
    return see(request, "consultations:show", flash=done(), number=record.number)


async def of_appointment(request: Request) -> Response:
    """The page, for an appointment."""
    return await _appointment_page(request, await _found(request, Appointment))


async def _appointment_page(request: Request, record: Any, form: Form | None = None) -> Response:
    back, action = (url(f"appointments:{name}", number=record.number) for name in ("show", "protect"))
    return await asking(request, record, back, action, form)


async def protect_appointment(request: Request) -> Response:
    """Put it behind a passphrase, with what was asked."""
    record, form = await _found(request, Appointment), await Form.read(request)
    asked = await Consultation.filter(appointment_id=record.id).select_related("person").first()
    if not await _protect(request, record, form, record, asked):
        return await _appointment_page(request, record, form)
    return see(request, "appointments:show", flash=done(), number=record.number)


routes: list[BaseRoute] = [
    get(
        "/consultations/{number}/protection",
        of_consultation,
        who=STAFF_ONLY,
        name="consultations:protection",
        of="consultation",
        fresh=True,
    ),
    post(
        "/consultations/{number}/protection",
        protect_consultation,
        who=STAFF_ONLY,
        name="consultations:protect",
        of="consultation",
        fresh=True,
    ),
    get(
        "/appointments/{number}/protection",
        of_appointment,
        who=STAFF_ONLY,
        name="appointments:protection",
        of="appointment",
        fresh=True,
    ),
    post(
        "/appointments/{number}/protection",
        protect_appointment,
        who=STAFF_ONLY,
        name="appointments:protect",
        of="appointment",
        fresh=True,
    ),
]
