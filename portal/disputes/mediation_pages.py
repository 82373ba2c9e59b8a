"""Bringing the two sides together, and what they agreed: plan, record, settle."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, policy
from portal.disputes import actions, forms, queries, rules
from portal.disputes.models import LEVEL_NAMES, Agreement, Dispute, Outcome, Sitting, SittingState
from portal.disputes.show_pages import opened, result
from portal.errors import Conflict, Forbidden, Missing
from portal.languages import _
from portal.law import numbers
from portal.people import consents
from portal.people import queries as people
from portal.people.models import Person, Role
from portal.web.forms import Form, one
from portal.web.pages import page
from portal.web.routes import HEADS_ONLY, STAFF_ONLY, get, post

OFFICES = STAFF_ONLY | HEADS_ONLY | {Role.STREET.value}


async def _handled(request: Request, verb: str) -> Dispute:
    """The dispute as it may be read, for whoever may do this to it now. Forbidden or Conflict for others who may see it."""
    person, dispute = request.state.person, await opened(request)
    if not rules.MAY[verb](person, dispute, clock.now()):
        raise Forbidden
    if (dispute.state, verb) not in Dispute.MOVES and not (
        verb == "mediate" and dispute.state == "mediating"
    ):
        raise Conflict(_("这一步现在不能办理：状态已经变化。请看最新情况。"))
    return dispute


# -- sittings --------------------------------------------------------------------------------------------------------


async def plan(request: Request) -> Response:
    """When, where and with whom."""
    dispute = await _handled(request, "mediate")
    community = await queries.committee(dispute)
    start = clock.today() + timedelta(days=1)
    form = Form(
        {
            "mediator": str(request.state.person.id),
            "day": start.isoformat(),
            "time": "14:00",
            "place": community.desk if community else "",
        }
    )
    return await _plan_page(request, dispute, form)


async def _plan_page(request: Request, dispute: Dispute, form: Form, code: int = 200) -> Response:
    mediators = {one.id: one.name for one in await _mediators(request.state.person, dispute)}
    known = {"mediators": [*mediators.items()], "asked": consents.asked(await queries.unagreed(dispute))}
    return page(request, "disputes/plan.html", code, dispute=dispute, form=form, **known)


async def _mediators(person: Person, dispute: Dispute) -> list[Person]:
    """Who can lead a sitting: the person who plans it first, then the mediators of the dispute's community."""
    here = dispute.community_id
    others = await people.holders(Role.MEDIATOR, community=here) if person.serves(here) else []
    return [person, *(one for one in others if one.id != person.id)]


async def create_sitting(request: Request) -> Response:
    """Plan it."""
    person = request.state.person
    dispute = await _handled(request, "mediate")
    form = await Form.read(request)
    mediators = {str(one.id): one for one in await _mediators(person, dispute)}
    mediator = mediators.get(form.choice("mediator", mediators) or "", person)
    day = form.day("day", least=clock.today(), most=clock.today() + rules.SITTINGS_AHEAD)
    minute = form.minute("time")
    place = form.text("place", most=80)
    willing, safe = form.flag("willing"), form.flag("safe")
    agreed = consents.read(form, await queries.unagreed(dispute), required=True)
    if not willing:
        form.refuse("willing", _("双方都愿意才能调解。有一方明确拒绝，就不能调解。"))
    if dispute.is_dangerous and not safe:
        form.refuse("safe", _("这件事有危险标记：先分别问过双方，确认能安全到场。"))
    starts_at = clock.at(day, minute) if day and minute is not None else None
    if starts_at and starts_at <= clock.now():
        form.refuse("time", _("这个时间已经过了，请另选一个。"))
    if not form.ok or starts_at is None:
        return await _plan_page(request, dispute, form, 422)
    await actions.plan_sitting(
        person,
        dispute,
        mediator=mediator,
        starts_at=starts_at,
        place=place,
        willing=willing,
        safe=safe,
        agreed=agreed,
    )
    return await result(request, dispute, _("已安排，已告诉反映的人。"))


async def sitting_of(request: Request) -> tuple[Dispute, Sitting]:
    """A sitting of this dispute, for those who know its facts and lead it or stand where the dispute does."""
    person, dispute = request.state.person, await opened(request)
    found = Sitting.filter(dispute_id=dispute.id).select_related("mediator")
    sitting = await one(found, id=request.path_params["sitting"])
    is_theirs = rules.stands_with(person, dispute) or person.id == sitting.mediator_id
    if policy.FACTS not in dispute.parts or not is_theirs:
        raise Missing
    return dispute, sitting


async def record(request: Request) -> Response:
    """The form for who came and what was said; afterwards, what was written."""
    dispute, sitting = await sitting_of(request)
    return await _record_page(request, dispute, sitting, None)


async def _record_page(
    request: Request, dispute: Dispute, sitting: Sitting, form: Form | None, code: int = 200
) -> Response:
    may = rules.may_record(request.state.person, sitting, dispute, clock.now())
    is_planned = sitting.state == SittingState.PLANNED
    return page(
        request,
        "disputes/sitting.html",
        code,
        dispute=dispute,
        sitting=sitting,
        form=form,
        may_record=may and is_planned,
        is_planned=is_planned,
        is_held=sitting.state == SittingState.HELD,
    )


