"""Where each office lies, who may still be invited, and what an office holder signs in with."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from portal import clock, secrecy
from portal.people import finding, rules
from portal.people.models import Credential, Invitation, Passkey, Person, Post, RecoveryCode
from portal.people.queries import COMMUNITY_OF, by_phone

FROM_POST = tuple(
    f"{column}_id" if path == "id" else f"{column}__{path}" for column, path in COMMUNITY_OF.items()
)


async def where(role: str, place: Any = None) -> rules.Where:
    """Where an office at this place (or its id) lies."""
    column = rules.PLACE_OF.get(role, "")
    if column == "firm":
        return rules.ANYWHERE
    if place is None or column not in COMMUNITY_OF:
        return None
    kind: Any = Post._meta.fields_map[column].related_model  # type: ignore[attr-defined]
    found = await kind.filter(id=getattr(place, "id", place)).values_list(COMMUNITY_OF[column], flat=True)
    return found[0] if found else None


async def lie(posts: Iterable[UUID]) -> dict[UUID, rules.Office]:
    """Each of these posts as an office and where it lies."""
    rows = await Post.filter(id__in=list(posts)).values("id", "role", "firm_id", *FROM_POST)
    return {
        row["id"]: (
            row["role"],
            rules.ANYWHERE if row["firm_id"] else next(filter(None, map(row.get, FROM_POST)), None),
        )
        for row in rows
    }


async def offices(person: Person) -> list[rules.Office]:
    """The offices a person holds today, each with where it lies."""
    held = await Post.current(clock.today()).filter(person_id=person.id).values_list("id", flat=True)
    return list((await lie(held)).values())  # type: ignore[arg-type]


def covered(actor: Person, role: str) -> set[Any] | None:
    """The communities in which the actor may give this office; None where every one."""
    if rules.may_grant(actor, role, None):
        return None
    return {
        place for giver in actor.roles for place in actor.minds(giver) if rules.may_grant(actor, role, place)
    }


async def invitation(secret: str) -> Invitation | None:
    """The invitation behind a link, with its person and the offices they hold today, while it may be used."""
    found = await Invitation.filter(
        secret=secrecy.keyed("invitation", secret), used_at=None, ends_at__gt=clock.now()
    ).prefetch_related("person")
    return found[0] if found and await offices(found[0].person) else None


async def open_invitation(person: Person) -> Invitation | None:
    """The invitation this person has not used yet."""
    return (
        await Invitation.filter(person_id=person.id, used_at=None, ends_at__gt=clock.now())
        .order_by("-id")
        .first()
    )


def without_account(actor: Person) -> QuerySet[Person]:
    """Those among whom the actor may see who hold an office today and have no account."""
    held = Post.current(clock.today()).values("person_id")
    return Person.visible_to(actor).filter(id__in=Subquery(held), credential__isnull=True)


async def meant(actor: Person, text: str) -> QuerySet[Person]:
    """Those whom somebody at the desk means: by part of a name or its sound, by a number, or by the telephone they were told,
    whole or its last four digits."""
    found = await finding.matching(Person, actor, text)
    return Person.visible_to(actor).filter(found | by_phone(text) if text else found)


async def recovery_left(credential: Credential | None) -> int:
    """How many recovery codes may still be used."""
    return await RecoveryCode.filter(credential_id=credential.id, used_at=None).count() if credential else 0


async def passkeys(person: Person) -> list[Passkey]:
    """The person's passkeys, the oldest first."""
    return await Passkey.filter(person_id=person.id).order_by("id")
