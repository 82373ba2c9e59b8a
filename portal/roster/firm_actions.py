"""What staff keep of partner firms and their lawyers; every change is followed through to the mornings at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal import clock, database, journal, notices
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.law.topics import Topic
from portal.people import actions as people_actions
from portal.people import queries as people
from portal.people import rules as people_rules
from portal.people.models import Post, Role
from portal.roster import rules
from portal.roster.duty_actions import LOCK, settle
from portal.roster.models import Firm, Lawyer


class Taken(Conflict):
    """Somebody else has it already; `field` is what to change."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


async def add_firm(actor: Any, name: str, code: str = "", phone: str = "", weight: int = 1) -> Firm:
    """Take a firm in. `weight`, 1–100, is its share of consultations against the others."""
    _judge(actor)
    async with transaction():
        await database.serialise(LOCK)
        await _name_is_free(name)
        firm = await Firm.create(name=name, code=code, phone=phone, weight=weight)
        await journal.record(actor, "create", firm, weight=weight)
    return firm


async def change_firm(
    actor: Any, firm: Firm, *, name: str, code: str, phone: str, weight: int, is_active: bool
) -> None:
    """Correct what is known of a firm. One that leaves has its lawyers' coming mornings withdrawn."""
    _judge(actor)
    values = {"name": name, "code": code, "phone": phone, "weight": weight, "is_active": is_active}
    async with transaction():
        await database.serialise(LOCK)
        await _name_is_free(name, firm)
        await Firm.filter(id=firm.id).update(**values)
        await journal.record(actor, "change", firm, weight=weight, is_active=is_active)
        await settle(actor, lawyers=await Lawyer.filter(firm_id=firm.id).values_list("id", flat=True))  # type: ignore[arg-type]


async def add_lawyer(
    actor: Any,
    *,
    name: str,
    phone: str,
    firm: Firm,
    licence: str,
    licence_until: date,
    topics: list[Topic],
    speaks: Sequence[str] = (),
    gender: str = "",
) -> Lawyer:
    """Take a lawyer in: the person and their office at the firm. An invitation lets them in (`people.actions.invite`).

    Raises Taken for a telephone or licence of somebody else.
    """
    if not people_rules.may_grant(actor, Role.LAWYER):
        raise Forbidden
    async with transaction():
        await database.serialise(LOCK)
        await _licence_is_free(licence)
        person = await people_actions.person_by_phone(phone, name)
        if person.name != name or await Lawyer.filter(person_id=person.id).exists():
            raise Taken("phone", _("这个电话已经登记在别人名下，请核对。"))
        lawyer = await Lawyer.create(
            person_id=person.id,
            firm_id=firm.id,
            licence=licence,
            licence_until=licence_until,
            **_card(topics, speaks, gender),
        )
        await journal.record(actor, "create", lawyer, firm=firm.id, licence_until=licence_until)
        await people_actions.grant(actor, person, Role.LAWYER, firm)
    return lawyer


async def change_lawyer(
    actor: Any,
    lawyer: Lawyer,
    *,
    firm: Firm | None = None,
    licence: str,
    licence_until: date,
    topics: list[Topic],
    is_active: bool,
    speaks: Sequence[str] = (),
    gender: str = "",
) -> int:
    """Correct what is known of a lawyer, or move them to another firm; how many times were withdrawn by it.

    Moving is for whoever may give the office: Forbidden for others. Mornings beyond the end of the licence go; those
    within a renewed one come back.
    """
    _judge(actor)
    moves = firm is not None and firm.id != lawyer.firm_id
    values: dict[str, Any] = {
        "licence": licence,
        "licence_until": licence_until,
        "is_active": is_active,
        **_card(topics, speaks, gender),
    }
    async with transaction():
        await database.serialise(LOCK)
        await _licence_is_free(licence, lawyer)
        if moves and firm:
            values["firm_id"] = firm.id
            person = await people.with_posts(await lawyer.person)
            for post in await Post.filter(person_id=person.id, role=Role.LAWYER, ended_on=None):
                await people_actions.end_post(actor, post)
            await people_actions.grant(actor, person, Role.LAWYER, firm)
        await Lawyer.filter(id=lawyer.id).update(**values)
        detail = {"licence_until": licence_until, "is_active": is_active, "moved": moves}
        await journal.record(actor, "change", lawyer, **detail)
        plan = await settle(actor, lawyers=[lawyer.id])
    return len(plan.withdrawn)


async def change_card(
    actor: Any, lawyer: Lawyer, topics: Sequence[str], speaks: Sequence[str], gender: str
) -> None:
    """What the public reads of a lawyer, told by themselves: what they know best and speak, and their gender or nothing."""
    if actor.id != lawyer.person_id:
        raise Forbidden
    async with transaction():
        await Lawyer.filter(id=lawyer.id).update(**_card(topics, speaks, gender))
        await journal.record(actor, "change", lawyer)


def _card(topics: Sequence[str], speaks: Sequence[str], gender: str) -> dict[str, Any]:
    return {
        "topics": [str(one) for one in topics],
        "speaks": [str(one) for one in speaks],
        "gender": str(gender),
    }


async def remind_of_licences() -> int:
    """Tell lawyers, once, that their licence ends within thirty days; how many were told."""
    today = clock.today()
    soon = Lawyer.filter(is_active=True, licence_until__gte=today, licence_until__lte=today + rules.REMIND)
    told = 0
    for lawyer in await soon.select_related("person"):
        key = f"roster/licence:{lawyer.id}:{lawyer.licence_until}"
        if await notices.Notice.filter(key=key).exists():
            continue
        async with transaction():
            await notices.owe(lawyer.person, "roster/licence", key=key, until=str(lawyer.licence_until))
        told += 1
    return told


def _judge(actor: Any) -> None:
    if not rules.may_manage(actor, None, clock.now()):
        raise Forbidden


async def _name_is_free(name: str, own: Firm | None = None) -> None:
    if await Firm.filter(name=name).exclude(id=own.id if own else None).exists():
        raise Taken("name", _("已经有一家同名的律所。"))


async def _licence_is_free(licence: str, own: Lawyer | None = None) -> None:
    if await Lawyer.filter(licence=licence).exclude(id=own.id if own else None).exists():
        raise Taken("licence", _("这个执业证号已经登记在另一位律师名下。"))
