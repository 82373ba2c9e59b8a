"""What lawyers and firms gave in a month and in a year, to look at, to take along, to hand over."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.errors import Missing
from portal.languages import _
from portal.people.models import Person, Role
from portal.reporting import papers, rules, service_queries
from portal.roster.models import Firm
from portal.web import exports
from portal.web.forms import one
from portal.web.pages import page
from portal.web.papers import Sheet, document
from portal.web.routes import STAFF_ONLY, get
from portal.web.templating import url

READERS = STAFF_ONLY | {Role.FIRM_COORDINATOR.value}
YEARS = 3  # back from this one


def _firms(person: Person) -> list[UUID] | None:
    """The firms whose service they may see: those they speak for; for staff (None) all."""
    return None if person.is_staff else [place for place in person.minds(Role.FIRM_COORDINATOR) if place]


async def _month(request: Request) -> tuple[str, list[service_queries.Served]]:
    """The month that was asked for, or this one, and who served in it."""
    asked, today = request.query_params.get("month", ""), clock.today()
    this = f"{today.year}-{today.month:02}"
    key = asked if rules.is_month(asked) and asked <= this else this
    last = rules.first_after(key) - timedelta(days=1)
    found = await service_queries.of_month(rules.first_of(key), last, _firms(request.state.person))
    return key, found


async def service(request: Request) -> Response:
    """Who gave what in a month, by firm and lawyer."""
    key, served = await _month(request)
    today = clock.today()
    firms = [
        (firm, service_queries.total([one.given for one in group]))
        for firm, group in groupby(served, key=lambda one: one.lawyer.firm)
    ]
    after = rules.first_after(key)
    return page(
        request,
        "reporting/service.html",
        key=key,
        served=served,
        firms=firms,
        whole=service_queries.total([one.given for one in served]),
        hours=papers.hours,
        earlier=rules.months(rules.first_of(key), 2)[0],
        later=f"{after.year}-{after.month:02}" if after <= today else None,
    )


async def export(request: Request) -> Response:
    """The same for a spreadsheet; hours in minutes, so that sums agree."""
    key, served = await _month(request)
    titles = (
        *(
            _("月份"),
            _("律所"),
            _("律师"),
            _("执业证号"),
            _("值班"),
            _("咨询"),
            _("处方"),
            _("讲座"),
            _("分钟"),
        ),
        _("按排班计的上午"),
    )
    cells = (
        (key, one.lawyer.firm.name, one.lawyer.person.name, one.lawyer.licence, *one.given[1:])
        for one in served
    )
    return exports.table(f"service-{key}", titles, cells)


async def certificate(request: Request) -> Sheet:
    """A year of a firm's service here."""
    person, this = request.state.person, clock.today().year
    firm: Any = await one(Firm.all(), id=request.path_params["id"])
    ours = _firms(person)
    if ours is not None and firm.id not in ours:
        raise Missing
    years = {str(year): year for year in range(this, this - YEARS, -1)}
    year = years.get(request.query_params.get("year", ""), this)
    months, served = await service_queries.firm_year(firm.id, year)
    here = url("reporting:firm", id=firm.id)
    others = [
        (_("%(year)s年") % {"year": one}, f"{here}?year={one}") for one in years.values() if one != year
    ]
    way = url("roster:firm", id=firm.id) if person.is_staff else url("reporting:service")
    paper = papers.firm_certificate(firm, year, months, served, locality.name())
    return Sheet(paper, (_("回到律所"), way), others=others)


routes: list[BaseRoute] = [
    get("/service", service, who=READERS, name="reporting:service"),
    get("/service/month.csv", export, who=READERS, name="reporting:service_export"),
    *document("/firms/{id:uuid}/certificate", certificate, who=READERS, name="reporting:firm", of=None),
]
