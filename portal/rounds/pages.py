"""The pages of rounds: starting one, how far it is, the doors of a staircase."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, journal, locality, paging, secrecy, states
from portal.community.models import Grid, Unit
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers, places
from portal.rounds import actions, queries, rules
from portal.rounds.actions import Said
from portal.rounds.models import ANSWER_NAMES, PURPOSE_NAMES, Answer, Purpose, Round, State, Visit
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, page_number
from portal.web.pages import page, see
from portal.web.routes import HEADS_ONLY, STAFF_ONLY, get, post

WALKERS = STAFF_ONLY | HEADS_ONLY
CARRIED = {
    "person": None,
    "stay": None,
    "navigation": [],
}  # a page kept on a telephone does not say whose it is


async def index(request: Request) -> Response:
    """The rounds somebody has to do with."""
    person, today = request.state.person, clock.today()
    grids = Grid.filter(community_id=locality.current()).order_by("ordinal") if person.is_staff else None
    find = Finder(
        request,
        [
            Filter(
                "state", _("状态"), [("open", _("进行中")), ("due", _("已到期")), ("closed", _("已结束"))]
            ),
            Filter("purpose", _("做什么"), list(PURPOSE_NAMES.items())),
            Filter("grid", _("网格"), await grids.values_list("id", "name") if grids else []),
        ],
    )
    wanted = Q(purpose=find["purpose"]) if find["purpose"] else Q()
    if find["grid"]:
        wanted &= Q(grid_id=find["grid"])
    if find["state"]:
        wanted &= Q(state=State.CLOSED if find["state"] == "closed" else State.OPEN)
    if find["state"] in ("open", "due"):
        wanted &= Q(until_on__gte=today) if find["state"] == "open" else Q(until_on__lt=today)
    return page(
        request,
        "rounds/index.html",
        find.code,
        find=find,
        leaf=await queries.listed(person, wanted, find.page) if find.ok else paging.NOTHING,
        purposes=PURPOSE_NAMES,
    )


async def _new(request: Request, form: Form | None, code: int = 200) -> Response:
    grids = Grid.filter(community_id=locality.current()).order_by("ordinal")
    return page(
        request,
        "rounds/new.html",
        code,
        form=form,
        grids=[(str(key), name) for key, name in await grids.values_list("id", "name")],
        purposes=[(purpose.value, PURPOSE_NAMES[purpose]) for purpose in Purpose],
    )


async def new(request: Request) -> Response:
    """The form that starts one."""
    return await _new(request, Form({"until_on": (clock.today() + timedelta(days=7)).isoformat()}))


async def create(request: Request) -> Response:
    """It starts."""
    form = await Form.read(request)
    grids = {str(grid.id): grid for grid in await Grid.filter(community_id=locality.current())}
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
    seen = Round.visible_to(request.state.person).select_related("grid")
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


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
    at = page_number(request)
    rows, pages = await queries.doors(request.state.person, record, unit, at)
    if not rows:
        raise Missing
    is_sheet = Form.asked(request).flag("sheet")
    noted = [] if is_sheet else [row["visitor_id"] for row in rows if row["note"]]
    if set(noted) - {request.state.person.id}:
        await journal.opened(request.state.person, record)
    place = await Unit.get(id=unit).select_related("building__compound")
    return page(
        request,
        "rounds/doors.html",
        code,
        record=record,
        unit=unit,
        name=places.say(place.building.compound.name, place.building.name, place.name),
        rows=rows,
        at=at,
        pages=pages,
        form=form,
        answers=[(answer.value, ANSWER_NAMES[answer]) for answer in rules.ANSWERS],
        is_open=rules.may_visit(record, clock.today()),
        is_sheet=is_sheet,
        whose=secrecy.keyed("offline", str(request.state.person.id))[:16],
        **(CARRIED if is_sheet else {}),
    )


async def doors(request: Request) -> Response:
    """The doors of one staircase, each with its four answers."""
    return await _doors(request, await _one(request))


async def visit(request: Request) -> Response:
    """Keep what was answered at these doors; whatever was not touched stays as it is."""
    record, unit, at = await _one(request), request.path_params["unit"], page_number(request)
    form = await Form.read(request)
    rows, _pages = await queries.doors(request.state.person, record, unit, at)
    if not rows:
        raise Missing
    changed: dict[UUID, tuple[Said, Said]] = {}
    for row in rows:
        key = row["id"]
        answer = form.choice(f"answer-{key}", rules.ANSWERS, required=False)
        note, noted = [form.text(f"{name}-{key}", most=200, required=False) for name in ("note", "noted")]
        stood = form.choice(f"was-{key}", Answer, required=False) or Answer.PENDING
        if answer and note != noted:
            changed[key] = (Said(stood, noted), Said(answer, note))
        elif answer and answer != stood:
            changed[key] = (Said(stood, None), Said(answer, None))
        elif note and not answer and note != noted:
            form.refuse(f"note-{key}", _("写了备注，也请选一个结果。"))
    if not form.ok:
        return await _doors(request, record, form, 422)
    kept = await actions.visit(request.state.person, record, changed)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(await _verdicts(set(changed), kept))
    lost = len(changed) - len(kept)
    said = _("记下了 %(kept)s 户。另有 %(lost)s 户别人刚刚登记过，保留了别人的，请看一眼。")
    flash = (said if lost else _("记下了 %(kept)s 户。")) % {"kept": len(kept), "lost": lost}
    return see(request, "rounds:doors", number=record.number, unit=unit, query=f"page={at}", flash=flash)


async def _verdicts(asked: set[UUID], kept: set[UUID]) -> dict[str, dict[str, object]]:
    """What became of each door, for the script that sent it: what stands there now, whether it is what was sent, in words."""
    stands = {visit.id: visit.answer for visit in await Visit.filter(id__in=asked).only("id", "answer")}
    taken = _("已经有人登记过：%(answer)s。保留了别人的。")
    return {
        str(key): {
            "answer": answer,
            "kept": key in kept,
            "words": _("记下了。") if key in kept else taken % {"answer": ANSWER_NAMES[Answer(answer)]},
        }
        for key, answer in stands.items()
    }


async def close(request: Request) -> Response:
    """The round is over."""
    record = await _one(request)
    await actions.close(request.state.person, record)
    return see(request, "rounds:show", number=record.number, flash=_("走访已结束。"))


routes: list[BaseRoute] = [
    get("/rounds", index, who=WALKERS, name="rounds:index"),
    get("/rounds/new", new, who=STAFF_ONLY, name="rounds:new"),
    post("/rounds/new", create, who=STAFF_ONLY, name="rounds:create"),
    get("/rounds/{number}", show, who=WALKERS, name="rounds:show", of="round"),
    get("/rounds/{number}/units/{unit:uuid}", doors, who=WALKERS, name="rounds:doors", of="round"),
    post("/rounds/{number}/units/{unit:uuid}", visit, who=WALKERS, name="rounds:visit", of="round"),
    post("/rounds/{number}/closing", close, who=STAFF_ONLY, name="rounds:close", of="round"),
]
