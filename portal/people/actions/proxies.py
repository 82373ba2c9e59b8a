"""全程代理: a resident lets somebody act for them, for some things and until a day, and takes it back at once."""

from collections.abc import Sequence
from datetime import date, timedelta

from portal import clock, database, journal, limits
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people import session_rules
from portal.people.actions.persons import person_by_phone
from portal.people.models import Person, Proxy, Scope


async def appoint(
    resident: Person, phone: str, scopes: Sequence[Scope], ends_on: date, made_by: Person | None = None
) -> Proxy:
    """Let whoever has this canonical number act for the resident within these scopes, up to and including this day.

    Whether the number is known is not said; they see it when they sign in. A grant to the same person takes the place of
    the one before. `made_by` are the staff who wrote it down with the resident before them. Raises Refusal without a
    scope, for oneself, or beyond `session_rules.PROXY_LIVES`; TooMany beyond ten a day.
    """
    today = clock.today()
    if not scopes:
        raise Refusal(_("请至少选一件可以代办的事。"))
    if not today <= ends_on <= today + session_rules.PROXY_LIVES:
        raise Refusal(_("期限最长一年，从今天算起。"))
    if made_by is not None and not made_by.is_staff:
        raise Forbidden(_("这一步要由工作人员办理。"))
    if phone == resident.phone:
        raise Refusal(_("这是本人的号码，请填代办人的。"))
    await limits.count(f"appoint:{resident.id}", 10, timedelta(days=1))
    async with transaction():
        agent = await person_by_phone(phone)
        await database.serialise(f"proxy:{resident.id}")
        await Proxy.filter(resident_id=resident.id, agent_id=agent.id, revoked_at=None).update(
            revoked_at=clock.now()
        )
        made = await Proxy.create(
            resident_id=resident.id,
            agent_id=agent.id,
            scopes=[scope.value for scope in Scope if scope in scopes],
            ends_on=ends_on,
            made_by_id=made_by.id if made_by else None,
        )
        await journal.record(
            made_by or resident,
            "appoint",
            made,
            resident=str(resident.id),
            agent=str(agent.id),
            scopes=made.scopes,
            until=ends_on,
        )
    return made


async def dismiss(actor: Person, proxy: Proxy) -> None:
    """Take a grant back: the resident, their agent, or staff who were asked to. From now on it opens nothing. Raises
    Forbidden, or Conflict when it was taken back before."""
    if actor.id not in (proxy.resident_id, proxy.agent_id) and not actor.is_staff:
        raise Forbidden(_("这一步要由工作人员办理。"))
    async with transaction():
        if not await Proxy.filter(id=proxy.id, revoked_at=None).update(revoked_at=clock.now()):
            raise Conflict(_("这项代办已经收回了。"))
        await journal.record(actor, "dismiss", proxy, resident=str(proxy.resident_id))
