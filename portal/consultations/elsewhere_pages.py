"""Kept for now, gone on with on another telephone: only what its resident asked for, and never what could harm them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal.booking import drafts
from portal.booking.actions import elsewhere as actions
from portal.booking.models import Draft
from portal.consultations import lexicon
from portal.consultations.queries import elsewhere
from portal.consultations.rules.elsewhere import may_go_elsewhere
from portal.languages import _
from portal.law.topics import Topic
from portal.people import naming
from portal.web.gate import browser
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, SIGNED_IN, get, post

ELSEWHERE = "elsewhere"  # what a form says that is to be kept for another telephone


async def show(request: Request) -> Response:
    """What is kept where, and what may be kept."""
    person, here = request.state.person, browser(request)
    draft = await elsewhere.lying(here)
    return page(
        request,
        "consultations/elsewhere.html",
        has_something=await actions.has_something(here, draft.typed if draft else {}),
        may_keep=bool(person.phone) and await _may_keep(request, draft),
        until=draft.ends_at if draft and draft.person_id == person.id else None,
        phone=naming.masked_phone(person),
        topic=(draft.typed if draft else {}).get("topic") or Topic.OTHER.value,
        unfinished=await elsewhere.offered(person, here),
        aside=await elsewhere.set_aside(here),
    )


async def _may_keep(request: Request, draft: Draft | None) -> bool:
    return may_go_elsewhere(await lexicon.told(draft.typed if draft else {}), request.state.person)


async def keep(request: Request) -> Response:
    """Keep what is typed here for this person's telephone."""
    person, here = request.state.person, browser(request)
    draft = await elsewhere.lying(here)
    if draft is None or not await actions.has_something(here, draft.typed):
        return see(request, "book:elsewhere", flash=_("这里还没有写什么。"))
    if person.phone and await _may_keep(request, draft):
        await actions.lend(person, here)
        return see(request, "book:elsewhere", flash=_("存好了。"))
    return see(request, "book:elsewhere")


async def withdraw(request: Request) -> Response:
    """Not on the telephone after all: it stays in the browser it was typed in."""
    person, here = request.state.person, browser(request)
    mine, other = await elsewhere.lying(here), await elsewhere.offered(person, here)
    kept = [one for one in (mine, other.draft if other else None) if one and one.person_id == person.id]
    await actions.withhold(*(one.browser for one in kept))
    return see(request, "book:elsewhere", flash=_("不存了。写的只留在原来那个手机上，七天后自动删掉。"))


async def take_up(request: Request) -> Response:
    """Go on with it here."""
    person, here = request.state.person, browser(request)
    found = await elsewhere.offered(person, here)
    if found is None:
        return see(request, "book:elsewhere", flash=_("别处没有存着的了。"))
    is_aside = await actions.take_up(person, here, found.draft)
    text = _("接着写吧，写过的、交过的都在。")
    if is_aside:
        text = _("接着写吧，写过的、交过的都在。这个手机上原来写的另外存着，没有丢。")
    return see(request, "book:story", flash=text, query=f"topic={_topic(found.draft)}")


async def change_places(request: Request) -> Response:
    """Go on with what was set aside in this browser."""
    here = browser(request)
    found = await elsewhere.set_aside(here)
    if found is None:
        return see(request, "book:topic", flash=_("没有另外存着的了。"))
    await actions.change_places(here)
    return see(request, "book:story", flash=_("换过来了。"), query=f"topic={_topic(found.draft)}")


async def drop_aside(request: Request) -> Response:
    """What was set aside is wanted no more."""
    await drafts.drop(drafts.aside(browser(request)))
    return see(request, "book:topic", flash=_("另外存着的那一份已经清除。"))


def _topic(draft: Draft) -> str:
    return str(draft.typed.get("topic") or Topic.OTHER.value)


routes: list[BaseRoute] = [
    get("/book/elsewhere", show, who=SIGNED_IN, name="book:elsewhere"),
    post("/book/elsewhere", keep, who=SIGNED_IN, name="book:keep_for_elsewhere"),
    post("/book/elsewhere/withdrawal", withdraw, who=SIGNED_IN, name="book:keep_here"),
    post("/book/elsewhere/arrival", take_up, who=SIGNED_IN, name="book:take_up"),
    post("/book/aside", change_places, who=PUBLIC, name="book:change_places"),
    post("/book/aside/clearance", drop_aside, who=PUBLIC, name="book:drop_aside"),
]
