"""Waiting for a time: join, see how many are in front, answer an offer, leave; for staff, who waits."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, locality, paging, policy, settings, states
from portal.booking import actions, drafts, queries, rules
from portal.booking.models import WAIT_NAMES, Hold, Wait, WaitState
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import actions as people
from portal.people import consents, finding, naming, sight
from portal.people.actions import glass
from portal.people.models import CONTACT_NAMES, ContactBy
from portal.web import door
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, one
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post

TONES = {
    WaitState.WAITING: "info",
    WaitState.OFFERED: "warn",
    WaitState.BOOKED: "good",
    WaitState.LEFT: "neutral",
}
TYPED = (
    "words",
    "other_side",
    "other_phone",
    "dangers",
    "contact_by",
    "contact_when",
    "is_neutral",
    "mode",
    "needs",
    "name",
    "guardian",
    "is_long",
)


async def _found(request: Request) -> Wait:
    """The place on the waitlist of this address, for whoever may see it."""
    number = numbers.read(request.path_params["number"])
    if number is None:
        raise Missing
    wait: Wait = await one(Wait.visible_to(request.state.person).select_related("person"), number=number)
    return wait


async def _opened(request: Request) -> Wait:
    """The same to be shown, stripped of what this person may not read."""
    wait = await _found(request)
    await door.show(request.state.person, wait)
    return wait


async def new(request: Request) -> Response:
    """What waiting means, and for what."""
    typed = await drafts.read(browser(request))
    wanted = request.query_params.get("topic") or str(typed.get("topic", ""))
    return await new_page(request, Form({"topic": wanted}), 200)


async def new_page(request: Request, form: Form, code: int) -> Response:
    return page(
        request,
        "booking/waitlist_new.html",
        code,
        form=form,
        topics=[(topic.value, topic.label) for topic in Topic],
        ahead=await queries.in_turn(locality.current()).count(),
        minutes=settings.current().offer_minutes,
        contact=CONTACT_NAMES[ContactBy(request.state.person.contact_by)],
        asked=consents.asked(await consents.lacking(request.state.person, consents.BOOKING)),
    )


async def join(request: Request) -> Response:
    """Wait; what was typed so far goes along, so that nothing is asked twice."""
    form = await Form.read(request)
    topic = form.choice("topic", Topic)
    agreed = consents.read(form, await consents.lacking(request.state.person, consents.BOOKING))
    if not form.ok:
        return await new_page(request, form, 422)
    await people.agree(request.state.person, agreed)
    typed = await drafts.read(browser(request))
    kept = {name: typed[name] for name in TYPED if name in typed}
    passphrase = str(typed.get("passphrase") or "")
    wait = await actions.join(
        request.state.person,
        topic,
        kept,
        passphrase,
        str(typed.get("protect_by") or ContactBy.NONE),
        browser(request),
    )
    if passphrase:
        await people.say(request.state.person, request.state.session, passphrase)
        await drafts.keep(browser(request), passphrase=None, protect_by=None)
    return see(request, "waits:show", flash=_("排上了。有空位就通知您。"), number=wait.number)


async def show(request: Request) -> Response:
    """How it stands, and the offer if there is one."""
    return await show_page(request, await _opened(request))


async def telephone(request: Request) -> Response:
    """Show the telephone, this once."""
    wait, person = await _opened(request), request.state.person
    if policy.CONTACT not in wait.parts:
        raise Missing
    return await show_page(request, wait, await glass.unmask(person, wait.person, wait))


async def show_page(request: Request, wait: Wait, phone: str | None = None) -> Response:
    """The page, for a place that came through the door; `phone` is what was just asked for."""
    held = await Hold.filter(wait_id=wait.id, appointment_id=None).select_related("slot").first()
    topics = {topic.value: topic.label for topic in Topic}
    return page(
        request,
        "booking/wait.html",
        wait=wait,
        held=held if wait.state == WaitState.OFFERED else None,
        before=await queries.before(wait),
        topic="" if sight.is_nameless(wait) else topics.get(wait.topic, ""),
        name=naming.whole(wait.person, wait),
        phone=phone,
        masked_phone=naming.masked_phone(wait.person),
        state_name=WAIT_NAMES[WaitState(wait.state)],
        tone=TONES[WaitState(wait.state)],
        offers=states.offers(request.state.person, wait, rules.WAIT_MAY, clock.now()),
        place=await queries.place(wait.community_id),
        is_own=wait.person_id == request.state.person.id,
        is_served=request.state.person.serves(wait.community_id),
    )


async def decline(request: Request) -> Response:
    """This time does not suit; wait on."""
    wait = await _found(request)
    await actions.decline(request.state.person, wait)
    return see(request, "waits:show", flash=_("这个时间让给下一位了，您接着排。"), number=wait.number)


async def leave(request: Request) -> Response:
    """No need to wait any more."""
    wait = await _found(request)
    await actions.leave(request.state.person, wait)
    return see(request, "waits:show", flash=_("已经退出候补。"), number=wait.number)


async def index(request: Request) -> Response:
    """Who waits, in the order in which times are offered; those with an offer first, for they may need a call."""
    topics = {topic.value: topic.label for topic in Topic}
    states = [(state.value, WAIT_NAMES[state]) for state in (WaitState.OFFERED, WaitState.WAITING)]
    find = Finder(
        request, [Filter("state", _("状态"), states), Filter("topic", _("什么事"), list(topics.items()))]
    )
    wanted = await finding.matching(Wait, request.state.person, find.text)
    if find["topic"]:
        wanted &= Q(topic=find["topic"], protection_id__isnull=True)
    shown = await queries.lined_up(request.state.person, wanted, find["state"]) if find.ok else []
    leaf = paging.cut(shown, find.page)
    for row in leaf.rows:
        row["name"] = naming.masked(row["person__name"], row["protection_id"])
        row["topic"] = topics.get(row["topic"], "") if row["protection_id"] is None else ""
        row["calls"] = row["person__contact_by"] == ContactBy.CALL or not row["person__phone_mark"]
    return page(
        request, "booking/waitlist.html", find.code, find=find, leaf=leaf, names=WAIT_NAMES, tones=TONES
    )


routes: list[BaseRoute] = [
    get("/waitlist", index, who=STAFF_ONLY, name="waits:index"),
    get("/waitlist/new", new, who=SIGNED_IN, name="waits:new"),
    post("/waitlist/new", join, who=SIGNED_IN, name="waits:join"),
    get("/waitlist/{number}", show, who=SIGNED_IN, name="waits:show", of="wait"),
    post("/waitlist/{number}/telephone", telephone, who=STAFF_ONLY, name="waits:telephone", of="wait"),
    post("/waitlist/{number}/refusal", decline, who=SIGNED_IN, name="waits:decline", of="wait"),
    post("/waitlist/{number}/departure", leave, who=SIGNED_IN, name="waits:leave", of="wait"),
]
