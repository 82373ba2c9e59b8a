"""The policy put to work: which rows somebody may find, as one condition; what of a row they may read."""

from collections.abc import Callable, Mapping
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal import policy

Relation = Callable[[Any, str], Q]


def where(path: str, value: Any) -> Q:
    """The condition on one path, when the path is not known before."""
    terms: dict[str, Any] = {path: value}
    return Q(**terms)


NOTHING, EVERYTHING = Q(id__in=[]), Q(id__isnull=False)


def own(path: str = "person_id") -> Relation:
    """It is about them. A protected record is found only after its passphrase was said in this session."""

    def asked(person: Any, role: str) -> Q:
        open_to_all = Q(protection_id__isnull=True)
        unlocked = Q(protection_id=person.unlocked) if person.unlocked else NOTHING
        return where(path, person.id) & (open_to_all | unlocked)

    return asked


def named(path: str) -> Relation:
    """The column names them; nothing of this kind is protected."""
    return lambda person, role: where(path, person.id)


def granted(scope: str, path: str = "person_id", *, protects: bool = True) -> Relation:
    """The resident gave them this scope. What is protected (`protects`: it may be) stays the resident's alone."""

    def asked(person: Any, role: str) -> Q:
        residents = [proxy.resident_id for proxy in person.acts_for if scope in proxy.scopes]
        theirs = where(f"{path}__in", residents) if residents else NOTHING
        return theirs & Q(protection_id__isnull=True) if protects else theirs

    return asked


def within(path: str = "community_id") -> Relation:
    """It belongs to a community, street or firm where they hold the office. An office without a place covers them all."""

    def asked(person: Any, role: str) -> Q:
        places = person.minds(role)
        return EVERYTHING if None in places else where(f"{path}__in", places)

    return asked


def served(person: Any, path: str = "community_id") -> Q:
    """It belongs to a community at whose service centre they work: what a staff list holds, apart from what is their own."""
    offices = person.roles & policy.STAFF
    return Q(*(within(path)(person, role) for role in offices), join_type="OR") if offices else NOTHING


def minding(**paths: str) -> Relation:
    """It lies in the place they mind: for each office the path to its place."""
    return lambda person, role: where(f"{paths[role]}__in", person.minds(role))


def every(person: Any, role: str) -> Q:
    """Every such record."""
    return EVERYTHING


class Guarded:
    """A record with a door: `visible_to` is the only way to it."""

    # Set at the door (portal/web/door.py):
    relations: frozenset[str] = frozenset()  # how whoever reads it stands to it
    parts: frozenset[str] = frozenset()  # what of it may be shown
    RELATIONS: Mapping[str, Relation] = {}
    PARTS: Mapping[
        str, tuple[str, ...]
    ] = {}  # part → its columns; texts and all that is sealed are in one of them
    GLASS_OVER: Mapping[
        str, str
    ] = {}  # what lies under the same glass: the kind it may be broken for → the path to its id
    PROTECTION = ""  # the path to the protection, where it is another record's
    PERSON = ""  # the path to the id of whom it is about
    FOUND_BY: Mapping[
        str, tuple[str, ...]
    ] = {}  # part → the columns by whose words it is found (portal/index.py)
    PHONES: Mapping[str, tuple[str, ...]] = {}  # part → the marks of whole telephones in it
    FOUND_AS = (
        "",
        "id",
    )  # what is found by them, where it is another record: (kind, column that leads there)
    FOUND_WHILE = "1 = 1"  # the rows that are found at all, as SQL

    @classmethod
    def visible_to(cls, person: Any) -> QuerySet[Any]:
        """The rows this person (None: a stranger) may find; each relation is judged as it is read, none is remembered."""
        return cls.filter(reach(cls, person))  # type: ignore[attr-defined]


def standing(person: Any) -> frozenset[str]:
    """The offices by which the policy knows somebody."""
    if person is None:
        return frozenset({policy.ANYONE})
    return person.roles | {policy.ANYONE, policy.RESIDENT}


def relations(kind: type[Guarded], person: Any) -> list[tuple[policy.Sight, Q]]:
    """What this person may be to a record of this kind, each with the condition under which they are.

    Where a record may be protected, an office alone gives name, contact and place of those that are not.
    """
    protection, found = _protection(kind), []
    for sight, condition in _lines(kind, person):
        if protection and sight.relation in policy.BY_OFFICE and sight.parts & policy.UNNAMED:
            found.append((sight._replace(parts=sight.parts - policy.UNNAMED), condition))
            condition &= where(f"{protection}__isnull", True)
        found.append((sight, condition))
    return found


def _lines(kind: type[Guarded], person: Any) -> list[tuple[policy.Sight, Q]]:
    return [
        (sight, kind.RELATIONS[sight.relation](person, sight.role))
        for sight in policy.sights(kind.__name__.lower(), standing(person))
    ]


def _protection(kind: Any) -> str:
    """The path to what may protect a record of this kind; empty where nothing does."""
    return kind.PROTECTION or ("protection_id" if "protection" in kind._meta.fields_map else "")


def is_nameless(record: Any) -> bool:
    """Is this a protected record whose name was not given to whoever reads it? Its topic is not shown to them either."""
    return bool(getattr(record, "protection_id", None)) and policy.NAME not in record.parts


def reach(kind: type[Guarded], person: Any) -> Q:
    """The condition that picks the rows somebody may find."""
    found = [condition for _sight, condition in _lines(kind, person)]
    if EVERYTHING in found:
        return EVERYTHING
    return Q(*found, join_type="OR") if found else NOTHING


def redact(record: Any, parts: frozenset[str]) -> None:
    """Blank the columns of every part that is not among `parts`, so that no page can show them by mistake."""
    for part, columns in type(record).PARTS.items():
        if part in policy.PARTS - parts:
            for column in columns:
                blank = type(record)._meta.fields_map[column].default
                setattr(record, column, blank() if callable(blank) else "" if blank is None else blank)
