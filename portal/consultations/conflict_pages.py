"""Names first: what a lawyer sees before they say that nothing stands against a consultation, and what follows when it does."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking.models import MATTER
from portal.community.queries import buildings
from portal.conflicts import possible
from portal.conflicts.models import DECISION_NAMES, Decision, Party, Side
from portal.conflicts.queries import checks_of
from portal.consultations import queries
from portal.consultations.actions import conflicts as conflict_actions
from portal.consultations.models import Consultation
from portal.consultations.rules import conflicts as conflict_rules
from portal.errors import Forbidden
from portal.languages import _, ngettext
from portal.law import numbers
from portal.people import naming
from portal.people.models import Person
from portal.web.forms import Form, one, read_key
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, STAFF_ONLY, post

TAIL = 6  # characters of an identity number that are asked for at most


async def names(
    request: Request, consultation: Consultation, code: int = 200, form: Form | None = None
) -> Response:
    """Whom it is about and against whom, and who of those the firm has met may be meant. Not a word of what was asked."""
    appointment = consultation.appointment
    assert appointment is not None
    return page(
        request,
        "consultations/names.html",
        code,
        consultation=consultation,
        appointment=appointment,
        name=naming.whole(consultation.person, consultation),
        others=await other_names(appointment.id),
        maybe=await alike(appointment),
        form=form,
        buildings=await buildings(),
    )


async def other_names(matter: Any) -> list[str]:
    """The other side as it was named, each once."""
    found = Party.filter(matter_kind=MATTER, matter=matter, side=Side.OTHER, is_former=False).order_by(
        "created_at"
    )
    return list(dict.fromkeys(party.name or _("没有说名字，只有电话") for party in await found))


async def alike(appointment: Any) -> list[dict[str, Any]]:
    """Who of those the firm has met may be somebody of this matter: name, which side, since when."""
    sides = {Side.CLIENT: _("我们接待过的居民"), Side.OTHER: _("我们接待过的居民的对方")}
    return [
        {
            "name": party.name,
            "side": sides.get(Side(party.side), _("我们调解过的一方")),
            "since": clock.day_of(party.created_at),
            "is_former": party.is_former,
        }
        for party in await possible.asked(appointment.firm_id, MATTER, appointment.id)
    ]


async def decide(request: Request) -> Response:
    """Nothing stands against it, or there is a conflict."""
    consultation, form = await _found(request), await Form.read(request)
    decision = form.choice("decision", [Decision.NONE, Decision.CONFLICT])
    if not form.ok:
        return see(
            request, "consultations:show", flash=_("请从给出的选项里选一个。"), number=consultation.number
        )
    is_seated = await conflict_actions.decide(request.state.person, consultation, decision)
    if decision == Decision.NONE:
        return see(request, "consultations:show", number=consultation.number)
    flash = (
        _("记下了，已经交给别的律所。您不再看得到这件事。")
        if is_seated
        else _("记下了，工作人员会另外安排。您不再看得到这件事。")
    )
    return see(request, "appointments:today", flash=flash)


async def complete(request: Request) -> Response:
    """More about the other side, compared at once."""
    consultation, form, person = await _found(request), await Form.read(request), request.state.person
    if not conflict_rules.may_complete(person, consultation):
        raise Forbidden
    known = [key for key, _name in await buildings()]
    building = form.choice("building", known, required=False)
    tail = form.text("tail", most=TAIL, least=4, required=False).upper()
    if not form.ok or not (building or tail):
        flash = _("请选楼栋，或者填身份证号的最后四到六位。")
        return see(request, "consultations:show", flash=flash, number=consultation.number)
    found = await conflict_actions.complete(person, consultation, read_key(building or ""), tail)
    said = ngettext("查过了，可能是同一人的有 %(num)s 位。", "查过了，可能是同一人的有 %(num)s 位。", found)
    flash = said % {"num": found} if found else _("查过了，没有新的发现。")
    return see(request, "consultations:show", flash=flash, number=consultation.number)


async def checked(person: Person, consultation: Consultation) -> dict[str, Any]:
    """For staff: what was asked of which firm about it, and what came of it."""
    if consultation.appointment is None or not person.serves(consultation.community_id):
        return {"checks": []}
    return {
        "checks": await checks_of(MATTER, consultation.appointment.id),
        "decisions": DECISION_NAMES,
        "buildings": await buildings(),
    }


async def _found(request: Request) -> Consultation:
    mine = Consultation.visible_to(request.state.person).select_related(*queries.LOADED)
    found: Consultation = await one(mine, number=numbers.read(request.path_params["number"]))
    return found


routes: list[BaseRoute] = [
    post(
        "/consultations/{number}/conflict",
        decide,
        who=LAWYERS,
        name="consultations:decide",
        of="consultation",
    ),
    post(
        "/consultations/{number}/parties",
        complete,
        who=LAWYERS | STAFF_ONLY,
        name="consultations:complete",
        of="consultation",
    ),
]
