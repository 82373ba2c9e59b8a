"""Minutes on their way to being published: versions, what changed, who signs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import clock
from portal.council import actions, member_queries, queries, rules
from portal.council.meeting_pages import meeting_of, our_meeting
from portal.council.models import Meeting
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import SIGNED_IN, STAFF_ONLY, get, post


async def draft(request: Request) -> Response:
    """Every version, for staff and for the chair: what is not signed is nobody else's to read."""
    return await _drawn(request, await meeting_of(request))


async def _drawn(request: Request, meeting: Meeting, form: Form | None = None, code: int = 200) -> Response:
    person = request.state.person
    chair = await member_queries.chair_of(meeting)
    if person.id != chair and not person.serves(meeting.community_id):
        raise Forbidden
    versions = await queries.versions(meeting)
    latest = versions[0] if versions else None
    if form is None:
        form = Form({"words": latest.words if latest else ""})
    return page(
        request,
        "council/minutes.html",
        code,
        meeting=meeting,
        versions=versions,
        latest=latest,
        may_write=rules.may_write_minutes(person, meeting, clock.now()),
        may_sign=latest is not None and rules.may_sign(person, meeting, latest, chair),
        form=form,
    )


async def write(request: Request) -> Response:
    """The next version. Whoever wrote from an older one finds theirs as they typed it."""
    meeting = await our_meeting(request)
    form = await Form.read(request)
    words = form.text("words", most=8000, least=10)
    after = form.number("after", 0, 9999)
    change = form.text("change", most=200, required=bool(after), missing=_("请写改了什么、为什么改。"))
    if not form.ok or after is None:
        return await _drawn(request, meeting, form, 422)
    try:
        await actions.write_minutes(request.state.person, meeting, words, change=change, after=after)
    except Conflict as conflict:
        form.refuse("words", conflict.text)
        return await _drawn(request, meeting, form, 409)
    return see(request, "council:draft", number=meeting.number, flash=_("已存成新的一稿，等主持人签字。"))


async def sign(request: Request) -> Response:
    """The chair signs off the version they read."""
    meeting = await meeting_of(request)
    form = await Form.read(request)
    version = form.number("version", 1, 9999)
    await actions.sign(request.state.person, meeting, version or 0)
    return see(request, "council:meeting", number=meeting.number, flash=_("纪要已签，现在公布了。"))


routes: list[BaseRoute] = [
    get("/council/meetings/{number}/minutes", draft, who=SIGNED_IN, name="council:draft", of="meeting"),
    post("/council/meetings/{number}/minutes", write, who=STAFF_ONLY, name="council:minutes", of="meeting"),
    post("/council/meetings/{number}/signature", sign, who=SIGNED_IN, name="council:sign", of="meeting"),
]
