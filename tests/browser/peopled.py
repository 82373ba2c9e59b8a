"""The demonstration with somebody of every kind signed in, and a list of what lies in it for whom.

What is listed (`LIST`, in the portal's folder) is what the tests of every page open, and what people wrote themselves, which
no language translates.
"""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise import Tortoise, fields
from tortoise.expressions import Subquery

from portal import clock, database, demo, policy, secrecy, settings
from portal.attachments.models import Attachment
from portal.booking.models import Appointment, State
from portal.community.models import Building, Community, Compound, Unit
from portal.consultations.models import Consultation
from portal.council.models import Meeting
from portal.database import transaction
from portal.demo.people import ACCOUNTS, RESIDENTS
from portal.disputes.models import Agreement, Dispute, Sitting
from portal.fields import Sealed
from portal.journal import Entry
from portal.people import actions, queries
from portal.people.models import (
    Credential,
    Invitation,
    Person,
    Post,
    Protection,
    Proxy,
    Role,
    Scope,
    Session,
    Way,
)
from portal.people.passwords import HASHER
from portal.privacy.models import Disposal, Request, Wish
from portal.roster.models import Duty, Firm, Lawyer, Slot
from tests import cast, make
from tests.attacks import canaries, towns

LIST = "every-page.json"
STRANGER, RESIDENT, AGENT, COORDINATOR = "stranger", "resident", "agent", "coordinator"
BROWSER = "a-browser-that-asked"
INVITED = "a-link-that-was-handed-over"
VISITORS = [STRANGER, RESIDENT, AGENT, COORDINATOR, *(account.login for account in ACCOUNTS)]
WORDS = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+")
LONG = 300  # characters of a word without end
SCOPES = [scope.value for scope in Scope]

# What stands in a path beside the record: whose it is, by which column, and what is written of it.
BESIDE: dict[str, tuple[Any, str, str, str]] = {
    "sitting": (Sitting, "dispute", "dispute_id", "id"),
    "agreement": (Agreement, "dispute", "dispute_id", "number"),
    "proxy": (Proxy, "person", "resident_id", "id"),
    "attachment": (Attachment, "consultation", "matter", "id"),
}


def secret(visitor: str) -> str:
    """The cookie by which this visitor is known."""
    return f"of-{visitor}-who-opens-every-page"


async def fill() -> None:
    """The demonstration, and in it what it does not show by itself."""
    await demo.load()
    async with transaction():
        await _add()
    people = {account.login: (account.name, Way.OFFICE) for account in ACCOUNTS}
    people |= {RESIDENT: (RESIDENTS[0][0], Way.PHONE), AGENT: (RESIDENTS[1][0], Way.PHONE)}
    people |= {COORDINATOR: (COORDINATOR, Way.OFFICE)}
    await settle({visitor: (await Person.get(name=name), way) for visitor, (name, way) in people.items()})


async def bare() -> None:
    """A community on its first day: its places and its people are there, and nothing has happened."""
    everybody = await cast.assemble()
    people = {
        RESIDENT: (everybody.mei, Way.PHONE),
        **{
            name: (person, Way.OFFICE)
            for name, person in {
                "lead": everybody.guo,
                "lawyer": everybody.chen.person,
                "unit": everybody.dou,
                "auditor": everybody.kong,
            }.items()
        },
    }
    await settle(people)


