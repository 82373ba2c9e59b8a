"""A person's own seats: sign up, look, change, give up."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, states
from portal.languages import _
from portal.law import numbers
from portal.lectures import actions, queries, rules
from portal.lectures.models import SIGN_UP_NAMES, Lecture, SignUp, SignUpState
from portal.lectures.reading_pages import lecture_of
from portal.web import door
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, get, post


async def _sign_up_of(request: Request) -> SignUp:
    """The sign-up of the address with its lecture and person, as far as this person may read it; Missing otherwise."""
    seen = SignUp.visible_to(request.state.person).select_related("lecture", "person")
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def ask(request: Request) -> Response:
    """How many seats? Whoever has some already is shown them."""
    lecture = await lecture_of(request)
    mine = await queries.sign_up_of(request.state.person, lecture)
    if mine is not None and mine.state != SignUpState.CANCELLED:
        return see(request, "lectures:sign_up", number=mine.number)
    return await _asked(request, lecture, Form({"seats": "1"}))


async def sign_up(request: Request) -> Response:
    """Take the seats, or a place among those waiting."""
    lecture = await lecture_of(request)
    person = request.state.person
    mine = await queries.sign_up_of(person, lecture)
    if mine is not None and mine.state != SignUpState.CANCELLED:
        return see(request, "lectures:sign_up", number=mine.number, flash=_("您已经报过名了，就是这一份。"))
    form = await Form.read(request)
    wanted = form.number("seats", 1, rules.MOST_SEATS)
    question = form.text("question", most=500, required=False)
    if not form.ok or wanted is None:
        return await _asked(request, lecture, form, 422)
    made = await actions.sign_up(person, lecture, wanted, question)
    is_seated = made.state == SignUpState.SEATED
    return see(
        request,
        "lectures:sign_up",
        number=made.number,
        flash=_("报名成功，座位给您留好了。") if is_seated else _("眼下座位不够，已经替您排上候补。"),
    )


async def _asked(request: Request, lecture: Lecture, form: Form, code: int = 200) -> Response:
    left = lecture.capacity - lecture.taken
    return page(
        request,
        "lectures/sign_up.html",
        code,
        lecture=lecture,
        left=left,
        most=rules.MOST_SEATS,
        is_signing_up=rules.is_signing_up(lecture, clock.now()),
        form=form,
    )


async def show(request: Request) -> Response:
    """One's own seats."""
    sign_up = await _sign_up_of(request)
    return await _shown(request, sign_up, Form({"seats": str(sign_up.seats)}))


async def resize(request: Request) -> Response:
    """More seats, or fewer."""
    sign_up = await _sign_up_of(request)
    form = await Form.read(request)
    wanted = form.number("seats", 1, rules.MOST_SEATS)
    if not form.ok or wanted is None:
        return await _shown(request, sign_up, form, 422)
    try:
        await actions.resize(request.state.person, sign_up, wanted)
    except actions.Full as full:
        form.refuse("seats", _("座位不够：您最多可以有 %(n)s 个。") % {"n": full.seats})
        return await _shown(request, sign_up, form, 409)
    return see(request, "lectures:sign_up", number=sign_up.number, flash=_("座位数改好了。"))


async def cancel(request: Request) -> Response:
    """Give the seats back."""
    sign_up = await _sign_up_of(request)
    await actions.give_up(request.state.person, sign_up)
    return see(
        request,
        "lectures:sign_up",
        number=sign_up.number,
        flash=_("已取消，座位让给别的邻居了。谢谢您告诉我们。"),
    )


async def _shown(request: Request, sign_up: SignUp, form: Form, code: int = 200) -> Response:
    person, now = request.state.person, clock.now()
    is_waiting = sign_up.state == SignUpState.WAITING
    return page(
        request,
        "lectures/seats.html",
        code,
        sign_up=sign_up,
        lecture=sign_up.lecture,
        name=SIGN_UP_NAMES[SignUpState(sign_up.state)],
        before=await queries.seats_before(sign_up) if is_waiting else 0,
        offers=states.offers(person, sign_up, rules.MAY_SEAT, now),
        may_resize=rules.may_change_seats(person, sign_up, now),
        most=rules.MOST_SEATS,
        form=form,
    )


routes: list[BaseRoute] = [
    get("/lectures/sign-ups/{number}", show, who=SIGNED_IN, name="lectures:sign_up", of="signup"),
    post("/lectures/sign-ups/{number}/seats", resize, who=SIGNED_IN, name="lectures:resize", of="signup"),
    post(
        "/lectures/sign-ups/{number}/cancellation",
        cancel,
        who=SIGNED_IN,
        name="lectures:give_up",
        of="signup",
    ),
    get("/lectures/{number}/sign-up", ask, who=SIGNED_IN, name="lectures:ask", of="lecture"),
    post("/lectures/{number}/sign-up", sign_up, who=SIGNED_IN, name="lectures:take", of="lecture"),
]
