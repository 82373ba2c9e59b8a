"""Offices: given and ended. Whoever's offices change signs in again."""

from typing import Any

from portal import clock, journal
from portal.database import transaction
from portal.errors import Conflict, Forbidden, Refusal
from portal.languages import _
from portal.people import office_queries, queries, rules
from portal.people.actions.sessions import revoke_all
from portal.people.models import Person, Post, Role


async def grant(actor: Person | None, person: Person, role: str, place: Any = None) -> Post:
    """Give the person this office from today on. `place` is what it minds (a unit, building, grid, firm, community or
    street, or its id); without one, an office that may do without is for the whole portal.

    `actor` is None only for the operator at the command line. Raises Forbidden when it is not the actor's to give,
    Refusal without a place where the office needs one, Conflict when the person holds it already.
    """
    column, not_theirs = rules.PLACE_OF.get(role), _("这个职务不能由您安排。请找社区负责人或系统管理员。")
    if actor is not None and (actor.id == person.id or not rules.may_grant(actor, role)):
        raise Forbidden(not_theirs)
    covers_all = place is None and role in rules.MAY_COVER_ALL
    if bool(column) != bool(place) and not covers_all:
        raise Refusal(_("请选这个职务负责的地方。") if column else _("这个职务不分地方。"))
    at = {f"{column}_id": getattr(place, "id", place)} if column else {}
    if place and str(at[f"{column}_id"]) not in {key for key, _name in await queries.places_for(str(column))}:
        raise Refusal(_("请选这个职务负责的地方。"))
    if actor is not None and not rules.may_grant(actor, role, await office_queries.where(role, place)):
        raise Forbidden(not_theirs)
    today = clock.today()
    async with transaction():
        held = await Post.filter(person_id=person.id, role=Role(role), ended_on=None, **at).exists()
        if held:
            raise Conflict(_("已经有这个职务了。"))
        post = await Post.create(person_id=person.id, role=Role(role), began_on=today, **at)
        await journal.record(actor, "grant", post, role=str(role), person=str(person.id))
        await revoke_all(person)
    return post


async def end_post(actor: Person | None, post: Post) -> None:
    """End an office today. Raises Forbidden when it is not the actor's to end, Conflict when it has ended, Refusal for
    the last administrator's, which would lock everybody out."""
    if actor is not None and not rules.may_grant(actor, *(await office_queries.lie([post.id]))[post.id]):
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
