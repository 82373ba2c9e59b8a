"""Offices: given and ended. Whoever's offices change signs in again."""

from typing import Any

from portal import clock, journal
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people import queries, rules
from portal.people.actions.sessions import revoke_all
from portal.people.models import Person, Post, Role


async def grant(actor: Person | None, person: Person, role: str, place: Any = None) -> Post:
    """Give the person this office from today on. `place` is what it minds (a unit, building, grid or firm, or its id).

    `actor` is None only for the operator at the command line. Raises Forbidden when it is not the actor's to give,
    Refusal without a place where the office needs one, Conflict when the person holds it already.
    """
    column = rules.PLACE_OF.get(role)
    if actor is not None and (actor.id == person.id or not rules.may_grant(actor, role)):
        raise Forbidden(_("这个职务不能由您安排。请找社区负责人或系统管理员。"))
    covers_all = place is None and role in rules.MAY_COVER_ALL
    if bool(column) != bool(place) and not covers_all:
        raise Refusal(_("请选这个职务负责的地方。") if column else _("这个职务不分地方。"))
    where = {f"{column}_id": getattr(place, "id", place)} if column else {}
    if place and str(where[f"{column}_id"]) not in {
        key for key, _name in await queries.places_for(str(column))
    }:
        raise Refusal(_("请选这个职务负责的地方。"))
    today = clock.today()
    async with transaction():
        held = await Post.filter(person_id=person.id, role=Role(role), ended_on=None, **where).exists()
        if held:
            raise Conflict(_("已经有这个职务了。"))
        post = await Post.create(person_id=person.id, role=Role(role), began_on=today, **where)
        await journal.record(actor, "grant", post, role=str(role), person=str(person.id))
        await revoke_all(person)
    return post


async def end_post(actor: Person | None, post: Post) -> None:
    """End an office today. Raises Forbidden when it is not the actor's to end, Conflict when it has ended, Refusal for
    the last administrator's, which would lock everybody out."""
    if actor is not None and not rules.may_grant(actor, post.role):
        raise Forbidden(_("这个职务不能由您安排。请找社区负责人或系统管理员。"))
    today = clock.today()
    async with transaction():
        if post.role == Role.ADMINISTRATOR:
            others = Post.filter(role=Role.ADMINISTRATOR, ended_on=None).exclude(id=post.id)
            if not await others.exists():
                raise Refusal(_("这是最后一位系统管理员。请先安排另一位，再结束这个职务。"))
        if not await Post.filter(id=post.id, ended_on=None).update(ended_on=today):
            raise Conflict(_("这个职务已经结束了。"))
        await journal.record(actor, "end_post", post, role=post.role)
        await revoke_all(await Person.get(id=post.person_id))
    post.ended_on = today