async def stretched() -> None:
    """A record of every kind, and in each place where something can be typed as much as it takes, without a break."""
    town = (await towns.build())[0]
    async with transaction():
        on = "" if database.engine() == "sqlite" else " ON prescription"
        await database.change(f"DROP TRIGGER prescription_issued_no_update{on}")
        for model in Tortoise.apps["portal"].values():  # type: ignore[index]
            confided = canaries.confided_columns(model)
            apart = {name for together in model._meta.unique_together for name in together}
            apart |= {name for name, column in model._meta.fields_map.items() if column.unique}
            named = {"title", "name", "venue", "place"} & set(model._meta.fields_map) - apart
            for row in await model.all() if confided or named else []:
                for name in sorted({*named, *confided}):
                    column = model._meta.fields_map[name]
                    most = min(getattr(column, "max", 0) or getattr(column, "max_length", 0) or 40, LONG)
                    letters = "Llanfairpwllgwyngyll" if len(name) % 2 else "长而不断的话"
                    setattr(row, name, canaries.put(getattr(row, name), (letters * most)[:most]))
                await row.save()
    await settle({name.replace(" ", "-"): (one.person, one.way) for name, one in town.people.items()})


async def settle(people: dict[str, tuple[Person, Way]]) -> None:
    """Sign these people in and write down what lies there for them."""
    visitors: dict[str, Person | None] = {STRANGER: None}
    for visitor, (person, way) in people.items():
        visitors[visitor] = await _sign_in(visitor, person, way)
    listed = {
        "offices": {name: sorted(policy_roles(person)) for name, person in visitors.items()},
        "records": {name: await _records(person) for name, person in visitors.items()},
        "places": {
            "compound": await _first(Compound),
            "firm": await _first(Firm),
            "building": await _first(Building, units__posts__role=Role.UNIT_HEAD),
            "ticket": await _ticket(),
            "month": f"{clock.today() - timedelta(days=45):%Y-%m}",
        },
        "written": sorted(await _written()),
    }
    (settings.current().data / LIST).write_text(json.dumps(listed, ensure_ascii=False), "utf-8")


def policy_roles(person: Person | None) -> frozenset[str]:
    """The offices by which routes know somebody; a stranger has none, not even being a resident."""
    return frozenset() if person is None else person.roles | {policy.RESIDENT}


async def _sign_in(visitor: str, person: Person, way: Way) -> Person:
    async with transaction():
        await Session.create(
            secret=secrecy.keyed("session", secret(visitor)),
            person=person,
            way=way,
            seen_at=clock.now(),
            confirmed_at=clock.now(),
            ends_at=clock.now() + timedelta(hours=12),
        )
    session = await queries.session_of(secret(visitor))
    assert session is not None
    return session.person


async def _add() -> None:
    """A coordinator, somebody who stands in, an invitation, records behind a passphrase, somebody who came without
    writing, somebody with their lawyer today, a meeting to report, requests about personal data."""
    resident, agent = [await Person.get(name=name) for name, _phone in RESIDENTS]
    lead = await Person.get(name=next(one.name for one in ACCOUNTS if one.login == "lead"))
    firm, community = await Firm.all().first(), await Community.all().first()
    today = clock.today()
    coordinator = await Person.create(name=COORDINATOR, phone="13800999999", community=community)
    await Post.create(person=coordinator, role=Role.FIRM_COORDINATOR, firm=firm, began_on=today)
    await Proxy.create(resident=resident, agent=agent, scopes=SCOPES, ends_on=today + timedelta(days=30))
    await Invitation.create(
        person=coordinator,
        made_by=lead,
        secret=secrecy.keyed("invitation", INVITED),
        ends_at=clock.now() + timedelta(days=1),
    )
    protection = await Protection.create(person=resident, passphrase=HASHER.hash("银杏叶黄了"))
    for model in (Appointment, Consultation, Dispute):
        guarded = await model.all().order_by("id").first()
        assert guarded is not None
        guarded.protection = protection
        await guarded.save(update_fields=["protection_id"])
    free = await Slot.filter(starts_at__gt=clock.now()).order_by("-id").first()
    assert free is not None
    await make.appointment(agent, free, state=State.CHECKED_IN)
    name = next(one.name for one in ACCOUNTS if one.login == "lawyer")
    await make.consultation(agent, await _now(await Lawyer.get(person__name=name)))
    told, begun = clock.now() - timedelta(days=9), clock.now() - timedelta(hours=1)
    meeting = {"title": "楼道充电", "place": "议事厅", "members": 9, "community": community}
    await Meeting.create(starts_at=begun, noticed_at=told, **meeting)
    for wish in Wish:
        due_at = clock.now() + timedelta(days=9)
        await Request.create(person=resident, wish=wish, words="想看看", due_at=due_at, community=community)
    cause = {"cause": "retention", "before_on": today - timedelta(days=900)}
    await Disposal.create(kind="consultation", community=community, **cause)


