"""Invitations: a link with which an office holder chooses login and password, so that nobody else ever knows them."""

from portal import clock, database, journal, notices, secrecy, settings
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.people import office_queries, rules
from portal.people.models import Invitation, Person


async def invite(actor: Person | None, person: Person, *, send: bool = False) -> str:
    """A link for this person, good once and for three days; an earlier one ends. The database keeps its hash alone. With
    `send` the link also goes to their telephone, where `rules.may_send_link`.

    `actor` is None only for the operator at the command line. Raises Forbidden when it is not the actor's to give.
    """
    offices = await office_queries.offices(person)
    if not (rules.may_invite(actor, person, offices) if actor else offices):
        raise Forbidden(_("这个人不能由您邀请。请找社区负责人或系统管理员。"))
    secret, now = secrecy.token(), clock.now()
    link = f"{settings.current().site}/invitations/{secret}"
    async with transaction():
        await database.serialise(f"invitation:{person.id}")
        await end_invitations(person)
        made = await Invitation.create(
            person_id=person.id,
            made_by_id=actor.id if actor else None,
            secret=secrecy.keyed("invitation", secret),
            ends_at=now + rules.INVITATION_LIVES,
        )
        sends = send and rules.may_send_link(person)
        await journal.record(actor, "invite", made, person=str(person.id), sent=sends)
        if sends:
            await notices.owe(person, "people/invitation", link=link)
    return link


async def end_invitations(person: Person, by: Invitation | None = None) -> None:
    """Every invitation of this person is over, inside `transaction()`; `by` is used up by it. Raises Conflict where that
    one had been over already."""
    now = clock.now()
    live = Invitation.filter(person_id=person.id, used_at=None, ends_at__gt=now)
    if by is not None and not await live.filter(id=by.id).update(used_at=now):
        raise Conflict(_("这个链接已经用过或者过期了。请让给您链接的人再给一个。"))
    await live.update(ends_at=now)
