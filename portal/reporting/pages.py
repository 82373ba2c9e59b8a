"""The board, its definitions, its export, and what of it is public."""

import csv
import io
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.disputes import queries as disputes
from portal.languages import _
from portal.people.models import Role
from portal.reporting import definitions, queries, rules
from portal.web.pages import page
from portal.web.routes import PUBLIC, STAFF_ONLY, get

READERS = STAFF_ONLY | {Role.STREET.value, Role.AUDITOR.value}


def chosen_months(request: Request) -> list[str]:
    """The twelve months up to the one that was asked for, or up to this one."""
    until = request.query_params.get("until", "")
    last = rules.first_of(until) if rules.is_month(until) else clock.today()
    return rules.months(min(last, clock.today()))


async def _rates(months: list[str], by: str) -> list[dict[str, Any]]:
    """Disputes counted by something, each row with its rates in per cent."""
    found = await disputes.counts(rules.first_of(months[0]), rules.first_after(months[-1]), by)
    for row in found:
        ended = row["settled"] + row["failed"] + row["escalated"]
        row["ended"] = ended
        row["grid_rate"] = rules.percent(row["in_grid"], ended)
        row["community_rate"] = rules.percent(row["in_community"], ended)
        row["settled_rate"] = rules.percent(row["settled"], ended)
    return found


async def _by_month(months: list[str]) -> list[dict[str, Any]]:
    """The same for every month, also those in which nothing ended."""
    found = {row["key"]: row for row in await _rates(months, "month")}
    counts = dict.fromkeys(
        ("total", "open", "settled", "failed", "withdrawn", "escalated", "in_grid", "in_community", "ended"),
        0,
    )
    rates = dict.fromkeys(("grid_rate", "community_rate", "settled_rate"), None)
    return [found.get(month, {"key": month, "label": month, **counts, **rates}) for month in months]


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    total = {
        key: sum(row[key] for row in rows)
        for key in ("settled", "failed", "withdrawn", "escalated", "in_grid", "in_community", "ended")
    }
    total["grid_rate"] = rules.percent(total["in_grid"], total["ended"])
    total["community_rate"] = rules.percent(total["in_community"], total["ended"])
    total["settled_rate"] = rules.percent(total["settled"], total["ended"])
    return total


def drawn(rows: list[dict[str, Any]], key: str) -> list[tuple[str, Any]]:
    """(label, figure) for a chart."""
    return [(str(row["label"]), row[key]) for row in rows]


async def board(request: Request) -> Response:
    """What staff and the street see: rates by month, grid and category, each with the way to its cases."""
    months = chosen_months(request)
    by_month = await _by_month(months)
    return page(
        request,
        "reporting/board.html",
        months=months,
        until=months[-1],
        earlier=rules.months(rules.first_of(months[0]), 2)[0],
        total=_sum(by_month),
        by_month=by_month,
        by_grid=await _rates(months, "grid"),
        by_category=[row for row in await _rates(months, "category") if row["total"]],
        by_level=await _rates(months, "level"),
        clinic=await queries.clinic(months),
        feedback=await queries.feedback(months),
        lectures=await queries.lectures(months),
        percent=rules.percent,
        drawn=drawn,
        may_open=request.state.person.is_staff,
    )


async def define(request: Request) -> Response:
    """Every figure in words."""
    return page(request, "reporting/definitions.html", figures=definitions.FIGURES)


async def public(request: Request) -> Response:
    """公示: the community's own promise, with small numbers kept back."""
    months = chosen_months(request)
    by_month = await _by_month(months)
    clinic = await queries.clinic(months)
    return page(
        request,
        "reporting/public.html",
        months=months,
        total=_sum(by_month),
        by_month=by_month,
        attended=sum(row["attended"] for row in clinic),
        prescriptions=sum(row["prescriptions"] for row in clinic),
        came=sum(row["came"] for row in await queries.lectures(months)),
        shown=rules.shown,
        public_percent=rules.public_percent,
    )


async def export(request: Request) -> Response:
    """The board's table of disputes by month, for a spreadsheet."""
    rows = await _by_month(chosen_months(request))
    head = [
        _("月份"),
        _("已化解"),
        _("调解不成"),
        _("移送"),
        _("撤回"),
        _("网格内化解"),
        _("社区内化解"),
        _("不出网格率%"),
        _("不出社区率%"),
    ]
    keys = [
        "key",
        "settled",
        "failed",
        "escalated",
        "withdrawn",
        "in_grid",
        "in_community",
        "grid_rate",
        "community_rate",
    ]
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(head)
    sheet.writerows([harmless(row[key]) for key in keys] for row in rows)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="disputes-{rows[0]["key"]}-{rows[-1]["key"]}.csv"'
        },
    )


def harmless(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


routes: list[BaseRoute] = [
    get("/board", board, who=READERS, name="reporting:board"),
    get("/board/definitions", define, who=PUBLIC, name="reporting:definitions"),
    get("/board/disputes.csv", export, who=READERS, name="reporting:export"),
    get("/public", public, who=PUBLIC, name="reporting:public"),
]
