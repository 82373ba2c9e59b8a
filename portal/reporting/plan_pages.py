"""社区一张图: the community's buildings as blocks, with the disputes that may be told of each to whoever looks."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.community.models import Building
from portal.disputes.models import LEVEL_NAMES, Level
from portal.disputes.queries import Wanted
from portal.languages import _, lazy_
from portal.law import places
from portal.reporting import plan_queries, rules
from portal.reporting.plan_queries import Counts, Plan
from portal.web.forms import Form, one
from portal.web.pages import page
from portal.web.routes import HEADS_ONLY, PUBLIC, STAFF_ONLY, get
from portal.web.templating import url
from portal.web.wording import month

MONTHS = 36  # may be chosen among
INSIDE = STAFF_ONLY | HEADS_ONLY

# How a place is drawn, and what that says.
KEY_INSIDE = [
    ("none", lazy_("没有纠纷")),
    ("done", lazy_("都了结了")),
    ("few", lazy_("有一两件没了结")),
    ("many", lazy_("三件以上没了结")),
]
KEY_TOLD = [
    ("none", lazy_("没有纠纷")),
    ("done", lazy_("都有结果了")),
    ("many", lazy_("五件以上没了结")),
    ("withheld", lazy_("不公布")),
]
KEY_PLAIN = [("plain", lazy_("一栋楼：宽窄是单元多少，高低是楼层多少"))]


def words(counts: Counts, *, is_inside: bool) -> list[str]:
    """What stands at a place: 没了结 2, 化解 5."""
    if is_inside:
        parts = (
            (_("没了结 %(n)s"), counts.open),
            (_("化解 %(n)s"), counts.done),
            (_("其他 %(n)s"), counts.other),
        )
        return [text % {"n": count} for text, count in parts if count] or [_("没有")]
    if counts.done is None and not counts.open:
        return [_("不公布")]
    if not counts.open and not counts.done and None not in counts:
        return [_("没有")]
    return [
        _("没了结 %(n)s") % {"n": rules.shown(counts.open)},
        _("有结果 %(n)s") % {"n": rules.shown(counts.done)},
    ]


def _blocks(drawn: Plan, lot: dict[str, Any], query: str, *, is_inside: bool) -> list[dict[str, Any]]:
    """The buildings of a compound as the map draws them; where nothing is told of buildings, only they themselves."""
    blocks = []
    for block in lot["blocks"]:
        counts = drawn.counts.get(block["key"], Counts())
        known = {"tone": counts.tone, "words": words(counts, is_inside=is_inside)}
        href = f"{url('reporting:building', building=block['key'])}?{query}" if is_inside else ""
        shown = known if drawn.has_buildings else {"tone": "plain", "words": []}
        blocks.append({**block, "name": places.say("", block["name"]), "href": href, **shown})
    return blocks


def _sections(drawn: Plan, query: str, *, is_inside: bool) -> list[tuple[str, str, str, list[Any]]]:
    """The grids as the map draws them. A grid's own sum is for whoever minds all of it."""
    sections = []
    for grid in drawn.grids:
        said, href = [], ""
        if grid["is_whole"]:
            said = words(drawn.counts.get(grid["key"], Counts()), is_inside=is_inside)
            href = f"{url('disputes:index')}?grid={grid['key']}&{query}" if is_inside else ""
        if grid["apart"]:
            said.append(_("另有 %(n)s 件没有写到楼栋") % {"n": grid["apart"]})
        lots = [(lot["name"], _blocks(drawn, lot, query, is_inside=is_inside)) for lot in grid["lots"]]
        sections.append((grid["name"], " · ".join(said), href, lots))
    return sections


def _period(request: Request) -> tuple[Form, Wanted, str]:
    """The months and the level in the address, what they pick, and the query that says the same: twelve months up to
    this one unless something else was asked for."""
    form, known = Form.asked(request), rules.months(clock.today(), MONTHS)
    since = form.choice("since", known, required=False) or known[-12]
    until = form.choice("until", known, required=False) or known[-1]
    level = form.choice("level", Level, required=False)
    if since > until:
        form.refuse("until", _("结束的月份在开始之前。"))
    form.values |= {"since": since, "until": until}
    asked = {"since": since, "until": until, **({"level": str(level.value)} if level else {})}
    first, after = rules.first_of(since), rules.first_after(until)
    wanted = Wanted(level=level, since=first, until=after)
    return form, wanted, urlencode(asked)


async def plan(request: Request) -> Response:
    """The whole picture: by building for those inside and for oversight, by grid for everybody else."""
    person = request.state.person
    if not rules.is_inside(person):
        return await _told(request, deep=rules.is_overseer(person))
    form, wanted, query = _period(request)
    drawn = await plan_queries.inside(person, wanted)
    return _drawn(request, drawn, form, query=query, is_inside=True)


async def _told(request: Request, *, deep: bool) -> Response:
    form, halves = Form.asked(request), rules.halves(clock.today())
    half = form.choice("half", halves, required=False) or halves[0]
    form.values["half"] = half
    months = rules.months_in(half)
    wanted = Wanted(since=rules.first_of(months[0]), until=rules.first_after(months[-1]))
    drawn = await plan_queries.outside(wanted, deep=deep)
    return _drawn(request, drawn, form, halves=halves)


def _drawn(
    request: Request,
    drawn: Plan,
    form: Form,
    *,
    query: str = "",
    halves: Sequence[str] = (),
    is_inside: bool = False,
) -> Response:
    return page(
        request,
        "reporting/plan.html",
        200 if form.ok else 422,
        plan=drawn,
        form=form,
        query=query,
        is_inside=is_inside,
        halves=[(key, rules.say_half(key)) for key in halves],
        sections=_sections(drawn, query, is_inside=is_inside),
        key=KEY_INSIDE if is_inside else KEY_TOLD if drawn.has_buildings else KEY_PLAIN,
        nowhere=words(drawn.nowhere, is_inside=is_inside) if drawn.nowhere and drawn.nowhere.is_said else [],
        nothing=Counts(),
        shown=rules.shown,
        may_board=rules.may_read_board(request.state.person),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "months": [(key, month(key)) for key in reversed(rules.months(clock.today(), MONTHS))],
        "levels": [(str(level.value), name) for level, name in LEVEL_NAMES.items()],
    }


async def building(request: Request) -> Response:
    """One building, unit by unit, for those who mind it."""
    person = request.state.person
    found = Building.filter(plan_queries.minded(person)).select_related("compound", "grid")
    known = await one(found, id=request.path_params["building"])
    form, wanted, query = _period(request)
    house = await plan_queries.house(person, known, wanted)
    here = f"{url('disputes:index')}?building={known.id}&{query}"
    for unit in house.units:
        counts = house.counts[unit["key"]]
        unit |= {"name": places.say("", "", unit["name"]), "tone": counts.tone}
        unit |= {
            "words": words(counts, is_inside=True),
            "href": f"{here}&unit={unit['key']}" if counts.total else "",
        }
    return page(
        request,
        "reporting/building.html",
        200 if form.ok else 422,
        name=places.say(known.compound.name, known.name),
        grid=known.grid.name,
        house=house,
        whole=words(house.whole, is_inside=True),
        key=KEY_INSIDE,
        form=form,
        address=url("reporting:building", building=known.id),
        list=here,
        back=f"{url('reporting:plan')}?{query}",
        **_choices(),
    )


routes: list[BaseRoute] = [
    get("/plan", plan, who=PUBLIC, name="reporting:plan"),
    get("/plan/buildings/{building:uuid}", building, who=INSIDE, name="reporting:building", of=None),
]
