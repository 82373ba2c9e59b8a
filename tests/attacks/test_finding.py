"""Searching is no oracle: nobody finds a record by a word of it that the policy does not let them read."""

from datetime import timedelta

from tortoise import Tortoise

from portal import clock, index, pairs, policy, secrecy
from portal.database import transaction
from portal.people import finding, queries
from portal.people.models import Session
from tests.attacks import canaries, world

MODELS = (
    "Person",
    "Appointment",
    "Wait",
    "Consultation",
    "Prescription",
    "Dispute",
    "Feedback",
    "SignUp",
    "Motion",
)


async def at_the_door(somebody: world.Somebody):
    """The person as the gate would know them, come in by their door."""
    secret, now = secrecy.token(), clock.now()
    async with transaction():
        await Session.create(
            secret=secrecy.keyed("session", secret),
            person_id=somebody.person.id,
            way=somebody.way,
            seen_at=now,
            confirmed_at=now,
            ends_at=now + timedelta(hours=8),
        )
    return (await queries.session_of(secret)).person


async def planted(towns) -> dict[str, canaries.Nest]:
    """A canary in everything, and the index as if everybody had typed theirs."""
    nests = await canaries.plant(towns)
    async with transaction():
        for model in Tortoise.apps["portal"].values():
            if founds := index.of(model):
                await index.write(founds, await model.all().values_list("id", flat=True))
    return nests


def told(nests, things, somebody) -> dict[tuple[str, str], set[str]]:
    """(kind, record) → every pair of characters they may read there; a name belongs to each record about its bearer."""
    names = {nest.thing.record.id: canary for canary, nest in nests.items() if nest.place == "Person.name"}
    found: dict[tuple[str, str], set[str]] = {}
    for thing in things:
        parts, key = thing.parts(somebody) or frozenset(), (thing.kind, str(thing.record.id))
        if policy.NAME in parts and (bearer := canaries._bearer(thing)) in names:
            found.setdefault(key, set()).update(pairs.of_text(names[bearer]))
    for canary, nest in nests.items():
        if nest.part in (nest.thing.parts(somebody) or ()):
            key = (nest.thing.kind, str(nest.thing.record.id))
            found.setdefault(key, set()).update(pairs.of_text(canary))
            if nest.thing.kind == "prescription":
                above = ("consultation", str(nest.thing.record.consultation_id))
                found.setdefault(above, set()).update(pairs.of_text(canary))
    return found


async def test_nobody_finds_a_record_by_what_they_may_not_read_of_it(towns):
    nests = await planted(towns)
    things = [thing for town in towns for thing in town.things]
    watched = [thing.record.id for thing in things]
    leaks, met = [], set()
    for somebody in world.everybody(towns[:1]):
        if somebody.person is None:
            continue
        person, may = await at_the_door(somebody), told(nests, things, somebody)
        for canary, nest in nests.items():
            if nest.thing not in towns[0].things:
                continue
            names = (
                MODELS
                if nest.place == "Person.name"
                else {nest.place.split(".")[0], "Consultation"} & {*MODELS}
            )
            for name in names:
                model = Tortoise.apps["portal"][name]
                found = model.visible_to(person).filter(await finding.matching(model, person, canary))
                for record in await found.filter(id__in=watched).values_list("id", flat=True):
                    met.add((nest.place, name))
                    if not pairs.of_text(canary) <= may.get((name.lower(), str(record)), set()):
                        leaks.append(f"{somebody.name} finds a {name} by {nest.place} of {nest.thing.name}")
    assert not leaks, "\n".join(sorted({*leaks}))
    # The net is not empty: whoever may read it has found it.
    assert {place for place, _name in met} >= {
        *("Person.name", "Consultation.words", "Prescription.steps", "Dispute.words", "Dispute.place"),
        *("Feedback.words", "Feedback.place", "Appointment.needs", "SignUp.question", "Wait.typed"),
    }
    assert ("Prescription.steps", "Consultation") in met


async def test_nobody_finds_by_a_telephone_a_record_whose_bearer_they_may_not_reach(towns):
    leaks, met = [], set()
    things = [thing for thing in towns[0].things if thing.kind.capitalize() in MODELS]
    bearers = {canaries._bearer(thing) for thing in things} - {None}
    people = Tortoise.apps["portal"]["Person"]
    for somebody in world.everybody(towns[:1]):
        if somebody.person is None:
            continue
        person = await at_the_door(somebody)
        for bearer in await people.filter(id__in=list(bearers)):
            for thing in things:
                if canaries._bearer(thing) != bearer.id:
                    continue
                model = type(thing.record)
                for text in (bearer.phone, bearer.phone[-4:]):
                    found = model.visible_to(person).filter(await finding.matching(model, person, text))
                    if await found.filter(id=thing.record.id).exists():
                        met.add(thing.kind)
                        if policy.CONTACT not in (thing.parts(somebody) or ()):
                            leaks.append(f"{somebody.name} finds {thing.name} by its telephone")
    assert not leaks, "\n".join(sorted({*leaks}))
    assert met >= {"appointment", "consultation", "dispute", "feedback"}
