"""What may be gone on with by telephone in another browser: nothing that could harm whoever's telephone is in other hands."""

from portal.consultations.intake import Intake
from portal.people.models import Person


def may_go_elsewhere(intake: Intake, person: Person | None) -> bool:
    """Not with a danger, ticked or in the words; not behind a passphrase; not where others may see the telephone, said now or
    for good. Whoever holds the telephone is sent the code."""
    is_watched = intake.is_neutral or bool(person and person.is_neutral)
    return not (intake.is_urgent or intake.passphrase or is_watched)
