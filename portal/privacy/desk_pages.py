"""The lead's and the auditor's work: requests to answer, words to let go, records that stay."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, states
from portal.errors import Missing, Refusal
from portal.languages import _
from portal.law import numbers
from portal.people.models import Person, Role
from portal.privacy import actions, queries, rules
from portal.privacy.models import (
    DISPOSAL_NAMES,
    STATE_NAMES,
    WISH_NAMES,
    Disposal,
    DisposalState,
    LegalHold,
    State,
    Wish,
)
from portal.privacy.models import Request as Asked
from portal.privacy.schedule import SCHEDULE
from portal.web.door import opened
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import get, post

LEADS = frozenset({Role.LEAD.value})
REVIEWERS = LEADS | {Role.AUDITOR.value}
HOLDABLE = ("consultation", "dispute", "feedback", "appointment", "signup", "request", "person")
MOST = 200


async def desk(request: Request) -> Response:
    """What waits: requests by the day they are due, proposals to review, holds."""
    return await _desk(request, None)


async def _desk(request: Request, form: Form | None, code: int = 200) -> Response:
    person, now = request.state.person, clock.now()
    is_lead = Role.LEAD in person.roles
    to_correct = Q(state=State.GRANTED, wish=Wish.CORRECT)
    open_ones = Asked.visible_to(person).filter(Q(state=State.ASKED) | to_correct)
    asked = await open_ones.exclude(person_id=person.id).order_by("due_at").limit(MOST) if is_lead else []
    proposed = Disposal.visible_to(person).order_by("-created_at").limit(MOST)
    return page(
        request,
        "privacy/desk.html",
        code,
        form=form,
        is_lead=is_lead,
        asked=[
            {
                "number": each.number,
                "wish": WISH_NAMES[Wish(each.wish)],
                "state": STATE_NAMES[State(each.state)],
                "due_at": each.due_at,
                "is_late": each.state == State.ASKED and each.due_at < now,
            }
            for each in asked
        ],
        disposals=[_line(each) for each in await proposed],
        kinds=[(kind, _held(kind)) for kind in HOLDABLE],
        holds=await _holds(person) if is_lead else [],
    )


def _line(disposal: Disposal) -> dict[str, Any]:
    return {
        "number": disposal.number,
        "what": SCHEDULE[disposal.kind].title,
        "count": len(disposal.subjects),
        "gone": disposal.count,
        "state": DISPOSAL_NAMES[DisposalState(disposal.state)],
        "waits": disposal.state == DisposalState.PROPOSED,
        "at": disposal.created_at,
    }


def _held(kind: str) -> Any:
    """What a hold of this kind keeps; one on a person keeps all of theirs."""
    return _("一位居民的全部记录") if kind == "person" else SCHEDULE[kind].title


async def _holds(person: Person) -> list[dict[str, Any]]:
    """Standing holds on records of the communities this person leads."""
    found = []
    for each in await LegalHold.filter(lifted_at=None).order_by("-created_at").limit(MOST):
        places = person.minds(Role.LEAD)
        if None in places or await queries.community_of(each.kind, each.subject) in places:
            named = await queries.numbers_of(each.kind, [each.subject])
            number = named[0][0] if named else ""
            title = _held(each.kind)
            found.append(
                {"id": each.id, "what": title, "number": number, "reason": each.reason, "at": each.created_at}
            )
    return found


# -- requests ------------------------------------------------------------------------------------------------------------


async def show(request: Request) -> Response:
    """One request and the ways to answer it."""
    return await _show(request, None)


async def _show(request: Request, form: Form | None, code: int = 200) -> Response:
    person = request.state.person
    found = Asked.visible_to(person).exclude(person_id=person.id).select_related("person")
    asked: Asked = await opened(request, found, number=numbers.read(request.path_params["number"]) or "")
    return page(
        request,
        "privacy/request.html",
        code,
        asked=asked,
        form=form,
        wish=WISH_NAMES[Wish(asked.wish)],
        state=STATE_NAMES[State(asked.state)],
        offers=states.offers(person, asked, rules.REQUEST_MAY, clock.now()),
        disposals=[_line(each) for each in await Disposal.filter(request_id=asked.id).order_by("id")],
        needs_answer=asked.wish == Wish.CORRECT,
    )


async def _asked(request: Request) -> Asked:
    number = numbers.read(request.path_params["number"])
    found: Asked = await one(Asked.visible_to(request.state.person), number=number or "")
    return found


Answer = Callable[[Person, Asked, str], Awaitable[object]]


async def _answered(request: Request, answer: Answer, text: Callable[[Form], str], flash: str) -> Response:
    """Answer the request with the words of one field; without them the page again, nothing lost."""
    asked, form = await _asked(request), await Form.read(request)
    words = text(form)
    if not form.ok:
        return await _show(request, form, 422)
    await answer(request.state.person, asked, words)
    return see(request, "privacy:request", flash=flash, number=asked.number)


async def grant(request: Request) -> Response:
    """Say yes."""
    answered = _("已答复，已通知本人。")
    return await _answered(
        request, actions.grant, lambda form: form.text("answer", most=500, required=False), answered
    )


async def turn_down(request: Request) -> Response:
    """Say no, with the reason."""
    missing, answered = _("请写明理由，本人会看到。"), _("已答复，已通知本人。")
    return await _answered(request, actions.turn_down, _required("reason", missing), answered)


async def finish(request: Request) -> Response:
    """It has been corrected."""
    missing, answered = _("请写改了什么，本人会看到。"), _("办好了，已通知本人。")
    return await _answered(request, actions.finish, _required("done", missing), answered)


def _required(name: str, missing: str) -> Callable[[Form], str]:
    return lambda form: form.text(name, most=500, least=4, missing=missing)


# -- disposals -----------------------------------------------------------------------------------------------------------


async def disposal(request: Request) -> Response:
    """What would go, by number; who proposed and approved it; what became of it."""
    found = await _disposal(request)
    people = {found.proposed_by_id, found.approved_by_id} - {None}
    names = dict(await Person.filter(id__in=list(people)).values_list("id", "name"))
    return page(
        request,
        "privacy/disposal.html",
        disposal=found,
        line=_line(found),
        keeping=SCHEDULE[found.kind],
        records=await queries.numbers_of(found.kind, found.subjects[:MOST]),
        proposed_by=names.get(found.proposed_by_id, ""),
        approved_by=names.get(found.approved_by_id, ""),
        offers=states.offers(request.state.person, found, rules.DISPOSAL_MAY, clock.now()),
        reasons=list(rules.REASONS.items()),
    )


async def _disposal(request: Request) -> Disposal:
    number = numbers.read(request.path_params["number"])
    found: Disposal = await one(Disposal.visible_to(request.state.person), number=number or "")
    return found


async def approve(request: Request) -> Response:
    """The second person agrees."""
    found = await _disposal(request)
    await actions.approve(request.state.person, found)
    text = _("已复核。系统会在一小时内销毁，暂停销毁的会留下。")
    return see(request, "privacy:disposal", flash=text, number=found.number)


async def refuse(request: Request) -> Response:
    """It stays."""
    found, form = await _disposal(request), await Form.read(request)
    reason = form.choice("reason", rules.REASONS, required=False) or "needed"
    if not form.ok:
        raise Refusal(_("请从给出的选项里选一个。"))
    await actions.refuse(request.state.person, found, reason)
    return see(request, "privacy:disposal", flash=_("记下了，不销毁。"), number=found.number)


# -- holds ---------------------------------------------------------------------------------------------------------------


async def hold(request: Request) -> Response:
    """Let a record stay."""
    person, form = request.state.person, await Form.read(request)
    kind = form.choice("kind", HOLDABLE)
    number = numbers.read(form.text("number", most=20))
    reason = form.text("reason", most=400, least=4)
    found = None
    if form.ok and kind:
        found = await queries.model_of(kind).visible_to(person).filter(number=number or "").first()
        if found is None:
            form.refuse("number", _("没有找到这个编号。请看看类别和编号对不对。"))
    if form.ok and found is not None:
        try:
            await actions.hold(person, kind, found, reason)
            return see(request, "privacy:desk", flash=_("已暂停销毁。"))
        except Refusal as refusal:
            form.refuse("number", refusal.text)
    return await _desk(request, form, 422)


async def lift(request: Request) -> Response:
    """It may go again."""
    found = await LegalHold.get_or_none(id=request.path_params["hold"], lifted_at=None)
    if found is None:
        raise Missing
    places = request.state.person.minds(Role.LEAD)
    if None not in places and await queries.community_of(found.kind, found.subject) not in places:
        raise Missing
    await actions.lift(request.state.person, found)
    return see(request, "privacy:desk", flash=_("已恢复：到期照常销毁。"))


routes: list[BaseRoute] = [
    get("/privacy/desk", desk, who=REVIEWERS, name="privacy:desk"),
    get("/privacy/requests/{number}", show, who=LEADS, name="privacy:request", of="request"),
    post(
        "/privacy/requests/{number}/consent", grant, who=LEADS, name="privacy:grant", of="request", fresh=True
    ),
    post("/privacy/requests/{number}/refusal", turn_down, who=LEADS, name="privacy:turn_down", of="request"),
    post("/privacy/requests/{number}/completion", finish, who=LEADS, name="privacy:finish", of="request"),
    get("/privacy/disposals/{number}", disposal, who=REVIEWERS, name="privacy:disposal", of="disposal"),
    post(
        "/privacy/disposals/{number}/approval",
        approve,
        who=REVIEWERS,
        name="privacy:approve",
        of="disposal",
        fresh=True,
    ),
    post("/privacy/disposals/{number}/refusal", refuse, who=REVIEWERS, name="privacy:refuse", of="disposal"),
    post("/privacy/holds", hold, who=LEADS, name="privacy:hold"),
    post("/privacy/holds/{hold:uuid}/lifting", lift, who=LEADS, name="privacy:lift", of=None),
]
