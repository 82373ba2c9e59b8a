"""A lawyer's mornings: the calendar, the rules behind it, single days and leave; for the lawyer and for staff."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, locality
from portal.languages import _
from portal.law import numbers
from portal.roster import actions, board_pages, day_pages, firm_pages, forms, morning_pages, queries, rules
from portal.roster.calendar_pages import Item, mark, weeks
from portal.roster.models import WEEKDAYS, Lawyer, Leave, Pattern
from portal.web.forms import Form, one, read_key
from portal.web.pages import page, see
from portal.web.routes import LAWYERS, STAFF_ONLY, get, post
from portal.web.templating import url

PLANNERS = LAWYERS | STAFF_ONLY


async def mine(request: Request) -> Response:
    """The lawyer's own mornings."""
    person = request.state.person
    lawyer = await one(Lawyer.visible_to(person).select_related("person", "firm"), person_id=person.id)
    return await _mornings(request, lawyer)


async def show(request: Request) -> Response:
    """Any lawyer's mornings, for staff."""
    return await _mornings(request, await _lawyer(request))


async def _mornings(request: Request, lawyer: Lawyer) -> Response:
    first = clock.today()
    last = first + rules.AHEAD
    duties = await queries.mornings_of(lawyer, first, last)
    days = await queries.coverage(first, last, duties)
    patterns, leaves = await queries.patterns_of(lawyer), await queries.leaves_of(lawyer)

    def note(day: queries.Covered) -> str:
        if day.is_open and rules.is_away(leaves, day.on):
            return _("请假")
        return mark(day) if day.duties or not day.is_open else day.note

    return page(
        request,
        "roster/mornings.html",
        lawyer=lawyer,
        own=_is_own(request, lawyer),
        next=next((duty for duty in duties if duty["times"]), None),
        weeks=weeks(days, _items, note),
        rules=[(pattern, await queries.preview(pattern)) for pattern in patterns if not pattern.is_single],
        singles=[pattern for pattern in patterns if pattern.is_single],
        leaves=leaves,
        **await morning_pages.ahead(lawyer),
        ends_soon=lawyer.licence_until <= first + rules.ENDING,
        is_over=lawyer.licence_until < first,
    )


def _items(day: queries.Covered) -> list[Item]:
    return [
        {
            "label": _place(duty)
            + _("%(hours)s · %(n)s 个时间") % {"hours": duty["hours"], "n": duty["times"]},
            "href": f"{url('appointments:today')}?day={day.on}",
            "tone": "good",
        }
        for duty in day.duties
    ]


def _place(duty: dict[str, Any]) -> str:
    """Where a lawyer sits, for those who sit in several communities."""
    return f"{duty['place']} · " if len(locality.choices()) > 1 and duty["place"] else ""


async def pattern(request: Request) -> Response:
    """Ask for a rule of coming."""
    lawyer = await _lawyer(request)
    form = Form(
        {
            "rhythm": "every-1",
            "from_minute": forms.NINE,
            "until_minute": forms.NOON,
            "from_on": str(clock.today()),
            "community": str(locality.current()),
        }
    )
    return await _ask_pattern(request, lawyer, form)


async def add_pattern(request: Request) -> Response:
    """Add the rule; or, asked to, only show the days it would name."""
    lawyer = await _lawyer(request)
    form = await Form.read(request)
    offered = await _communities(request, lawyer)
    typed = forms.pattern(form, [key for key, _name in offered])
    if form.ok and form.flag("preview"):
        days = {name: value for name, value in typed.items() if name != "community"}
        preview = await queries.preview(Pattern(**days))
        return await _ask_pattern(request, lawyer, form, preview=preview)
    if form.ok:
        with forms.beside(form, "weekday"):
            made = await actions.add_pattern(request.state.person, lawyer, **typed)
            return _back(request, lawyer, _("已加上：%(rule)s") % {"rule": made.label})
    return await _ask_pattern(request, lawyer, form, 422)


async def _communities(request: Request, lawyer: Lawyer) -> list[tuple[str, str]]:
    """Where this person may let the lawyer sit; empty where that is one place anyway."""
    person = request.state.person
    found = await queries.communities()
    offered = [(key, name) for key, name in found if rules.may_seat(person, lawyer, read_key(key))]
    return offered if len(offered) > 1 else []


async def _ask_pattern(
    request: Request, lawyer: Lawyer, form: Form, code: int = 200, preview: list[Any] | None = None
) -> Response:
    return page(
        request,
        "roster/pattern.html",
        code,
        lawyer=lawyer,
        own=_is_own(request, lawyer),
        form=form,
        preview=preview,
        weekdays=list(WEEKDAYS.items()),
        rhythms=list(forms.RHYTHMS.items()),
        communities=await _communities(request, lawyer),
        minutes=list(forms.MINUTES.items()),
    )


async def ending(request: Request) -> Response:
    """Look at a rule, and ask until when it holds."""
    pattern = await _pattern(request)
    return await _ask_end(request, pattern, Form({"last_on": str(pattern.until_on or clock.today())}))


async def end(request: Request) -> Response:
    """End a rule."""
    pattern = await _pattern(request)
    form = await Form.read(request)
    last_on = form.day("last_on")
    if last_on:
        with forms.beside(form, "last_on"):
            withdrawn = await actions.end_pattern(request.state.person, pattern, last_on)
            return _after(
                request, pattern.lawyer, withdrawn, _("规律“%(rule)s”已停止。") % {"rule": pattern.label}
            )
    return await _ask_end(request, pattern, form, 422)


