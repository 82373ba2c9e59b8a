"""A word of its own in every place where somebody confides something, and who may ever meet it again."""

import re
from typing import Any, NamedTuple

from tortoise import Tortoise, fields

from portal import database, policy
from portal.conflicts.models import Party
from portal.consultations.models import FollowUp, Note, NoteKind, Referral
from portal.consultations.rules import SECTIONS
from portal.database import transaction
from portal.fields import Mark, Sealed
from portal.people.models import Person
from tests.attacks.world import Somebody, Thing, Town

CANARY = re.compile(r"雀\d{5}")


class Nest(NamedTuple):
    """Where a canary sits: whose record, which part of it, and a name for messages."""

    thing: Thing
    part: str
    place: str


# What is part of another record, and how it leads there. `tests/attacks/test_canaries.py` refuses a sealed column that
# belongs to nothing here.
PARENTS = {
    "Referral": ("consultation", "consultation_id"),
    "Hop": ("dispute", "dispute_id"),
    "Sitting": ("dispute", "dispute_id"),
    "Agreement": ("dispute", "dispute_id"),
    "Reply": ("feedback", "feedback_id"),
    "Note": ("consultation", "consultation_id"),
    "FollowUp": ("prescription", "consultation_id"),
    "Attachment": ("consultation", "matter"),
}
# Notes are for their own kind: the relation in which their readers stand to the consultation.
READERS = {NoteKind.STAFF: policy.COMMUNITY, NoteKind.LAWYER: policy.ASSIGNED}


async def plant(towns: list[Town]) -> dict[str, Nest]:
    """Put a canary into every confided column of every record of these towns; where each was put."""
    nests: dict[str, Nest] = {}
    things = {(thing.kind, str(thing.record.id)): thing for town in towns for thing in town.things}
    async with transaction():
        # Whoever plants has the database to themselves: what was issued takes no change otherwise.
        on = "" if database.engine() == "sqlite" else " ON prescription"
        await database.change(f"DROP TRIGGER prescription_issued_no_update{on}")
        for model in Tortoise.apps["portal"].values():  # type: ignore[index]
            confided = confided_columns(model)
            for row in await model.all() if confided else []:
                thing = _thing(things, row)
                if thing is None:
                    continue
                for column, part in confided.items():
                    canary = f"雀{len(nests) + 10_000}"
                    part = row.kind if isinstance(row, Note) and row.kind in READERS else part
                    nests[canary] = Nest(thing, part, f"{model.__name__}.{column}")
                    setattr(row, column, put(getattr(row, column), canary))
                await row.save(update_fields=[*confided, *_marks(model, confided)])
                if model is Person:
                    thing.record.name = row.name
    return nests


def confided_columns(model: Any) -> dict[str, str]:
    """The columns of a model that people confide in, with the part of the policy each belongs to."""
    declared = {column: part for part, columns in getattr(model, "PARTS", {}).items() for column in columns}
    found = {}
    for name, column in model._meta.fields_map.items():
        is_text = isinstance(column, Sealed | fields.CharField | fields.TextField)
        if isinstance(column, Mark) or not is_text:
            continue
        part = declared.get(name, policy.FACTS if isinstance(column, Sealed) else "line")
        if part != "line":
            found[name] = part
    if model is Party:
        found = {"name": policy.FACTS}  # a telephone has digits only; it is asked for by itself
    if model is Person:
        found = {"name": policy.NAME}
    if model is Referral:
        found = {"reason": policy.ADVICE}  # where to go next, and why
    if model is FollowUp:
        found = {"question": policy.ADVICE, "answer": policy.ADVICE}
    return found


def _marks(model: Any, confided: dict[str, str]) -> list[str]:
    return [
        name
        for name, each in model._meta.fields_map.items()
        if isinstance(each, Mark) and each.of in confided
    ]


def _thing(things: dict[tuple[str, str], Thing], row: Any) -> Thing | None:
    name = type(row).__name__
    if isinstance(row, Party):
        return things.get((row.matter_kind, str(row.matter)))
    if isinstance(row, FollowUp):
        advice = (thing for thing in things.values() if thing.kind == "prescription")
        return next((one for one in advice if one.record.consultation_id == row.consultation_id), None)
    kind, column = PARENTS.get(name, (name.lower(), "id"))
    return things.get((kind, str(getattr(row, column))))


def put(now: Any, canary: str) -> Any:
    """The value with the canary in it."""
    if isinstance(now, dict):
        return {**now, "words": canary}
    if isinstance(now, list):
        return now
    return canary


def may_hear(nest: Nest, somebody: Somebody, things: list[Thing]) -> bool:
    """May they, by the policy? A name is also told by every record about its bearer."""
    if nest.place == "Person.name":
        about = [thing for thing in things if _bearer(thing) == nest.thing.record.id]
        return any(policy.NAME in (thing.parts(somebody) or ()) for thing in [nest.thing, *about])
    if nest.part in READERS:
        is_nameless = nest.thing.name.endswith(" protected") and nest.part == NoteKind.STAFF
        stands = {relation for _role, relation in nest.thing.relations(somebody)}
        return READERS[NoteKind(nest.part)] in stands and not is_nameless
    return nest.part in (nest.thing.parts(somebody) or ()) or _is_reviewed_by(nest, somebody, things)


def _is_reviewed_by(nest: Nest, somebody: Somebody, things: list[Thing]) -> bool:
    """Does it stand in a 处方 that they were asked to look at? What of it is masked: tests/consultations/test_reviews.py."""
    asked = [one for one in things if one.kind == "review" and one.parts(somebody) is not None]
    is_section = nest.place.partition(".")[2] in SECTIONS and nest.thing.kind == "prescription"
    return is_section and any(one.record.prescription_id == nest.thing.record.id for one in asked)


def _bearer(thing: Thing) -> Any:
    record = thing.record
    if thing.kind == "prescription":
        record = record.consultation
    return getattr(record, "person_id", None) or getattr(record, "reporter_id", None)


def heard(text: str) -> set[str]:
    """The canaries in a text."""
    return set(CANARY.findall(text))
