"""The notice of a meeting as a page and as a sheet of A4."""

from starlette.requests import Request
from starlette.routing import BaseRoute

from portal.community.models import Community
from portal.council import papers, queries
from portal.council.meeting_pages import meeting_of
from portal.languages import _
from portal.web.papers import Sheet, document
from portal.web.routes import PUBLIC
from portal.web.templating import url


async def notice(request: Request) -> Sheet:
    """What is posted for everybody."""
    meeting = await meeting_of(request)
    community = await Community.get_or_none(id=meeting.community_id)
    paper = papers.notice(meeting, await queries.agenda(meeting), community.name if community else "")
    return Sheet(paper, (_("回到这次会议"), url("council:meeting", number=meeting.number)))


routes: list[BaseRoute] = [
    *document("/council/meetings/{number}/notice", notice, who=PUBLIC, name="council:notice", of="meeting"),
]