async def _ask_end(request: Request, pattern: Pattern, form: Form, code: int = 200) -> Response:
    return page(
        request,
        "roster/ending.html",
        code,
        lawyer=pattern.lawyer,
        own=_is_own(request, pattern.lawyer),
        pattern=pattern,
        preview=await queries.preview(pattern),
        form=form,
    )


async def single(request: Request) -> Response:
    """Ask for one morning."""
    lawyer = await _lawyer(request)
    usual = {"from_minute": forms.NINE, "until_minute": forms.NOON, "community": str(locality.current())}
    return await _ask_single(request, lawyer, Form(usual))


async def add_single(request: Request) -> Response:
    """Add one morning."""
    lawyer = await _lawyer(request)
    form = await Form.read(request)
    day, hours = form.day("day"), forms.morning(form)
    where = forms.place(form, [key for key, _name in await _communities(request, lawyer)])
    if day and form.ok:
        with forms.beside(form, "day"):
            await actions.add_morning(request.state.person, lawyer, day, **hours, **where)
            return _back(request, lawyer, _("已加上这个上午。"))
    return await _ask_single(request, lawyer, form, 422)


async def _ask_single(request: Request, lawyer: Lawyer, form: Form, code: int = 200) -> Response:
    return page(
        request,
        "roster/morning.html",
        code,
        lawyer=lawyer,
        own=_is_own(request, lawyer),
        form=form,
        minutes=list(forms.MINUTES.items()),
        communities=await _communities(request, lawyer),
    )


async def withdraw(request: Request) -> Response:
    """Take one morning back."""
    pattern = await _pattern(request)
    withdrawn = await actions.withdraw_morning(request.state.person, pattern)
    return _after(request, pattern.lawyer, withdrawn, _("这个上午已取消。"))


async def leave(request: Request) -> Response:
    """Ask for leave."""
    lawyer = await _lawyer(request)
    return page(request, "roster/leave.html", lawyer=lawyer, own=_is_own(request, lawyer), form=None)


async def take_leave(request: Request) -> Response:
    """Take leave."""
    lawyer = await _lawyer(request)
    form = await Form.read(request)
    first, last = forms.span(form)
    reason = form.text("reason", most=120, required=False)
    if form.ok and first and last:
        with forms.beside(form, "first_on"):
            _leave, withdrawn = await actions.take_leave(request.state.person, lawyer, first, last, reason)
            return _after(request, lawyer, withdrawn, _("已请假。"))
    return page(request, "roster/leave.html", 422, lawyer=lawyer, own=_is_own(request, lawyer), form=form)


async def withdraw_leave(request: Request) -> Response:
    """Come after all."""
    person = request.state.person
    found = Leave.visible_to(person).select_related("lawyer__person")
    leave = await one(found, id=request.path_params["id"])
    restored = await actions.withdraw_leave(person, leave)
    return _back(request, leave.lawyer, _("请假已撤回，%(n)s 个时间重新开放。") % {"n": restored})


async def _lawyer(request: Request) -> Lawyer:
    """The lawyer of this number, if the person may plan their mornings."""
    found = Lawyer.visible_to(request.state.person).select_related("person", "firm")
    return await one(found, person__number=numbers.read(request.path_params["number"]))


async def _pattern(request: Request) -> Pattern:
    found = Pattern.visible_to(request.state.person).select_related("lawyer__person")
    return await one(found, id=request.path_params["id"])


def _is_own(request: Request, lawyer: Any) -> bool:
    return bool(lawyer.person_id == request.state.person.id)


def _back(request: Request, lawyer: Any, flash: str) -> Response:
    """To the calendar that shows the result."""
    if _is_own(request, lawyer):
        return see(request, "roster:mine", flash=flash)
    return see(request, "roster:lawyer", flash=flash, number=lawyer.person.number)


def _after(request: Request, lawyer: Any, withdrawn: int, flash: str) -> Response:
    """Where times were withdrawn somebody may have booked them: on to those first."""
    return see(request, "appointments:affected", flash=flash) if withdrawn else _back(request, lawyer, flash)


routes: list[BaseRoute] = [
    get("/mornings", mine, who=LAWYERS, name="roster:mine"),
    *board_pages.routes,
    *day_pages.routes,
    *firm_pages.routes,
    *morning_pages.routes,
    get("/roster/patterns/{id:uuid}", ending, who=PLANNERS, name="roster:ending", of="pattern"),
    post("/roster/patterns/{id:uuid}/ending", end, who=PLANNERS, name="roster:end", of="pattern"),
    post(
        "/roster/patterns/{id:uuid}/withdrawal", withdraw, who=PLANNERS, name="roster:withdraw", of="pattern"
    ),
    post(
        "/roster/leaves/{id:uuid}/withdrawal",
        withdraw_leave,
        who=PLANNERS,
        name="roster:withdraw_leave",
        of="leave",
    ),
    get("/roster/{number}", show, who=STAFF_ONLY, name="roster:lawyer", of="lawyer"),
    get("/roster/{number}/pattern", pattern, who=PLANNERS, name="roster:pattern", of="lawyer"),
    post("/roster/{number}/pattern", add_pattern, who=PLANNERS, name="roster:add_pattern", of="lawyer"),
    get("/roster/{number}/morning", single, who=PLANNERS, name="roster:single", of="lawyer"),
    post("/roster/{number}/morning", add_single, who=PLANNERS, name="roster:add_single", of="lawyer"),
    get("/roster/{number}/leave", leave, who=PLANNERS, name="roster:leave", of="lawyer"),
    post("/roster/{number}/leave", take_leave, who=PLANNERS, name="roster:take_leave", of="lawyer"),
]
