"""A lawyer cannot come: everybody they were to receive on one screen, a proposal for each, one confirmation."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.booking import actions, queries
from portal.booking.forms import read_day
from portal.booking.models import Appointment, Mode
from portal.booking.queries.dropouts import Case, Proposal
from portal.booking.queue_pages import rows
from portal.booking.rules import Desk
from portal.languages import _, ngettext
from portal.law import numbers
from portal.roster.models import Lawyer
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post
from portal.web.wording import clock_time, moment


async def _lawyer(request: Request, **which: Any) -> Lawyer:
    seen = Lawyer.visible_to(request.state.person).select_related("person", "firm")
    number = numbers.read(request.path_params["number"])
    lawyer: Lawyer = await one(seen, person__number=number, **which)
    return lawyer


def _day(text: str) -> date:
    """The day that is meant: today's or one to come."""
    return max(read_day(text, clock.today()), clock.today())


async def replacement(request: Request) -> Response:
    """What could be done for each whom this lawyer was to receive."""
    lawyer, day = await _lawyer(request), _day(request.query_params.get("day", ""))
    proposal = await queries.without(request.state.person, lawyer, day)
    return await _proposal(request, lawyer, proposal, Form(_proposed(proposal)), 200)


def _proposed(proposal: Proposal) -> dict[str, str]:
    """The form as it is proposed; where nothing is, somebody rings the resident."""
    return {
        f"to-{case.appointment.number}": str(case.proposed.slot) for case in proposal.cases if case.proposed
    }


async def _proposal(request: Request, lawyer: Lawyer, proposal: Proposal, form: Form, code: int) -> Response:
    shown = rows(request.state.person, [case.appointment for case in proposal.cases])
    return page(
        request,
        "booking/replacement.html",
        code,
        lawyer=lawyer,
        proposal=proposal,
        form=form,
        cases=[
            {
                **row,
                "case": case,
                "options": [(str(desk.slot), _said(case.appointment, desk)) for desk in case.desks],
                "may_ring": case.appointment.mode == Mode.DESK,
            }
            for row, case in zip(shown, proposal.cases, strict=True)
        ],
    )


def _said(appointment: Appointment, desk: Desk) -> str:
    """One desk as a choice for this appointment."""
    said = {"name": desk.names[0], "firm": desk.names[1]}
    if desk.slot == appointment.slot_id:  # type: ignore[attr-defined]
        return _("不动")
    if desk.starts_at == appointment.starts_at:
        return _("时间不变，换成%(name)s（%(firm)s）") % said
    is_same_day = clock.day_of(desk.starts_at) == clock.day_of(appointment.starts_at)
    said["when"] = clock_time(desk.starts_at) if is_same_day else moment(desk.starts_at)
    return _("改到%(when)s，%(name)s（%(firm)s）") % said


async def replace(request: Request) -> Response:
    """Carry out what was chosen: the leave first, then each appointment by itself."""
    lawyer, form, person = await _lawyer(request), await Form.read(request), request.state.person
    day = _day(form.values.get("day", ""))
    proposal = await queries.without(person, lawyer, day)
    wishes, gone = _read(form, proposal.cases)
    if not form.ok:
        return await _proposal(request, lawyer, proposal, form, 422)
    if not proposal.is_withdrawn:
        await actions.drop_out(person, lawyer, day)
    done, lost = await actions.carry_out(person, wishes)
    left = len((await queries.without(person, lawyer, day)).cases)
    flash = _outcome(len(done), len(lost) + gone, left)
    if left:
        return see(
            request, "appointments:replacement", flash=flash, query=f"day={day}", number=lawyer.person.number
        )
    return see(request, "appointments:today", flash=flash, query=f"day={day}")


def _read(form: Form, cases: list[Case]) -> tuple[list[actions.Wish], int]:
    """What was chosen, and how many chose what is not to be had any more."""
    wishes: list[actions.Wish] = []
    gone = 0
    for case in cases:
        name = f"to-{case.appointment.number}"
        wanted = form.values.get(name, "")
        desk = next((desk for desk in case.desks if str(desk.slot) == wanted), None)
        gone += bool(wanted) and desk is None
        if desk is None or desk.slot == case.appointment.slot_id:  # type: ignore[attr-defined]
            continue
        if any(desk.slot == other.desk.slot for other in wishes):
            form.refuse(name, _("这个时间已经给了上面的一位，请另选一个。"))
        wishes.append(actions.Wish(case.appointment, desk, form.flag(f"ring-{case.appointment.number}")))
    return wishes, gone


def _outcome(done: int, lost: int, left: int) -> str:
    said = [
        ngettext("安排好了 %(num)s 位，都已经通知。", "安排好了 %(num)s 位，都已经通知。", done)
        % {"num": done}
    ]
    if lost:
        said.append(
            ngettext(
                "有 %(num)s 位没有办成：选的时间刚被约走了，请重新选。",
                "有 %(num)s 位没有办成：选的时间刚被约走了，请重新选。",
                lost,
            )
            % {"num": lost}
        )
    if left:
        said.append(ngettext("还有 %(num)s 位等着安排。", "还有 %(num)s 位等着安排。", left) % {"num": left})
    return "".join(str(one) for one in said)


async def unable(request: Request) -> Response:
    """A lawyer is about to say that they cannot come."""
    person = request.state.person
    lawyer, day = await _lawyer(request, person_id=person.id), _day(request.query_params.get("day", ""))
    duty = await queries.duty_of(lawyer, day)
    booked = [one for one in await queries.queue(person, day) if one.state in queries.OPEN]
    return page(request, "booking/absence.html", lawyer=lawyer, day_off=day, duty=duty, booked=len(booked))


async def absent(request: Request) -> Response:
    """They cannot come: written down as leave, and the staff of the centre told."""
    person, form = request.state.person, await Form.read(request)
    lawyer, day = await _lawyer(request, person_id=person.id), _day(form.values.get("day", ""))
    known = not await actions.drop_out(person, lawyer, day)
    flash = (
        _("已经请过假了，不用再记。") if known else _("记好了，也告诉了服务中心。请安心，后面由我们安排。")
    )
    return see(request, "desk", flash=flash)


routes: list[BaseRoute] = [
    get(
        "/queue/{number}/replacement",
        replacement,
        who=STAFF_ONLY,
        name="appointments:replacement",
        of="lawyer",
    ),
    post("/queue/{number}/replacement", replace, who=STAFF_ONLY, name="appointments:replace", of="lawyer"),
    get("/queue/{number}/absence", unable, who=LAWYERS, name="appointments:unable", of="lawyer"),
    post("/queue/{number}/absence", absent, who=LAWYERS, name="appointments:absent", of="lawyer"),
]
