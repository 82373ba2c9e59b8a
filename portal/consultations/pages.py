"""Consultations: what staff and lawyers see waiting; and every address of the room."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import paging
from portal.booking.models import STATE_NAMES as BOOKED_NAMES
from portal.consultations import (
    aftercare_pages,
    attachment_pages,
    case_pages,
    claim_pages,
    conflict_pages,
    counter_pages,
    deadline_pages,
    delivery_pages,
    due_pages,
    intake_pages,
    lexicon_pages,
    merger_pages,
    note_pages,
    prescription_pages,
    protection_pages,
    queries,
    review_pages,
    sharing_pages,
    snippet_pages,
    walk_in_pages,
)
from portal.consultations.models import STATE_NAMES, State
from portal.consultations.queries import deadlines
from portal.languages import _
from portal.law.topics import Topic
from portal.web.finder import Filter, Finder
from portal.web.pages import page
from portal.web.routes import LAWYERS, STAFF_ONLY, get

OPEN, ALL = "open", "all"
STAGES = {OPEN: Q(state__in=[State.ASKED, State.STARTED]), ALL: Q()}


async def index(request: Request) -> Response:
    """What waits, urgent first."""
    person, topics = request.state.person, {topic.value: topic.label for topic in Topic}
    find = Finder(
        request,
        [
            Filter(
                "state", _("进展"), [(OPEN, _("还没结束的")), *STATE_NAMES.items(), (ALL, _("全部"))], OPEN
            ),
            Filter("topic", _("什么事"), list(topics.items())),
            Filter("urgent", _("急事"), [("1", _("只看急事"))]),
            Filter("due", _("期限"), [("1", _("只看快到期的"))]),
        ],
    )
    wanted = STAGES.get(find["state"], Q(state=find["state"]))
    if find["topic"]:
        wanted &= Q(topic=find["topic"]) & queries.told(person)
    if find["urgent"]:
        wanted &= Q(is_urgent=True)
    if find["due"]:
        wanted &= deadlines.pressing() & queries.told(person)
    wanted &= await queries.meant(person, find.text)
    return page(
        request,
        "consultations/index.html",
        find.code,
        find=find,
        leaf=await queries.listed(person, wanted, find.page) if find.ok else paging.NOTHING,
        topics=topics,
        reads_reviews=bool(review_pages.READERS & person.roles),
        reads_lexicon=bool(lexicon_pages.READERS & person.roles),
        keeps_snippets=bool(snippet_pages.KEEPERS & person.roles),
        states=STATE_NAMES,
        booked=BOOKED_NAMES,
    )


routes: list[BaseRoute] = [
    *intake_pages.routes,
    *claim_pages.routes,
    *deadline_pages.routes,
    *lexicon_pages.routes,
    get("/consultations", index, who=LAWYERS | STAFF_ONLY, name="consultations:index"),
    *counter_pages.routes,
    *walk_in_pages.routes,
    *case_pages.routes,
    *attachment_pages.routes,
    *conflict_pages.routes,
    *sharing_pages.routes,
    *due_pages.routes,
    *merger_pages.routes,
    *note_pages.routes,
    *prescription_pages.routes,
    *snippet_pages.routes,
    *review_pages.routes,
    *delivery_pages.routes,
    *aftercare_pages.routes,
    *protection_pages.routes,
]
