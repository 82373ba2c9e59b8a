"""The board, its definitions, its export, and what of it is public."""

from typing import Any, Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.disputes import queries as disputes
from portal.disputes import rules as dispute_rules
from portal.languages import Lazy, lazy_
from portal.people.models import Role
from portal.reporting import definitions, queries, rules
from portal.web import exports
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get

By = Literal["month", "grid", "category", "level"]
READERS = STAFF_ONLY | {Role.STREET.value, Role.AUDITOR.value}


def chosen_months(request: Request) -> list[str]:
    """The twelve months up to the one that was asked for, or up to this one."""
    until = request.query_params.get("until", "")
    last = rules.first_of(until) if rules.is_month(until) else clock.today()
    return rules.months(min(last, clock.today()))


COUNTS = ("total", "open", "settled", "failed", "withdrawn", "escalated", "in_grid", "in_community")


def rated(row: dict[str, Any]) -> dict[str, Any]:
    """A row of counts with `ended` (those with a result) and its rates in per cent."""
    rates = dispute_rules.rates([row])
    ended = rates.in_grid.whole
    return {
        **row,
        "ended": ended,
        "grid_rate": rates.in_grid.percent,
        "community_rate": rates.in_community.percent,
        "settled_rate": rules.percent(row["settled"], ended),
    }


async def rates_by(communities: list[UUID], months: list[str], by: By) -> list[dict[str, Any]]:
    """Disputes counted by something, those with a result, each row with its rates; every month has a row."""
    found = await disputes.counts(communities, rules.first_of(months[0]), rules.first_after(months[-1]), by)
    if by == "month":
        known = {row["key"]: row for row in found}
        nothing = dict.fromkeys(COUNTS, 0)
        found = [known.get(month, {"key": month, "label": month, **nothing}) for month in months]
    rows = [rated(row) for row in found]
    return rows if by == "month" else [row for row in rows if row["ended"]]


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return rated({key: sum(row[key] for row in rows) for key in COUNTS})


def drawn(rows: list[dict[str, Any]], key: str) -> list[tuple[str, Any]]:
    """(label, figure) for a chart."""
    return [(str(row["label"]), row[key]) for row in rows]


async def board(request: Request) -> Response:
    """What staff and the street see: rates by month, grid and category, each with the way to its cases."""
    months, ours = chosen_months(request), locality.overseen(request.state.person)
    by_month = await rates_by(ours, months, "month")
    first, last = rules.first_of(months[0]), rules.first_of(months[-1])
    return page(
        request,
        "reporting/board.html",
        months=months,
        until=months[-1],
        earlier=rules.months(first, 2)[0],
        later=rules.later(last, clock.today()),
        total=_sum(by_month),
        by_month=by_month,
        by_grid=await rates_by(ours, months, "grid"),
        by_category=await rates_by(ours, months, "category"),
        by_level=await rates_by(ours, months, "level"),
        clinic=await queries.clinic(ours, months),
        feedback=await queries.feedback(ours, months),
        lectures=await queries.lectures(ours, months),
        percent=rules.percent,
        drawn=drawn,
        may_open=request.state.person.is_staff,
    )


async def define(request: Request) -> Response:
    """Every figure in words."""
    return page(request, "reporting/definitions.html", figures=definitions.FIGURES)


async def public(request: Request) -> Response:
    """公示: the community's own promise, with small numbers kept back."""
    months, here = chosen_months(request), locality.current()
    ours = [here] if here else []
    by_month = await rates_by(ours, months, "month")
    clinic = await queries.clinic(ours, months)
    return page(
        request,
        "reporting/public.html",
        months=months,
        total=_sum(by_month),
        monthly=list(zip(months, rules.column([row["ended"] for row in by_month]), strict=True)),
        attended=sum(row["attended"] for row in clinic),
        prescriptions=sum(row["prescriptions"] for row in clinic),
        came=sum(row["came"] for row in await queries.lectures(ours, months)),
        shown=rules.shown,
        public_percent=rules.public_percent,
    )


EXPORTED = {
    "ended": lazy_("有结果"),
    "settled": lazy_("已化解"),
    "failed": lazy_("调解不成"),
    "escalated": lazy_("移送"),
    "withdrawn": lazy_("撤回"),
    "in_grid": lazy_("网格内化解"),
    "in_community": lazy_("社区内化解"),
    "grid_rate": lazy_("不出网格率%"),
    "community_rate": lazy_("不出社区率%"),
}

GROUPS: dict[By, Lazy] = {
    "month": lazy_("月份"),
    "grid": lazy_("网格"),
    "category": lazy_("类别"),
    "level": lazy_("层级"),
}


async def export(request: Request) -> Response:
    """One of the board's tables of disputes, for a spreadsheet."""
    months = chosen_months(request)
    asked = request.query_params.get("by", "month")
    by: By = next((key for key in GROUPS if key == asked), "month")
    rows = await rates_by(locality.overseen(request.state.person), months, by)
    cells = ([row[key] for key in ("label", *EXPORTED)] for row in rows)
    return exports.table(
        f"disputes-by-{by}-{months[0]}-{months[-1]}", (GROUPS[by], *EXPORTED.values()), cells
    )


routes: list[BaseRoute] = [
    get("/board", board, who=READERS, name="reporting:board"),
    get("/board/definitions", define, who=PUBLIC, name="reporting:definitions"),
    get("/board/disputes.csv", export, who=READERS, name="reporting:export"),
    get("/public", public, who=PUBLIC, name="reporting:public"),
]
