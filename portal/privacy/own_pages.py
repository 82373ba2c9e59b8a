"""What people see and decide about what is kept of them: the notice, consents, requests, the copy, and who looked."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock, states
from portal.booking.models import Appointment, Wait, WaitState
from portal.booking.models import State as AppointmentState
from portal.community.queries import community
from portal.errors import Conflict, Forbidden, Missing
from portal.languages import _
from portal.law import numbers
from portal.people import actions as people
from portal.people import consents
from portal.people.consents import WAY_NAMES, WORDINGS, Purpose
from portal.people.models import Consent, Way
from portal.privacy import actions, queries, rules
from portal.privacy.copy_words import names, titles
from portal.privacy.models import STATE_NAMES, WISH_NAMES, State, Wish
from portal.privacy.models import Request as Asked
from portal.privacy.schedule import SCHEDULE, Hand
from portal.web import exports
from portal.web.forms import Form, one
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, SIGNED_IN, get, post
from portal.web.templating import render

STILL = (AppointmentState.BOOKED, AppointmentState.CHECKED_IN, AppointmentState.PARKED)
TONES = {
    State.ASKED: "warn",
    State.GRANTED: "info",
    State.REFUSED: "bad",
    State.DONE: "good",
    State.WITHDRAWN: "neutral",
}


async def notice(request: Request) -> Response:
    """What is kept, what for, how long, and what everybody may ask."""
    return page(
        request,
        "privacy/notice.html",
        place=await community(),
        wordings=list(WORDINGS.values()),
        schedule=[(*_kept_for(keeping.days, keeping.hand), keeping) for keeping in SCHEDULE.values()],
        edition=edition(),
    )


def _kept_for(days: int, hand: Hand) -> tuple[str, str]:
    """(how long, who lets it go), in words."""
    by = {
        Hand.PORTAL: _("到期自动销毁"),
        Hand.TWO: _("到期由两个人先后同意再销毁"),
        Hand.NOBODY: _("不销毁"),
    }[hand]
    if hand == Hand.NOBODY:
        return _("一直留着"), by
    if days >= 365:
        return _("%(n)s 年") % {"n": days // 365}, by
    return _("%(n)s 天") % {"n": days}, by


def edition() -> str:
    """Changes when anything that is asked of people changes."""
    return "-".join(consents.version(purpose)[:2] for purpose in Purpose)


# -- consents ------------------------------------------------------------------------------------------------------------


async def my_consents(request: Request) -> Response:
    """Every receipt, and what may be given or taken back."""
    person = request.state.person
    asked = [purpose for purpose in Purpose if WORDINGS[purpose].is_asked]
    lacking = await consents.lacking(person, asked)
    known = {purpose.value for purpose in Purpose}
    receipts = await Consent.filter(person_id=person.id).order_by("-created_at", "-id")
    return page(
        request,
        "privacy/consents.html",
        standing=[(each.value, WORDINGS[each]) for each in asked if each not in lacking],
        lacking=[(each.value, WORDINGS[each]) for each in lacking if each != Purpose.CHILD],
        stops=await _open_matters(request) if {*consents.BOOKING} & {*lacking} else [],
        told=[WORDINGS[each] for each in Purpose if not WORDINGS[each].is_asked],
        receipts=[
            (
                receipt,
                WORDINGS[Purpose(receipt.purpose)].title if receipt.purpose in known else receipt.purpose,
                WAY_NAMES[consents.Way(receipt.way)],
            )
            for receipt in receipts
        ],
    )


async def _open_matters(request: Request) -> list[dict[str, Any]]:
    """Appointments and places on the waitlist that still stand, each with the address that gives it up."""
    person = request.state.person
    booked = Appointment.visible_to(person).filter(person_id=person.id, state__in=STILL)
    waiting = Wait.visible_to(person).filter(
        person_id=person.id, state__in=[WaitState.WAITING, WaitState.OFFERED]
    )
    found = [
        {"number": each.number, "at": each.starts_at, "is_wait": False}
        for each in await booked.order_by("starts_at")
    ]
    found += [{"number": each.number, "at": each.created_at, "is_wait": True} for each in await waiting]
    return found


async def give(request: Request) -> Response:
    """Agree, as easily as taking it back."""
    await people.agree(request.state.person, [_purpose(request)])
    return see(request, "consents:mine", flash=_("您的同意记下了。"))


async def take_back(request: Request) -> Response:
    """Take it back."""
    purpose = _purpose(request)
    await actions.take_back(request.state.person, purpose)
    text = _("已经收回。以前办过的照旧有效，以后不再这样用。")
    if purpose in consents.BOOKING and await _open_matters(request):
        text = _("已经收回，不能再约新的。已经约好的还在下面，要不要取消由您定。")
    return see(request, "consents:mine", flash=text)


def _purpose(request: Request) -> Purpose:
    wanted = request.path_params["purpose"]
    for purpose in Purpose:
        if purpose.value == wanted and WORDINGS[purpose].is_asked:
            return purpose
    raise Missing


# -- requests ------------------------------------------------------------------------------------------------------------


async def mine(request: Request) -> Response:
    """What may be asked, and what became of what was."""
    return await _mine(request, Form())


async def _mine(request: Request, form: Form, code: int = 200) -> Response:
    person, now = request.state.person, clock.now()
    asked = await Asked.filter(person_id=person.id).order_by("-created_at", "-id")
    return page(
        request,
        "privacy/mine.html",
        code,
        form=form,
        wishes=[(wish.value, WISH_NAMES[wish], _hint(wish)) for wish in Wish],
        asked=[
            {
                "request": each,
                "wish": WISH_NAMES[Wish(each.wish)],
                "state": STATE_NAMES[State(each.state)],
                "tone": TONES[State(each.state)],
                "may_take": rules.may_take(person, each, now),
                "may_withdraw": "withdraw" in states.offers(person, each, rules.REQUEST_MAY, now),
            }
            for each in asked
        ],
        frozen_at=person.frozen_at,
    )


def _hint(wish: Wish) -> str:
    return {
        Wish.EXPORT: _("一份打开就能看的网页，另附一份电脑能读的。一天之内答复。"),
        Wish.CORRECT: _("写清楚哪里错了，应该是什么。"),
        Wish.DELETE: _("办完的、按规定可以不留的，会销毁；要留的，会告诉您为什么、留到什么时候。"),
        Wish.FREEZE: _("只保管，不再使用，也不发通知。随时可以自己恢复。"),
    }[wish]


async def ask(request: Request) -> Response:
    """Ask for something."""
    form = await Form.read(request)
    wish = form.choice("wish", Wish, missing=_("请选您要我们做什么。"))
    words = form.text(
        "words", most=2000, required=wish == Wish.CORRECT, missing=_("请写哪里错了，应该是什么。")
    )
    if form.ok:
        try:
            made = await actions.ask(request.state.person, wish, words)
        except Conflict as refusal:
            form.refuse("wish", refusal.text)
        else:
            text = _("收到了，编号 %(number)s。有答复会通知您，这里也能看到。") % {"number": made.number}
            return see(request, "privacy:mine", flash=text)
    return await _mine(request, form, 422)


async def withdraw(request: Request) -> Response:
    """Take a request back."""
    await actions.withdraw(request.state.person, await _own(request))
    return see(request, "privacy:mine", flash=_("已经撤回。"))


async def unfreeze(request: Request) -> Response:
    """Let what is kept be used again."""
    await actions.unfreeze(request.state.person)
    return see(request, "privacy:mine", flash=_("已经恢复，可以照常约律师、收通知。"))


async def take(request: Request) -> Response:
    """The copy, made now. Whoever came in with a card proves too little for all of it at once."""
    if request.state.session.way == Way.CARD:
        raise Forbidden(_("用码卡登录不能取走全部资料。请用手机验证码登录，或者到服务中心来取。"))
    person, asked = request.state.person, await _own(request)
    await actions.taken(person, asked)
    everything, papers = await queries.everything(person), await queries.papers(person)
    if papers:
        everything["attachment"] = [paper.said for paper in papers]
    name = f"copy-{asked.number}"
    return exports.archive(
        name,
        {
            f"{name}.json": json.dumps(everything, ensure_ascii=False, indent=1),
            f"{name}.html": render(
                "privacy/_copy.html", everything=everything, titles=titles(), names=names(), at=clock.now()
            ),
            **await queries.files(papers),
        },
    )


async def _own(request: Request) -> Asked:
    number = numbers.read(request.path_params["number"])
    found: Asked = await one(Asked.filter(person_id=request.state.person.id), number=number or "")
    return found


async def openings(request: Request) -> Response:
    """Who looked at what is mine."""
    return page(request, "privacy/openings.html", openings=await queries.openings(request.state.person))


routes: list[BaseRoute] = [
    get("/privacy", notice, who=PUBLIC, name="privacy"),
    get("/me/consents", my_consents, who=SIGNED_IN, name="consents:mine"),
    post("/me/consents/{purpose}", give, who=SIGNED_IN, name="consents:give", of=None),
    post("/me/consents/{purpose}/withdrawal", take_back, who=SIGNED_IN, name="consents:withdraw", of=None),
    get("/me/privacy", mine, who=SIGNED_IN, name="privacy:mine"),
    post("/me/privacy", ask, who=SIGNED_IN, name="privacy:ask"),
    post("/me/privacy/unfreezing", unfreeze, who=SIGNED_IN, name="privacy:unfreeze"),
    post("/me/privacy/{number}/withdrawal", withdraw, who=SIGNED_IN, name="privacy:withdraw", of="request"),
    post("/me/privacy/{number}/copy", take, who=SIGNED_IN, name="privacy:take", of="request", fresh=True),
    get("/me/openings", openings, who=SIGNED_IN, name="privacy:openings"),
]
