"""At the door: the digits that hang there, and one's number; whoever is signed in only presses once."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import actions, queries
from portal.booking.models import Appointment
from portal.errors import Refusal
from portal.languages import _
from portal.law import numbers
from portal.people.door_pages import address
from portal.web.forms import Form
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post
from portal.web.wording import clock_time, moment


async def new(request: Request) -> Response:
    """What is asked; the digits of the door stand in the address that the poster's picture leads to."""
    return await form_page(request, Form({"code": request.query_params.get("code", "")[:12]}), 200)


async def form_page(request: Request, form: Form, code: int) -> Response:
    mine = await queries.arriving(request.state.person) if request.state.person else []
    if len(mine) == 1:
        form.values.setdefault("number", mine[0].number)
    return page(
        request,
        "booking/arrive.html",
        code,
        form=form,
        mine=[(one.number, moment(one.starts_at)) for one in mine],
    )


async def arrive(request: Request) -> Response:
    """Checked in, with a number and about when; or to the desk."""
    form, person = await Form.read(request), request.state.person
    code, number = form.text("code", most=12), numbers.read(form.text("number", most=20)) or ""
    tail = form.text("tail", most=12, required=False)
    if form.ok:
        try:
            found = await actions.arrive(
                browser(request), code, number, person=person, tail=tail, address=address(request)
            )
            return see(request, "arrivals:new", flash=await said(found))
        except Refusal as refusal:
            form.refuse("number", refusal.text)
            return await form_page(request, form, refusal.status if refusal.status == 429 else 422)
    return await form_page(request, form, 422)


async def said(found: Appointment) -> str:
    """What whoever has come reads: their number and about when; somebody who is to wait elsewhere is sent to the desk."""
    turn = await queries.place_of(found)
    words = _("报到好了，您是 %(n)s 号，大约 %(time)s 轮到您。") % {
        "n": found.ticket,
        "time": clock_time(turn.about),
    }
    if await queries.meets_somebody(found):
        return words + _("请先到服务台，工作人员带您去等候。")
    return words + _("请坐，叫到号会显示在屏幕上。")


routes: list[BaseRoute] = [
    get("/arrive", new, who=PUBLIC, name="arrivals:new"),
    post("/arrive", arrive, who=PUBLIC, name="arrivals:arrive"),
]
