"""What is done when somebody answers a message: one word cancels, where it can only mean one appointment."""

from portal import clock, notices
from portal.booking import reply_rules
from portal.booking.actions.appointments import cancel
from portal.booking.models import Appointment, State
from portal.database import transaction
from portal.languages import _
from portal.notices import Channel
from portal.people.models import Person
from portal.people.queries import has_phone


async def cancel_by_phone(phone: str) -> Appointment | None:
    """Somebody answered 取消 from this canonical number. The only appointment they have ahead is cancelled and answered;
    otherwise None, and staff find them among those to ring, to ask what they meant.

    Nothing is done for a number nobody has, nor about what stands behind a passphrase: who holds the telephone is not asked
    about what they may not know of.
    """
    person = await Person.get_or_none(has_phone(phone)) if phone else None
    if person is None:
        return None
    now = clock.now()
    mine = Appointment.filter(
        person_id=person.id, state__in=(State.BOOKED, State.CHECKED_IN), starts_at__gt=now
    )
    ahead = await mine.filter(protection_id=None).select_related("slot", "lawyer__person", "person")
    one = reply_rules.meant(ahead)
    if one is not None:
        await cancel(person, one, _("短信回复取消"))
        return one
    if ahead or not await mine.exists():
        async with transaction():
            key = f"booking/unclear:{person.id}:{clock.today()}"
            await notices.owe(person, "booking/unclear", key=key, channel=Channel.CALL, count=len(ahead))
    return None
