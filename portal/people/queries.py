"""Who is it, who holds which office, and who is meant by a few letters or digits?"""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.expressions import Q
from tortoise.query_utils import Prefetch
from tortoise.queryset import QuerySet

from portal import clock, database, paging, secrecy
from portal.law import identifiers, places
from portal.paging import Leaf
from portal.people import proxy_queries, rules, session_rules, sight
from portal.people.models import (
    TAIL,
    CodeCard,
    Credential,
    KeptForm,
    Link,
    Person,
    PhoneCode,
    Post,
    Session,
    Way,
)


def posts(path: str = "posts") -> Prefetch:
    """What `prefetch_related` takes to load a person with the posts they hold today, and no others."""
    return Prefetch(path, Post.current(clock.today()))


async def with_posts(person: Person) -> Person:
    """The person as the gate knows them: with the posts they hold today."""
    return await Person.filter(id=person.id).prefetch_related(posts()).get()


# Asked at every request of whoever is signed in, so in plain SQL: most hold no office and stand in for nobody.
SESSION = """
SELECT s.*, EXISTS (SELECT 1 FROM post p WHERE p.person_id = s.person_id) AS has_posts,
  EXISTS (SELECT 1 FROM proxy p WHERE p.agent_id = s.person_id AND p.revoked_at IS NULL) AS has_proxies
FROM session s WHERE s.secret = ? AND s.revoked_at IS NULL AND s.ends_at > ?
"""


async def session_of(secret: str) -> Session | None:
    """The live session behind a cookie, with its person as this session lets them be: with the posts they hold today (for
    those who came in by the office door), what they unlocked in it, and whom they stand in for."""
    now = clock.now()
    rows = await database.look_up(SESSION, secrecy.keyed("session", secret), now)
    found = Session._init_from_db(**rows[0]) if rows else None
    if found is None or session_rules.ends(found) <= now:
        return None
    (person,) = await Person.where("id = ?", found.person_id)
    held = Post.current(clock.today()).filter(person_id=person.id)
    person.posts._set_result_for_query(list(await held) if rows[0]["has_posts"] else [])
    person.in_office = found.way == Way.OFFICE
    is_unlocked = found.unlocked_until is not None and found.unlocked_until > now
    person.unlocked = found.protection_id if is_unlocked else None
    person.acts_for = tuple(await proxy_queries.proxies_held(person)) if rows[0]["has_proxies"] else ()
    found.person = person
    return found


async def card_of(person: Person) -> CodeCard | None:
    """The card that opens a session for this person today."""
    live = CodeCard.filter(person_id=person.id, revoked_at=None, ends_on__gte=clock.today())
    return await live.order_by("-id").first()


async def link_of(secret: str) -> Link | None:
    """The live link behind this secret, its person as a resident who signed in with nothing else."""
    live = Link.filter(secret=secrecy.keyed("link", secret), revoked_at=None, ends_at__gt=clock.now())
    found = await live.select_related("person").prefetch_related(posts("person__posts")).first()
    if found is not None:
        found.person.in_office = False
    return found


async def centre_of(person: Person) -> Any:
    """The community this person belongs to, for its telephone and address; None where there is none."""
    found = await Person.get(id=person.id).select_related("community")
    return found.community


async def session_that_was(secret: str) -> Session | None:
    """The session this cookie opened, though it may be over by now."""
    return await Session.get_or_none(secret=secrecy.keyed("session", secret))


async def kept_form(person: Person, browser: str, key: UUID) -> KeptForm | None:
    """What was typed in this browser, by this person or by somebody whose session we did not know."""
    form = await KeptForm.get_or_none(id=key, browser=browser, ends_at__gt=clock.now())
    return form if form and form.typed["owner"] in ("", str(person.id)) else None


def needs_name(person: Person) -> bool:
    """Has this person never told their name? Pages that address somebody ask for it then."""
    return not person.name.strip()


async def holders(*roles: str, community: UUID | None) -> list[Person]:
    """Everybody who holds one of these offices today in this community or in the whole portal, posts loaded, by name."""
    there = Q(community_id=community) | Q(community_id__isnull=True)
    held = Post.current(clock.today()).filter(there, role__in=list(roles)).values_list("person_id", flat=True)
    return await Person.filter(id__in=list(set(await held))).order_by("name").prefetch_related(posts())


async def minding(role: str, place: Any) -> list[Person]:
    """Everybody who minds this unit, building or grid (or works for this firm) in this office today, posts loaded."""
    key = getattr(place, "id", place)
    columns = ("unit_id", "building_id", "grid_id", "firm_id", "community_id", "street_id")
    there = Q(*(Q(**{column: key}) for column in columns), join_type="OR")
    held = Post.current(clock.today()).filter(there, role=role).values_list("person_id", flat=True)
    return await Person.filter(id__in=list(set(await held))).order_by("name").prefetch_related(posts())


async def live_sessions(person: Person) -> list[Session]:
    """The browsers this person is signed in with, the latest first."""
    now = clock.now()
    found = Session.filter(person_id=person.id, revoked_at=None, ends_at__gt=now).order_by("-seen_at")
    return [session for session in await found if session_rules.ends(session) > now]


