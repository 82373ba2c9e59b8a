"""The list at the door: who is expected, who came, how many there were in all."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.languages import _
from portal.lectures import actions, queries, rules
from portal.lectures.models import Lecture, SignUpState
from portal.lectures.reading_pages import own_lecture
from portal.people import actions as people
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post


async def hold(request: Request) -> Response:
    """It took place before so many people."""
    lecture = await own_lecture(request)
    form = await Form.read(request)
    attended = form.number("attended", 0, 9_999)
    if not form.ok or attended is None:
        return await _listed(request, lecture, form, 422)
    await actions.hold(request.state.person, lecture, attended)
    return see(request, "lectures:show", number=lecture.number, flash=_("已登记。"))


async def attendance(request: Request) -> Response:
    """The list at the door."""
    return await _listed(request, await own_lecture(request), None)


async def enter(request: Request) -> Response:
    """Sign up somebody who calls or stands at the desk."""
    staff = request.state.person
    lecture = await own_lecture(request)
    form = await Form.read(request)
    name, phone = form.text("name", most=40), form.phone("phone", required=False)
    wanted = form.number("seats", 1, rules.MOST_SEATS)
    if not form.ok or wanted is None:
        return await _listed(request, lecture, form, 422)
    somebody = await people.register(staff, name, phone)
    mine = await queries.sign_up_of(somebody, lecture)
    if mine is not None and mine.state != SignUpState.CANCELLED:
        return see(
            request, "lectures:sign_up", number=mine.number, flash=_("这位居民已经报过名了，就是这一份。")
        )
    made = await actions.sign_up(somebody, lecture, wanted, actor=staff)
    return see(request, "lectures:sign_up", number=made.number, flash=_("已代报。请把编号告诉居民。"))


async def count(request: Request) -> Response:
    """Who came, family by family; an empty box is not known."""
    lecture = await own_lecture(request)
    form = await Form.read(request)
    seated = (await queries.sheet(lecture)).seated
    came = {one.id: form.number(_box(one.number), 0, rules.MOST_SEATS, required=False) for one in seated}
    if not form.ok:
        return await _listed(request, lecture, form, 422)
    await actions.count(request.state.person, lecture, came)
    return see(request, "lectures:attendance", number=lecture.number, flash=_("签到已保存。"))


def _box(number: str) -> str:
    """The name of the field for one sign-up."""
    return f"came-{number}"


async def _listed(request: Request, lecture: Lecture, form: Form | None, code: int = 200) -> Response:
    sheet = await queries.sheet(lecture)
    known = {_box(one.number): "" if one.came is None else str(one.came) for one in sheet.seated}
    attended = sheet.came if lecture.attended is None else lecture.attended
    person, now = request.state.person, clock.now()
    return page(
        request,
        "lectures/attendance.html",
        code,
        lecture=lecture,
        sheet=sheet,
        form=form or Form({**known, "attended": str(attended or "")}),
        may_count=rules.may_count(person, lecture, now),
        is_signing_up=rules.is_signing_up(lecture, now),
        may_hold=rules.may_hold(person, lecture, now) and lecture.attended is None,
        most=rules.MOST_SEATS,
    )


routes: list[BaseRoute] = [
    get(
        "/lectures/{number}/attendance", attendance, who=STAFF_ONLY, name="lectures:attendance", of="lecture"
    ),
    post("/lectures/{number}/attendance", count, who=STAFF_ONLY, name="lectures:count", of="lecture"),
    post("/lectures/{number}/sign-ups", enter, who=STAFF_ONLY, name="lectures:enter", of="lecture"),
    post("/lectures/{number}/result", hold, who=STAFF_ONLY, name="lectures:hold", of="lecture"),
]
