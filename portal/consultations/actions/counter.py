"""Somebody stands at the counter, rings or writes: entered, booked, and what they say written down, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import clock, locality
from portal.booking import actions as booking
from portal.booking.models import Appointment, Mode
from portal.consultations.actions import consenting, open_for
from portal.consultations.intake import Intake
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.errors import Forbidden
from portal.people import actions as people
from portal.people.consents import Purpose, Way
from portal.people.models import Person


@dataclass(frozen=True)
class Visit:
    """What staff wrote down. `person` is whoever is known already; without one somebody is entered by name and telephone."""

    times: Sequence[datetime]  # the first that can be had is taken
    intake: Intake
    channel: str
    person: Person | None = None
    name: str = ""
    phone: str = ""
    agreed: Sequence[Purpose] = ()  # said aloud to the actor
    over_limit: str = ""
    is_long: bool = False


async def receive(actor: Person, visit: Visit) -> Appointment:
    """Book it. Who is here on the day itself has come, and is given a number.

    Raises Forbidden for whoever does not work at this centre, Refusal without the consents a booking needs, TimeTaken,
    AlreadyBooked, or BeyondLimit.
    """
    if not actor.serves(locality.current()):
        raise Forbidden
    intake = visit.intake
    async with transaction():
        person = visit.person or await people.register(actor, visit.name, visit.phone)
        await people.agree(person, visit.agreed, way=Way.DESK, actor=actor)
        await consenting(person)
        made = await booking.seat(
            actor,
            person,
            visit.times,
            topic=intake.topic,
            other_side=intake.other_side,
            other_phone=intake.other_phone,
            mode=intake.mode,
            needs=intake.needs,
            channel=visit.channel,
            over_limit=visit.over_limit,
            is_long=visit.is_long,
        )
        if intake.words:
            await open_for(actor, person, made, intake, visit.channel)
        is_here = visit.channel == "counter" and made.mode == Mode.DESK
        if is_here and clock.day_of(made.starts_at) == clock.today():
            await booking.check_in(actor, made)
    return made


async def is_dangerous(appointment: Appointment) -> bool:
    """Did what was written down for this appointment name a danger?"""
    return await Consultation.exists(appointment_id=appointment.id, is_urgent=True)