async def credential_of(person: Person) -> Credential | None:
    """How the person signs in to their office; None for whoever has no account."""
    return await Credential.get_or_none(person_id=person.id)


async def search(people: QuerySet[Person], text: str, role: str = "", page: int = 1) -> Leaf:
    """One page of these people, found by this text. Without any: those who hold offices. Telephones come masked, and so do
    names of residents, but for those whose whole name was typed."""
    if role or not text:
        held = Post.current(clock.today()).filter(**({"role": role} if role else {}))
        people = people.filter(id__in=list(set(await held.values_list("person_id", flat=True))))
    leaf = await paging.leaf(people.order_by("name", "number"), page, "id", "number", "name", "phone")
    offices: dict[UUID, list[str]] = {}
    held = Post.current(clock.today()).filter(person_id__in=[row["id"] for row in leaf.rows]).order_by("role")
    for who, office in await held.values_list("person_id", "role"):
        offices.setdefault(who, [])
        if office not in offices[who]:
            offices[who].append(office)
    for row in leaf.rows:
        row["phone"] = identifiers.mask_phone(row["phone"]) if row["phone"] else ""
        row["roles"] = offices.get(row["id"], [])
        if not row["roles"] and row["name"] != text.strip():
            row["name"] = identifiers.mask_name(row["name"])
    return leaf


class Reach(NamedTuple):
    """How somebody is reached: the telephone, and when."""

    phone: str
    when: str

    @property
    def masked(self) -> "Reach":
        """What may be shown to whoever has not asked for it."""
        return Reach(identifiers.mask_phone(self.phone) if self.phone else "", "")


def reach(person: Person) -> Reach:
    """How this person, loaded whole, is reached."""
    return Reach(person.phone or "", person.contact_when)


def has_phone(phone: str, path: str = "") -> Q:
    """The row with this canonical number; `path` leads from the record to whoever has it, such as person__."""
    return sight.where(f"{path}phone_mark__in", secrecy.marks("phone", phone))


def by_phone(text: str, path: str = "") -> Q:
    """Whoever has this telephone: the whole number, in any spelling, or its last four digits."""
    try:
        return has_phone(identifiers.phone(text), path)
    except ValueError:
        is_tail = text.isascii() and text.isdigit() and len(text) == TAIL
        return sight.where(f"{path}phone_tail__in", secrecy.marks("phone tail", text) if is_tail else [])


UNIT = ("unit__building__compound__name", "unit__building__name", "unit__name")
BUILDING = ("building__compound__name", "building__name")


async def posts_of(person: Person) -> list[dict[str, Any]]:
    """Every office the person holds or held, the latest first, each with the name of what it minds."""
    others = ("grid__name", "firm__name", "community__name", "street__name")
    columns = ("id", "role", "began_on", "ended_on", *UNIT, *BUILDING, *others)
    found = await Post.filter(person_id=person.id).order_by("-began_on", "-id").values(*columns)
    for post in found:
        address = UNIT if post["unit__name"] else BUILDING
        post["place"] = (
            post["grid__name"]
            or post["firm__name"]
            or post["community__name"]
            or post["street__name"]
            or places.say(*(post[name] or "" for name in address))
        )
    return found


# The names of what is minded and their order on the map, read through the post's own foreign key: this room does not know
# the rooms that communities and firms belong to.
MINDED = {
    "unit": (
        ("building__compound__name", "building__name", "name"),
        ("building__compound__ordinal", "building__ordinal", "ordinal"),
    ),
    "building": (("compound__name", "name"), ("compound__ordinal", "ordinal")),
    "community": (("name",), ("created_at",)),
    "street": (("name",), ("created_at",)),
    "grid": (("name",), ("community_id", "ordinal")),
    "firm": (("name",), ("name",)),
}


# The way from what is minded to its community; firms belong to none, and streets to several.
COMMUNITY_OF = {
    "unit": "building__compound__community_id",
    "building": "compound__community_id",
    "grid": "community_id",
    "community": "id",
}


async def places_for(column: str, communities: Collection[UUID] | None = None) -> list[tuple[str, str]]:
    """What can be minded, as (id, name): every "unit", "building", "grid", "firm", "community" or "street", in the order of
    the map; with `communities`, of those that lie in a community only what lies in these."""
    kind: Any = Post._meta.fields_map[column].related_model  # type: ignore[attr-defined]
    names, order = MINDED[column]
    path = COMMUNITY_OF.get(column) if communities is not None else None
    wanted = kind.filter(**{f"{path}__in": list(communities or ())}) if path else kind.all()
    found = await wanted.order_by(*order).values_list("id", *names)
    return [(str(key), places.say(*name) if len(name) > 1 else name[0]) for key, *name in found]


async def asked_phone(browser: str) -> str:
    """The number this browser last asked a code for, within the quarter of an hour in which it may be tried; or empty."""
    row = (
        await PhoneCode.filter(browser=browser, used_at=None, created_at__gt=clock.now() - rules.TRIES_WINDOW)
        .order_by("-ends_at")
        .first()
    )
    return row.phone if row else ""
