"""The board, its definitions, its export, and what of it is public."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.disputes.models import LEVEL_NAMES
from portal.languages import Lazy, _, lazy_
from portal.reporting import board_queries, definitions, paper_pages, plan_pages, rules, service_pages
from portal.reporting.board_queries import By
from portal.web import exports, wording
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get

READERS = STAFF_ONLY | rules.OVERSIGHT


def chosen_months(request: Request) -> list[str]:
    """The twelve months up to the one that was asked for, or up to this one."""
    until = request.query_params.get("until", "")
    last = rules.first_of(until) if rules.is_month(until) else clock.today()
    return rules.months(min(last, clock.today()))


def chosen_half(request: Request) -> tuple[str, list[str]]:
    """The half-year that was asked for, or the last one, and those that may be."""
    halves = rules.halves(clock.today())
    asked = request.query_params.get("half", "")
    return asked if asked in halves else halves[0], halves


async def board(request: Request) -> Response:
    """Inside: rates by month, grid and category, each with the way to its cases. To the street and the auditor: sums of
    a half-year that is over."""
    person = request.state.person
    ours = locality.overseen(person)
    if not rules.is_inside(person):
        return await _told(request, ours)
    months = chosen_months(request)
    return page(
        request,
        "reporting/board.html",
        months=months,
        until_month=months[-1],
        earlier=rules.months(rules.first_of(months[0]), 2)[0],
        later=rules.later(rules.first_of(months[-1]), clock.today()),
        levels=list(LEVEL_NAMES.values()),
        percent=rules.percent,
        short_day=wording.day,
        **await board_queries.inside(ours, months, clock.today()),
    )


async def define(request: Request) -> Response:
    """Every figure in words."""
    return page(request, "reporting/definitions.html", figures=definitions.FIGURES)


async def public(request: Request) -> Response:
    """公示: the community's own promise, with small numbers kept back."""
    return await _told(request)


async def _told(request: Request, communities: Sequence[UUID] = ()) -> Response:
    """What outsiders are told; overseers also by grid and category, of these communities."""
    half, halves = chosen_half(request)
    here, months = locality.current(), rules.months_in(half)
    return page(
        request,
        "reporting/told.html",
        is_public=not communities,
        halves=[(key, rules.say_half(key)) for key in halves],
        by_grid=await board_queries.told_by(communities, months, "grid"),
        by_category=await board_queries.told_by([here] if communities and here else [], months, "category"),
        shown=rules.shown,
        is_few=rules.is_few,
        say_half=rules.say_half,
        **await board_queries.outside(here, halves, half),
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
    """One of the board's tables of disputes, for a spreadsheet. Outsiders have theirs by grid or by category."""
    person = request.state.person
    asked, ours = request.query_params.get("by", "month"), locality.overseen(person)
    by: By = next((key for key in GROUPS if key == asked), "month")
    if not rules.is_inside(person):
        return await _export_told(request, "category" if by == "category" else "grid", ours)
    months = chosen_months(request)
    rows = await board_queries.rates_by(ours, months, by)
    cells = ([row[key] for key in ("label", *EXPORTED)] for row in rows)
    return exports.table(
        f"disputes-by-{by}-{months[0]}-{months[-1]}", (GROUPS[by], *EXPORTED.values()), cells
    )


async def _export_told(request: Request, by: Literal["grid", "category"], ours: Sequence[UUID]) -> Response:
    half, here = chosen_half(request)[0], locality.current()
    among = ours if by == "grid" else [here] if here else []
    rows = await board_queries.told_by(among, rules.months_in(half), by)
    cells = ((row.label, _("不公布") if row.ended is None else row.ended) for row in rows)
    return exports.table(f"disputes-by-{by}-{half}", (GROUPS[by], EXPORTED["ended"]), cells)


routes: list[BaseRoute] = [
    get("/board", board, who=READERS, name="reporting:board"),
    get("/board/definitions", define, who=PUBLIC, name="reporting:definitions"),
    get("/board/disputes.csv", export, who=READERS, name="reporting:export"),
    get("/public", public, who=PUBLIC, name="reporting:public"),
    *plan_pages.routes,
    *paper_pages.routes,
    *service_pages.routes,
]