async def _first(model: Any, **which: Any) -> str:
    found = await model.filter(**which).order_by("id").first()
    return str(found.id) if found else ""


async def _now(lawyer: Lawyer) -> Slot:
    """One more time at a lawyer's desk: this half hour, so that whoever booked it can be called at once."""
    today = clock.today()
    duty = await Duty.filter(lawyer=lawyer, day=today).first() or await make.duty(lawyer, today, 1)
    starts_at = max(clock.at(today, 0), clock.now() - timedelta(minutes=7))
    return await Slot.create(
        duty=duty, lawyer=lawyer, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30)
    )


async def _ticket() -> str:
    """What shows that somebody's password was right, in the browser that has BROWSER."""
    account = await Credential.all().order_by("id").first()
    return actions.ticket(account, secrecy.keyed("browser", BROWSER)) if account else ""


async def _records(person: Person | None) -> dict[str, list[dict[str, Any]]]:
    """Of each kind the newest record in each state that this visitor finds, and those something stands beside."""
    models = {name.lower(): model for name, model in Tortoise.apps["portal"].items()}  # type: ignore[index]
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in policy.SIGHT:
        seen = models[kind].visible_to(person)
        has_state = "state" in models[kind]._meta.fields_map
        states = sorted(set(await seen.values_list("state", flat=True))) if has_state else [None]
        guarded = seen.exclude(protection_id=None) if "protection" in models[kind]._meta.fields_map else None
        if guarded is not None and (record := await guarded.order_by("-id").first()):
            found.setdefault(kind, []).append(await _sample(kind, record, "protected", person))
        for state in states:
            rows = seen.filter(state=state) if has_state else seen
            if record := await rows.order_by("-id").first():
                found.setdefault(kind, []).append(await _sample(kind, record, str(state or ""), person))
    for name, (model, kind, column, written) in BESIDE.items():
        parents = models[kind].visible_to(person).values("id")
        seen = model.filter(**{f"{column}__in": Subquery(parents)}).order_by("id")
        parts = {str(getattr(part, "state", "")): part for part in await seen}
        for state, part in parts.items():
            record = await models[kind].get(id=getattr(part, column))
            sample = await _sample(kind, record, f"with its {name} {state}", person)
            sample["values"][name] = str(getattr(part, written))
            found.setdefault(kind, []).append(sample)
    return found


async def _sample(kind: str, record: Any, state: str, person: Person | None) -> dict[str, Any]:
    values = {"id": str(record.id), "number": getattr(record, "number", "")}
    if kind == "lawyer":
        values["number"] = (await record.person).number
    if kind == "round" and person is not None:
        units = Unit.filter(building__grid_id=record.grid_id)
        for role, path in (("building_head", "building_id__in"), ("unit_head", "id__in")):
            if places := [place for place in person.minds(role) if isinstance(place, UUID)]:
                units = Unit.filter(**{path: places})
        if unit := await units.first():
            values["unit"] = str(unit.id)
    return {"state": state, "values": values}


async def _written() -> set[str]:
    """Every word that stands in the database: people's own, and names."""
    found: set[str] = set()
    for model in Tortoise.apps["portal"].values():  # type: ignore[index]
        columns = [
            name
            for name, column in model._meta.fields_map.items()
            if isinstance(column, Sealed | fields.CharField | fields.TextField | fields.JSONField)
        ]
        if model is Entry or not columns:
            continue
        for row in await model.all():
            for column in columns:
                found.update(WORDS.findall(str(getattr(row, column))))
    return found
