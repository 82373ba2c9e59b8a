"""How a 处方 reaches the resident it is for, as they chose or as they usually hear from us."""

from typing import Any

from portal import policy
from portal.consultations import rules
from portal.consultations.models import BY_DESK, DELIVERY_NAMES, Delivery, State
from portal.people.models import ContactBy

USUAL = {ContactBy.SMS: Delivery.LINK, ContactBy.CALL: Delivery.CALL}


def usual(person: Any, protection: Any = None, contact_by: str = "") -> Delivery:
    """What nobody has to choose: by link to whoever is sent messages, aloud to whoever is rung up, else on paper. A link
    only where nobody else may read the telephone."""
    way = USUAL.get(ContactBy(contact_by or (protection or person).contact_by), Delivery.PRINT)
    is_safe = protection is None and person.phone and not person.is_neutral
    return way if way != Delivery.LINK or is_safe else Delivery.PRINT


def ways(person: Any, protection: Any = None) -> list[Delivery]:
    """What may be chosen. No link to what stands behind a passphrase: whoever holds the telephone knows its last digits."""
    return [
        way
        for way in Delivery
        if way == Delivery.PRINT or (person.phone and not (protection and way == Delivery.LINK))
    ]


def offered(person: Any, intake: Any) -> list[tuple[str, Any]]:
    """What may be chosen for what is being told, with its words."""
    return [(way.value, DELIVERY_NAMES[way]) for way in ways(person, intake.passphrase)]


def preset(person: Any, intake: Any) -> str:
    """What stands chosen for what is being told until somebody chooses otherwise."""
    if intake.passphrase or intake.is_neutral or intake.protect_by:
        return intake.deliver_by or Delivery.PRINT.value
    contact_by = intake.contact_by or person.contact_by
    return str(intake.deliver_by or usual(person, None, contact_by).value)


def chosen(consultation: Any) -> Delivery:
    """How this one comes. Needs `person` and `protection` loaded."""
    person, protection = consultation.person, consultation.protection
    said = consultation.deliver_by
    return Delivery(said) if said in ways(person, protection) else usual(person, protection)


def may_choose(person: Any, consultation: Any) -> bool:
    """The resident, or whoever works on it with them there. It came through the door."""
    is_theirs = policy.OWN in consultation.relations or rules.is_handling(person, consultation)
    return is_theirs and consultation.state != State.CLOSED


def waits_for_desk(consultation: Any) -> bool:
    """Is it written, and to be printed or read out by the desk, and not handed over yet?"""
    return (
        consultation.state == State.ADVISED
        and consultation.deliver_by in BY_DESK
        and consultation.handed_at is None
    )


def may_hand_over(person: Any, consultation: Any) -> bool:
    """Staff of its community or its lawyer, never the resident themselves."""
    return waits_for_desk(consultation) and rules.is_handling(person, consultation)


def shown(person: Any, consultation: Any) -> dict[str, Any]:
    """What the pages say of it: how it comes, what else may be chosen, and whether the reader hands it over."""
    way = chosen(consultation)
    return {
        "way": DELIVERY_NAMES[way],
        "ways": [
            (one.value, DELIVERY_NAMES[one]) for one in ways(consultation.person, consultation.protection)
        ],
        "may_choose": may_choose(person, consultation),
        "may_hand_over": may_hand_over(person, consultation),
        "is_aloud": way == Delivery.CALL,
        "handed_at": consultation.handed_at,
    }
