"""The pages of rounds: starting one, how far it is, the doors of a staircase."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, states
from portal.community.models import Grid, Unit
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.rounds import actions, queries, rules
from portal.rounds.models import ANSWER_NAMES, PURPOSE_NAMES, Answer, Purpose, Round
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import HEADS_ONLY, STAFF_ONLY, get, post

WALKERS = STAFF_ONLY | HEADS_ONLY


async def index(request: Request) -> Response:
    """The rounds somebody has to do with."""
    return page(
        request,
        "rounds/index.html",
        rounds=await queries.rounds(request.state.person),
        purposes=PURPOSE_NAMES,
    )


async def _new(request: Request, form: Form | None, code: int = 200) -> Response:
    grids = await Grid.all().order_by("ordinal").values_list("id", "name")
    return page(
        request,
        "rounds/new.html",
        code,
        form=form,
        grids=[(str(key), name) for key, name in grids],
        purposes=[(purpose.value, PURPOSE_NAMES[purpose]) for purpose in Purpose],
    )


async def new(request: Request) -> Response:
    """The form that starts one."""
    return await _new(request, Form({"until_on": (clock.today() + timedelta(days=7)).isoformat()}))


async def create(request: Request) -> Response:
    """It starts."""
    form = await Form.read(request)
    grids = {str(grid.id): grid for grid in await Grid.all()}
    grid = form.choice("grid", grids)
    title = form.text("title", most=60)
    purpose = form.choice("purpose", Purpose)
    question = form.text("question", most=400)
    today = clock.today()
    until_on = form.day("until_on", least=today, most=today + timedelta(days=90))
    if not form.ok:
        return await _new(request, form, 422)
    assert until_on is not None
    made = await actions.start(
        request.state.person, grids[grid], title=title, purpose=purpose, question=question, until_on=until_on
    )
    return see(request, "rounds:show", number=made.number, flash=_("走访开始了，各楼栋、单元都能看到。"))


async def _one(request: Request) -> Round:
    number = numbers.read(request.path_params["number"])
    return await one(Round.visible_to(request.state.person).select_related("grid"), number=number or "")


async def show(request: Request) -> Response:
    """How far each staircase is."""
    record, person = await _one(request), request.state.person
    units = await queries.units(person, record)
    whole = rules.progress(
        {"answer": answer.value, "count": unit["progress"][answer.value]}
        for unit in units
        for answer in Answer
    )
    return page(
        request,
        "rounds/show.html",
        record=record,
        units=units,
        whole=whole,
        purposes=PURPOSE_NAMES,
        is_open=rules.may_visit(record, clock.today()),
        offers=states.offers(person, record, rules.MAY, clock.now()),
    )


async def _doors(request: Request, record: Round, form: Form | None = None, code: int = 200) -> Response:
    unit: UUID = request.path_params["unit"]
    rows = await queries.doors(request.state.person, record, unit)
    if not rows:
        raise Missing
    named = await queries.units(request.state.person, record)
    place = await Unit.get(id=unit).select_related("building")
    return page(
        request,
        "rounds/doors.html",
        code,
        record=record,
        unit=unit,
        place=place,
        compound=str(place.building.compound_id),  # type: ignore[attr-defined]
        name=next(row["name"] for row in named if row["id"] == unit),
        rows=rows,
        form=form,
        answers=[(answer.value, ANSWER_NAMES[answer]) for answer in rules.ANSWERS],
        names=ANSWER_NAMES,
        is_open=rules.may_visit(record, clock.today()),
    )


async def doors(request: Request) -> Response:
    """The doors of one staircase, each with its four answers."""
    return await _doors(request, await _one(request))


async def visit(request: Request) -> Response:
    """Keep what was answered at the doors of this staircase."""
    record = await _one(request)
    form = await Form.read(request)
    rows = await queries.doors(request.state.person, record, request.path_params["unit"])
    if not rows:
        raise Missing
    changed: dict[UUID, tuple[Answer, Answer, str]] = {}
    for row in rows:
        now = form.choice(f"answer-{row['id']}", rules.ANSWERS, required=False)
        note = form.text(f"note-{row['id']}", most=200, required=False)
        was = form.choice(f"was-{row['id']}", Answer, required=False) or Answer.PENDING
        if now and (now != was or note != form.values.get(f"noted-{row['id']}", "")):
            changed[row["id"]] = (was, now, note)
    if not form.ok:
        return await _doors(request, record, form, 422)
    kept = await actions.visit(request.state.person, record, changed)
    if kept < len(changed):
        flash = _("记下了 %(kept)s 户。另有 %(lost)s 户别人刚刚登记过，保留了别人的，请看一眼。") % {
            "kept": kept,
            "lost": len(changed) - kept,
        }
    else:
        flash = _("记下了 %(kept)s 户。") % {"kept": kept}
    return see(request, "rounds:doors", number=record.number, unit=request.path_params["unit"], flash=flash)


async def close(request: Request) -> Response:
    """The round is over."""
    record = await _one(request)
    await actions.close(request.state.person, record)
    return see(request, "rounds:show", number=record.number, flash=_("走访已结束。"))


routes: list[BaseRoute] = [
    get("/rounds", index, who=WALKERS, name="rounds:index"),
    get("/rounds/new", new, who=STAFF_ONLY, name="rounds:new"),
    post("/rounds/new", create, who=STAFF_ONLY, name="rounds:create"),
    get("/rounds/{number}", show, who=WALKERS, name="rounds:show"),
    get("/rounds/{number}/units/{unit:uuid}", doors, who=WALKERS, name="rounds:doors"),
    post("/rounds/{number}/units/{unit:uuid}", visit, who=WALKERS, name="rounds:visit"),
    post("/rounds/{number}/closing", close, who=STAFF_ONLY, name="rounds:close"),
]
