"""The documents of a mediation, each for those who may read what it says."""

from starlette.requests import Request
from starlette.routing import BaseRoute

from portal import clock
from portal.community.models import Community
from portal.disputes import papers, queries
from portal.disputes.mediation_pages import OFFICES, agreement_of, sitting_of
from portal.disputes.models import Dispute, Outcome, Sitting, SittingState
from portal.disputes.show_pages import confirm_by, parties_of, place_of
from portal.errors import Conflict, Refusal
from portal.languages import _
from portal.people.models import Person
from portal.web.papers import Sheet, document
from portal.web.routes import SIGNED_IN
from portal.web.templating import url


async def _committee(dispute: Dispute) -> Community:
    """Whose committee keeps the file. Refused before there is any."""
    community = await queries.committee(dispute)
    if community is None:
        raise Refusal(_("还没有登记社区，不能编号。"))
    return community


def _back(dispute: Dispute) -> tuple[str, str]:
    return _("回到这件事"), url("disputes:show", number=dispute.number)


async def agreement(request: Request) -> Sheet:
    """The agreement, with all it must state (人民调解法 29)."""
    dispute, agreed = await agreement_of(request)
    held = Sitting.filter(dispute_id=dispute.id, state=SittingState.HELD)
    sitting = await held.order_by("-starts_at").first()
    mediator = await Person.get_or_none(id=sitting.mediator_id if sitting else dispute.handler_id)
    paper = papers.agreement(
        dispute,
        agreed,
        community=await _committee(dispute),
        parties=await parties_of(dispute),
        place=place_of(dispute),
        mediator=mediator.name if mediator else "",
    )
    waits = agreed.form == Outcome.WRITTEN and not agreed.signed
    unsigned = ("warn", _("还没有生效：双方签名、调解员签名、盖章以后才算数。"), "")
    return Sheet(paper, _back(dispute), [unsigned] if waits else [])


async def confirmation(request: Request) -> Sheet:
    """The joint application to have the agreement confirmed by a court."""
    dispute, agreed = await agreement_of(request)
    ending = confirm_by([agreed])
    if ending is None:
        raise Conflict(_("协议生效以后，才能申请司法确认。"))
    last_day, _basis = ending
    paper = papers.confirmation(
        dispute,
        agreed,
        community=await _committee(dispute),
        parties=await parties_of(dispute),
        last_day=last_day,
        is_late=clock.today() > last_day,
    )
    return Sheet(paper, _back(dispute))


async def minutes(request: Request) -> Sheet:
    """The minutes of a sitting, once it was held."""
    dispute, sitting = await sitting_of(request)
    if sitting.state != SittingState.HELD:
        raise Conflict(_("这次调解还没有记录，先写记录再打印。"))
    paper = papers.minutes(
        dispute,
        sitting,
        community=await _committee(dispute),
        parties=await parties_of(dispute),
        place=place_of(dispute),
    )
    return Sheet(paper, _back(dispute))


routes: list[BaseRoute] = [
    *document(
        "/disputes/{number}/agreement/{agreement}",
        agreement,
        who=SIGNED_IN,
        name="disputes:agreement",
        of="dispute",
    ),
    *document(
        "/disputes/{number}/agreement/{agreement}/confirmation",
        confirmation,
        who=SIGNED_IN,
        name="disputes:confirmation",
        of="dispute",
    ),
    *document(
        "/disputes/{number}/sittings/{sitting:uuid}/minutes",
        minutes,
        who=OFFICES,
        name="disputes:minutes",
        of="dispute",
    ),
]
