"""A 处方 on its way to its resident: chosen, sent, handed over. Each function is one transaction; none awaits the network."""

from typing import Any

from portal import clock, journal, notices
from portal.consultations.models import Consultation, Delivery, Prescription, PrescriptionState, State
from portal.consultations.rules import delivery
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.people import actions as people
from portal.people.models import ContactBy

KIND = "prescription"  # of the records its links lead to
# Whoever hears from us in the way in which it is brought is told by that.
BROUGHT = {Delivery.PRINT: ContactBy.PAPER, Delivery.CALL: ContactBy.CALL}


async def choose(person: Any, consultation: Consultation, way: Delivery) -> None:
    """How its 处方 shall come; one that is written already comes that way at once. Raises Forbidden for whoever may not, and
    for a link to what is protected. Needs `person`, `protection` and `appointment__lawyer` loaded."""
    if way not in delivery.ways(consultation.person, consultation.protection):
        raise Forbidden
    if not delivery.may_choose(person, consultation):
        raise Forbidden
    async with transaction():
        await Consultation.filter(id=consultation.id).update(deliver_by=way.value)
        await journal.record(person, "choose_delivery", consultation, by=way.value)
        consultation.deliver_by = way.value
        if consultation.state == State.ADVISED:
            written = Prescription.filter(consultation_id=consultation.id, state=PrescriptionState.ISSUED)
            await send(person, consultation, await written.get())


async def send(actor: Any, consultation: Consultation, prescription: Prescription) -> None:
    """Set an issued 处方 on its way, inside `transaction()`; never a word of what it says. Whoever reads it from a link is
    sent the link; for whoever takes it from the desk or has it read out, it waits on the desk's list."""
    person, protection = consultation.person, consultation.protection
    way = delivery.chosen(consultation)
    await Consultation.filter(id=consultation.id).update(deliver_by=way.value, handed_at=None)
    await people.end_links(KIND, prescription.id)
    link = None
    if way == Delivery.LINK:
        link = await people.give_link(actor, person, KIND, prescription.id)
    if link:
        await notices.owe(person, "people/link", address=person.phone, about=prescription, link=link)
    elif protection or person.contact_by != BROUGHT.get(way):
        await notices.owe(
            person,
            "consultations/prescription",
            key=f"consultations/prescription:{prescription.id}",
            about=prescription,
            number=prescription.number,
        )


async def hand_over(person: Any, consultation: Consultation) -> None:
    """It was printed and given, or read out, to its resident. Raises Forbidden, or Conflict when somebody was first."""
    if not delivery.may_hand_over(person, consultation):
        raise Forbidden
    async with transaction():
        waiting = Consultation.filter(id=consultation.id, handed_at=None)
        if not await waiting.update(handed_at=clock.now()):
            raise Conflict
        await journal.record(person, "hand_over", consultation, by=consultation.deliver_by)
