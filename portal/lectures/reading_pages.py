"""What everybody reads about lectures: the list, one lecture, its poster, the calendar."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from tortoise.expressions import Q

from portal import clock, paging, policy, settings, states
from portal.errors import Missing
from portal.languages import _
from portal.law import numbers
from portal.lectures import calendar, papers, queries, rules, themes
from portal.lectures.models import STATE_NAMES, Lecture, State
from portal.people import finding
from portal.web import door, exports
from portal.web.finder import Filter, Finder
from portal.web.pages import page
from portal.web.papers import Sheet, document
from portal.web.routes import PUBLIC, get
from portal.web.templating import url


async def lecture_of(request: Request) -> Lecture:
    """The lecture of the address, with its speaker; Missing where there is none to see."""
    seen = Lecture.visible_to(request.state.person).select_related(
        "speaker__person", "speaker__firm", "series", "community"
    )
    return await door.opened(request, seen, number=numbers.read(request.path_params["number"]) or "")


async def own_lecture(request: Request) -> Lecture:
    """The same for those whose community holds it; Missing for everybody else, however public it is."""
    lecture = await lecture_of(request)
    if policy.COMMUNITY not in lecture.relations:
        raise Missing
    return lecture


async def index(request: Request) -> Response:
    """Coming lectures by date with the seats left, then those that were held: found by their words, narrowed by theme."""
    person, now = request.state.person, clock.now()
    find = Finder(request, [Filter("theme", _("主题"), [(key, themes.title(key)) for key in themes.THEMES])])
    wanted = await finding.matching(Lecture, person, find.text)
    if find["theme"]:
        wanted &= Q(theme=find["theme"])
    is_first = find.page == 1 and not find.is_narrowed
    return page(
        request,
        "lectures/index.html",
        find.code,
        find=find,
        coming=await queries.coming(person, now) if is_first else [],
        unfinished=await queries.unfinished(person, now) if is_first else [],
        is_first=is_first,
        leaf=await queries.past(person, wanted, find.page) if find.ok else paging.NOTHING,
        names=STATE_NAMES,
        theme=themes.title,
        at=now,
    )


async def show(request: Request) -> Response:
    """One lecture: when, where, what about, and the way to a seat."""
    person, now = request.state.person, clock.now()
    lecture = await lecture_of(request)
    mine = await queries.sign_up_of(person, lecture)
    may_read = rules.may_read_questions(person, lecture)
    return page(
        request,
        "lectures/show.html",
        lecture=lecture,
        name=STATE_NAMES[State(lecture.state)],
        mine=mine,
        left=lecture.capacity - lecture.taken,
        waiting=await queries.seats_waiting(lecture),
        is_signing_up=rules.is_signing_up(lecture, now),
        siblings=await queries.siblings(person, lecture),
        citations=themes.citations(lecture.articles),
        theme=themes.title(lecture.theme),
        question=themes.question(lecture.theme),
        topic=themes.topic(lecture.theme),
        questions=await queries.questions(lecture) if may_read else [],
        may_read=may_read,
        is_ours=policy.COMMUNITY in lecture.relations,
        offers=states.offers(person, lecture, rules.MAY, now) if person else [],
        may_edit=person is not None and rules.may_edit(person, lecture, now),
        may_count=person is not None and rules.may_count(person, lecture, now),
        form=None,
    )


async def poster(request: Request) -> Sheet:
    """A sheet for the notice board of a staircase, with a code that leads to the lecture."""
    lecture = await lecture_of(request)
    back = (_("回到这场讲座"), url("lectures:show", number=lecture.number))
    return Sheet(papers.poster(lecture, lecture.community.name if lecture.community else ""), back)


async def feed(request: Request) -> Response:
    """All coming lectures, for calendars that subscribe."""
    return _calendar(await queries.feed(clock.now()), "lectures")


async def ics(request: Request) -> Response:
    """This one lecture."""
    lecture = await lecture_of(request)
    return _calendar([lecture], lecture.number)


def _address(lecture: Lecture) -> str:
    """Where people find it, in full."""
    return settings.current().site + url("lectures:show", number=lecture.number)


def _calendar(lectures: list[Lecture], name: str) -> Response:
    return exports.calendar(name, calendar.file(lectures, _address))


routes: list[BaseRoute] = [
    get("/lectures", index, who=PUBLIC, name="lectures:index"),
    get("/lectures.ics", feed, who=PUBLIC, name="lectures:feed"),
    get("/lectures/{number}", show, who=PUBLIC, name="lectures:show", of="lecture"),
    *document("/lectures/{number}/poster", poster, who=PUBLIC, name="lectures:poster", of="lecture"),
    get("/lectures/{number}/calendar.ics", ics, who=PUBLIC, name="lectures:ics", of="lecture"),
]