async def hold_sitting(request: Request) -> Response:
    """Keep the record."""
    dispute, sitting = await sitting_of(request)
    form = await Form.read(request)
    attended, minutes = form.text("attended", most=200), form.text("minutes", most=8000)
    if not form.flag("rights_told"):
        form.refuse("rights_told", _("先告知双方的权利，再开始调解。"))
    if not form.ok:
        return await _record_page(request, dispute, sitting, form, 422)
    await actions.hold_sitting(
        request.state.person, sitting, attended=attended, minutes=minutes, rights_told=True
    )
    return await result(request, dispute, _("调解记录已保存。"))


async def cancel_sitting(request: Request) -> Response:
    """Call it off."""
    dispute, sitting = await sitting_of(request)
    await actions.cancel_sitting(request.state.person, sitting)
    return await result(request, dispute, _("这次调解已取消，已告诉反映的人。"))


# -- agreements ------------------------------------------------------------------------------------------------------


async def settlement(request: Request) -> Response:
    """What was agreed: the draft to go on with, or a fresh form."""
    dispute = await _handled(request, "settle")
    draft = await Agreement.filter(dispute_id=dispute.id, signed=False, form=Outcome.WRITTEN.value).first()
    values = {"form": Outcome.ORAL.value, "reached_on": clock.today().isoformat()}
    if draft:
        values = {
            "form": Outcome.WRITTEN.value,
            "content": draft.content,
            "performance": draft.performance,
            "amount": f"{draft.amount / 100:.2f}" if draft.amount else "",
            "perform_by": draft.perform_by.isoformat() if draft.perform_by else "",
            "reached_on": draft.reached_on.isoformat(),
        }
    return _settlement_page(request, dispute, Form(values))


def _settlement_page(request: Request, dispute: Dispute, form: Form, code: int = 200) -> Response:
    levels = rules.levels_to_settle(request.state.person, dispute)
    form.values.setdefault("level", str(int(levels[0])))
    return page(
        request,
        "disputes/settlement.html",
        code,
        dispute=dispute,
        form=form,
        levels=[(int(level), LEVEL_NAMES[level]) for level in sorted(levels)],
    )


async def settle(request: Request) -> Response:
    """Keep the agreement. Oral, or signed, it settles the dispute; else it waits for the signatures."""
    person = request.state.person
    dispute = await _handled(request, "settle")
    form = await Form.read(request)
    agreed = forms.read_agreed(form, rules.levels_to_settle(person, dispute), clock.today())
    if not form.ok:
        return _settlement_page(request, dispute, form, 422)
    agreement = await actions.agree(person, dispute, **vars(agreed))
    if agreement.form == Outcome.ORAL or agreement.signed:
        return await result(request, dispute, _("已登记为化解。"))
    return await result(request, dispute, _("协议书已起草，请打印后请双方签字盖章。"))


async def agreement_of(request: Request) -> tuple[Dispute, Agreement]:
    """An agreement of this dispute, for those who may read it."""
    person, dispute = request.state.person, await opened(request)
    number = numbers.read(request.path_params["agreement"])
    agreement = await one(Agreement.filter(dispute_id=dispute.id), number=number or "")
    may_read = rules.may_read_agreement(person, dispute, await queries.is_party(person, dispute))
    if policy.FACTS not in dispute.parts or not may_read:
        raise Missing
    return dispute, agreement


async def sign(request: Request) -> Response:
    """Everybody has signed and the seal is on it."""
    person = request.state.person
    dispute, agreement = await agreement_of(request)
    await actions.sign(person, dispute, agreement)
    return await result(request, dispute, _("协议已生效，登记为化解。"))


routes: list[BaseRoute] = [
    get("/disputes/{number}/sittings/new", plan, who=OFFICES, name="disputes:plan", of="dispute"),
    post("/disputes/{number}/sittings", create_sitting, who=OFFICES, name="disputes:sittings", of="dispute"),
    get(
        "/disputes/{number}/sittings/{sitting:uuid}",
        record,
        who=OFFICES,
        name="disputes:sitting",
        of="dispute",
    ),
    post(
        "/disputes/{number}/sittings/{sitting:uuid}/record",
        hold_sitting,
        who=OFFICES,
        name="disputes:hold",
        of="dispute",
    ),
    post(
        "/disputes/{number}/sittings/{sitting:uuid}/cancellation",
        cancel_sitting,
        who=OFFICES,
        name="disputes:cancel_sitting",
        of="dispute",
    ),
    get("/disputes/{number}/settlement", settlement, who=OFFICES, name="disputes:settlement", of="dispute"),
    post("/disputes/{number}/settlement", settle, who=OFFICES, name="disputes:settle", of="dispute"),
    post(
        "/disputes/{number}/agreement/{agreement}/signature",
        sign,
        who=OFFICES,
        name="disputes:sign",
        of="dispute",
    ),
]
