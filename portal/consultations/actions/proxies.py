"""Who holds a resident's grant asks for them. One transaction; none of the resident's own choices is changed."""

from portal.attachments import actions as attachments
from portal.attachments.models import Place
from portal.booking import actions as booking
from portal.booking import drafts
from portal.booking.models import Appointment
from portal.consultations import lexicon
from portal.consultations.actions import consenting, open_for
from portal.consultations.intake import Intake
from portal.database import transaction
from portal.errors import Forbidden
from portal.languages import _
from portal.people import proxy_queries
from portal.people.models import Person, Scope


async def ask_for(agent: Person, resident: Person, browser: str, intake: Intake) -> Appointment:
    """Claim the time this browser holds for the resident, and leave what was asked with it. The resident is told as always.

    The grant is judged within the transaction: taken back a moment ago, it books nothing. Raises Forbidden without it, and
    otherwise what `actions.ask` raises.
    """
    intake = await lexicon.reading(intake)
    await booking.named(agent, intake.other_side, intake.other_phone)
    async with transaction():
        held = await proxy_queries.live_proxies().filter(agent_id=agent.id, resident_id=resident.id)
        if not any(Scope.BOOK in proxy.scopes for proxy in held):
            raise Forbidden(_("本人已经收回授权，或者授权到期了，不能再替他预约。"))
        await consenting(resident)
        appointment = await booking.book(
            resident,
            browser,
            topic=intake.topic,
            other_side=intake.other_side,
            other_phone=intake.other_phone,
            mode=intake.mode,
            needs=intake.needs,
            actor=agent,
        )
        consultation = await open_for(agent, resident, appointment, intake, "web")
        await attachments.carry(Place.at(browser), consultation, agent)
        await drafts.drop(browser)
    return appointment
