"""The clinic's calendar, year by year, for staff to correct and confirm."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.errors import Missing
from portal.languages import _
from portal.roster import day_actions, forms, queries
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import STAFF_ONLY, get, post

OPEN, CLOSED = "open", "closed"
YEARS_BACK, YEARS_AHEAD = 5, 5


async def days(request: Request) -> Response:
    """The days of a year that differ from the plain week."""
    asked = Form.asked(request)
    year = asked.number("year", 1900, 2200, required=False) or clock.today().year
    day = asked.day("day", required=False)
    known = next((row for row in await queries.days_of(year) if row["day"] == day), None)
    typed = {"first_on": str(day), "state": CLOSED, "name": ""} if day else {}
    if known:
        typed |= {"state": OPEN if known["is_open"] else CLOSED, "name": known["name"]}
    return await _year(request, year, Form(typed))


async def edit(request: Request) -> Response:
    """Open or close the clinic on some days."""
    form = await Form.read(request)
    first, last = forms.span(form)
    state = form.choice("state", (OPEN, CLOSED))
    name = form.text("name", most=40, required=state == CLOSED)
    if form.ok and first and last:
        with forms.beside(form, "first_on"):
            withdrawn = await day_actions.edit_days(request.state.person, first, last, state == OPEN, name)
            if withdrawn:
                flash = _("日历已改，撤下了 %(n)s 个时间。") % {"n": withdrawn}
                return see(request, "appointments:affected", flash=flash)
            return see(request, "roster:days", flash=_("日历已改。"), query=f"year={first.year}")
    return await _year(request, first.year if first else clock.today().year, form, 422)


async def confirm(request: Request) -> Response:
    """The year's arrangement is published and agrees with the table."""
    year = _asked_year(request)
    await day_actions.confirm_year(request.state.person, year)
    flash = _("%(year)s 年的放假安排已确认。") % {"year": year}
    return see(request, "roster:days", flash=flash, query=f"year={year}")


async def seed(request: Request) -> Response:
    """Fill a year with what is known of it."""
    year = _asked_year(request)
    if await day_actions.seed_days([year], request.state.person):
        flash = _("%(year)s 年的日历已填好，请核对。") % {"year": year}
    else:
        flash = _("%(year)s 年的放假安排还不知道，请逐天填写。") % {"year": year}
    return see(request, "roster:days", flash=flash, query=f"year={year}")


async def _year(request: Request, year: int, form: Form, code: int = 200) -> Response:
    this = clock.today().year
    rows = await queries.days_of(year)
    return page(
        request,
        "roster/days.html",
        code,
        year=year,
        years=[one for one in (year - 1, year + 1) if this - YEARS_BACK <= one <= this + YEARS_AHEAD],
        rows=rows,
        is_provisional=any(row["is_provisional"] for row in rows),
        form=form,
        states=[(CLOSED, _("不开门")), (OPEN, _("开门"))],
    )


def _asked_year(request: Request) -> int:
    year = int(request.path_params["year"])
    if not 1900 <= year <= 2200:
        raise Missing
    return year


routes: list[BaseRoute] = [
    get("/days", days, who=STAFF_ONLY, name="roster:days"),
    post("/days", edit, who=STAFF_ONLY, name="roster:edit_days"),
    post("/days/{year:int}/confirmation", confirm, who=STAFF_ONLY, name="roster:confirm_year", of=None),
    post("/days/{year:int}/seeding", seed, who=STAFF_ONLY, name="roster:seed_year", of=None),
]
