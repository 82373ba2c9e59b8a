"""What waits for a lawyer although its appointment is over is closed by itself."""

from portal import clock, states
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Consultation, Outcome, State
from portal.database import transaction


async def settle() -> int:
    """Close what waits for a lawyer although its appointment was cancelled or missed; how many there were."""
    because = {AppointmentState.CANCELLED: Outcome.WITHDRAWN, AppointmentState.MISSED: Outcome.MISSED}
    closed = 0
    for end, outcome in because.items():
        for consultation in await Consultation.filter(state=State.ASKED, appointment__state=end).limit(100):
            async with transaction():
                await states.move(
                    None,
                    consultation,
                    "close",
                    detail={"outcome": outcome.value},
                    outcome=outcome.value,
                    ended_at=clock.now(),
                )
            closed += 1
    return closed
