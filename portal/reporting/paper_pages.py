"""The certificate of a lawyer's service and the report of a month, to read, to print and to hand over."""

from starlette.requests import Request
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.reporting import month_queries, papers, rules, service_queries
from portal.roster.models import Lawyer
from portal.web import door
from portal.web.papers import Sheet, document
from portal.web.routes import LAWYERS, STAFF_ONLY
from portal.web.templating import url
from portal.web.wording import month as said_month

READERS = STAFF_ONLY | rules.OVERSIGHT
YEARS = 3  # back from this one


async def certificate(request: Request) -> Sheet:
    """A year of a lawyer's service here: this one, or the one that was asked for."""
    person = request.state.person
    found = Lawyer.visible_to(person).select_related("person", "firm")
    lawyer = await door.opened(
        request, found, person__number=numbers.read(request.path_params["number"]) or ""
    )
    this = clock.today().year
    years = {str(year): year for year in range(this, this - YEARS, -1)}
    year = years.get(request.query_params.get("year", ""), this)
    served = await service_queries.year_of(lawyer, year)
    own = lawyer.person_id == person.id
    way = url("roster:mine") if own else url("roster:lawyer", number=lawyer.person.number)
    here = url("reporting:certificate", number=lawyer.person.number)
    others = [
        (_("%(year)s年") % {"year": one}, f"{here}?year={one}") for one in years.values() if one != year
    ]
    paper = papers.certificate(lawyer, year, served, locality.name())
    return Sheet(paper, (_("回到值班"), way), others=others)


async def month(request: Request) -> Sheet:
    """The report of a month that has begun."""
    key, today = request.path_params["month"], clock.today()
    if not rules.is_month(key) or rules.first_of(key) > today:
        raise Missing
    person = request.state.person
    inside = rules.is_inside(person)
    counts = await month_queries.month(locality.overseen(person), key, today, inside=inside)
    others = [
        (said_month(one), url("reporting:month", month=one))
        for one in rules.months(today, 12)[::-1]
        if one != key
    ]
    names = [known.name for known in locality.choices()] if not inside else [locality.name()]
    paper = papers.monthly(key, counts, _("、").join(names) or locality.name(), inside=inside)
    return Sheet(paper, (_("回到看板"), url("reporting:board")), others=others)


routes: list[BaseRoute] = [
    *document(
        "/roster/{number}/certificate",
        certificate,
        who=LAWYERS | STAFF_ONLY,
        name="reporting:certificate",
        of="lawyer",
    ),
    *document("/board/months/{month}", month, who=READERS, name="reporting:month", of=None),
]
