"""Two towns in one portal, each with everybody and a record of every kind: what attackers try themselves on.

Who stands how to which record is written down here by hand, not asked of the code that is attacked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from app import app
from portal import clock, policy, secrecy
from portal.booking.models import State, Wait
from portal.conflicts.models import Party, Side, Wall
from portal.consultations.models import Consultation, Outcome, Prescription, PrescriptionState, Referral
from portal.consultations.models import State as ConsultationState
from portal.consultations.rules import content_hash
from portal.council.models import Meeting, Motion, MotionState, Task
from portal.database import transaction
from portal.disputes.models import Agreement, Dispute, Hop, Level, Sitting, SittingState
from portal.disputes.models import State as DisputeState
from portal.feedback.models import Feedback, Reply
from portal.law.topics import Topic
from portal.lectures.models import Lecture, SignUp
from portal.lectures.models import State as LectureState
from portal.people.models import Person, Post, Protection, Proxy, Role, Scope, Session, Way
from portal.people.passwords import HASHER
from portal.privacy.models import Disposal, Request, Wish
from portal.roster.models import Leave, Pattern
from portal.rounds.models import Purpose, Round, Visit
from tests import make
from tests.forms_browser import Browser

LONG_AGO = date(2020, 1, 1)
PASSPHRASE = HASHER.hash("银杏叶黄了")

Relation = tuple[str, str]  # (office, relation), as policy.SIGHT has them


@dataclass
class Somebody:
    """A person as they come to the portal: by which door, with which offices."""

    name: str
    person: Any
    way: Way
    roles: frozenset[str]

    @property
    def known_as(self) -> frozenset[str]:
        """The offices by which the policy knows them."""
        return self.roles | {policy.ANYONE, policy.RESIDENT} if self.person else frozenset({policy.ANYONE})

    async def browser(self) -> Browser:
        """A browser in which they are signed in by their door, shown who they are a moment ago."""
        browser = Browser(app)
        if self.person is not None:
            secret = secrecy.token()
            async with transaction():
                await Session.create(
                    secret=secrecy.keyed("session", secret),
                    person_id=self.person.id,
                    way=self.way,
                    seen_at=clock.now(),
                    confirmed_at=clock.now(),
                    ends_at=clock.now() + timedelta(hours=8),
                )
            browser.keep("portal_session", secret)
            browser.keep("__Host-portal_session", secret)
        return browser


@dataclass
class Thing:
    """A record, what it is called in a test, and who stands how to it."""

    name: str
    kind: str
    record: Any
    stands: dict[str, set[Relation]] = field(default_factory=dict)
    in_path: dict[str, str] = field(default_factory=dict)  # what else its addresses ask for

    def relations(self, who: Somebody) -> set[Relation]:
        """How somebody stands to it, as far as their offices reach through the door they came by."""
        found = self.stands.get(who.name, set()) | self.stands.get("everybody", set())
        return {(role, relation) for role, relation in found if role in who.known_as}

    def parts(self, who: Somebody) -> frozenset[str] | None:
        """What of it they may read; None when they find nothing."""
        held = self.relations(who)
        lines = [line for line in policy.SIGHT[self.kind] if (line.role, line.relation) in held]
        is_hidden = self.name.endswith(" protected")
        kept = [
            line.parts - policy.UNNAMED if is_hidden and line.relation in policy.BY_OFFICE else line.parts
            for line in lines
        ]
        return frozenset().union(*kept) if kept else None


@dataclass
class Town:
    """A community with everybody in it."""

    label: str
    people: dict[str, Somebody]
    things: list[Thing]
    places: SimpleNamespace

    def thing(self, name: str) -> Thing:
        """The record of this name."""
        return next(thing for thing in self.things if thing.name == name)


OFFICES = {
    "dispatcher": (Role.DISPATCHER, "community"),
    "mediator": (Role.MEDIATOR, "community"),
    "lead": (Role.LEAD, "community"),
    "auditor": (Role.AUDITOR, "community"),
    "street": (Role.STREET, "street"),
    "coordinator": (Role.FIRM_COORDINATOR, "firm"),
    "unit head": (Role.UNIT_HEAD, "unit"),
    "building head": (Role.BUILDING_HEAD, "building"),
    "grid officer": (Role.GRID_OFFICER, "grid"),
    "unit head elsewhere": (Role.UNIT_HEAD, "unit"),
    "building head elsewhere": (Role.BUILDING_HEAD, "building"),
    "grid officer elsewhere": (Role.GRID_OFFICER, "grid"),
    "administrator": (Role.ADMINISTRATOR, ""),
}
PRIVATE = ("owner", "neighbour", "agent", "former agent", "late agent")
LAWYERS = ("lawyer", "colleague", "other lawyer", "walled lawyer")
STAFF = ("dispatcher", "mediator", "lead")


async def build() -> list[Town]:
    """North and south, alike and apart. The administrator of either is one of the whole portal."""
    return [await _town("north"), await _town("south")]


# Who comes from the other town: one of each kind, for none of them is anything to a record of the first.
FROM_ELSEWHERE = {
    *("owner", "agent", "lawyer", "dispatcher", "mediator", "lead", "auditor", "street", "coordinator"),
    *("unit head", "grid officer", "administrator"),
}


def everybody(towns: list[Town]) -> Iterator[Somebody]:
    """Everybody of the first town, one of each kind from the others, and a stranger."""
    yield Somebody("stranger", None, Way.PHONE, frozenset())
    for town in towns:
        yield from (
            somebody for name, somebody in town.people.items() if town is towns[0] or name in FROM_ELSEWHERE
        )


async def _town(label: str) -> Town:
    places = await make.places()
    firm, other = await make.firm(f"{label}一号律师事务所"), await make.firm(f"{label}二号律师事务所")
    third = await make.firm(f"{label}三号律师事务所")
    people: dict[str, Somebody] = {}

    def known(name: str, person: Any, way: Way = Way.OFFICE, *roles: str) -> Person:
        full = f"{label} {name}"
        people[name] = Somebody(full, person, way, frozenset(roles) if way == Way.OFFICE else frozenset())
        return person

    for name in PRIVATE:
        made = await make.person(
            f"{label}的{name}", community=places.community, household=places.households[0]
        )
        known(name, made, Way.PHONE)
    lawyers = {}
    for name, at in zip(LAWYERS, (firm, firm, other, third), strict=True):
        lawyers[name] = await make.lawyer(f"{label}的{name}", at)
        known(name, lawyers[name].person, Way.OFFICE, Role.LAWYER)
    elsewhere = {"unit": places.units[4], "building": places.buildings[2], "grid": places.grids[1]}
    here = {
        "unit": places.units[0],
        "building": places.buildings[0],
        "grid": places.grids[0],
        "community": places.community,
        "street": places.street,
        "firm": firm,
    }
    for name, (role, column) in OFFICES.items():
        person = await make.person(f"{label}的{name}")
        where = (elsewhere if name.endswith("elsewhere") else here).get(column)
        async with transaction():
            await Post.create(
                person=person, role=role, began_on=LONG_AGO, **({f"{column}_id": where.id} if where else {})
            )
        known(name, await make.reload(person), Way.OFFICE, role)
    # The lead again, but come in by telephone: a resident, no more.
    people["lead by telephone"] = Somebody(
        f"{label} lead by telephone", people["lead"].person, Way.PHONE, frozenset()
    )
    town = Town(label, people, [], places)
    await _fill(town, lawyers, await _proxies(town))
    return town


async def _proxies(town: Town) -> dict[str, str]:
    """Who may stand in for the owner, and who no longer may; the ids of a grant and of an office that ended."""
    ids = {}
    scopes = [scope.value for scope in Scope]
    today = clock.today()
    async with transaction():
        for name, columns in {
            "agent": {"ends_on": today},
            "former agent": {"ends_on": today + timedelta(days=9), "revoked_at": clock.now()},
            "late agent": {"ends_on": today - timedelta(days=1)},
        }.items():
            made = await Proxy.create(
                resident_id=town.people["owner"].person.id,
                agent_id=town.people[name].person.id,
                scopes=scopes,
                **columns,
            )
            ids.setdefault("proxy", str(made.id))
        post = await Post.create(
            person_id=town.people["owner"].person.id,
            role=Role.UNIT_HEAD,
            unit=town.places.units[4],
            began_on=LONG_AGO,
            ended_on=LONG_AGO + timedelta(days=9),
        )
    return ids | {"post": str(post.id)}


def stands(town: Town, **more: list[Relation]) -> dict[str, set[Relation]]:
    """By whom a record of this town is met, under their full names; `staff` is short for the three of the centre."""
    found: dict[str, set[Relation]] = {}
    for name, relations in more.items():
        for plain in STAFF if name == "staff" else [name.replace("_", " ")]:
            for role, relation in relations:
                key = "everybody" if plain == "everybody" else f"{town.label} {plain}"
                found.setdefault(key, set()).add((plain if name == "staff" else role, relation))
    return found


OWNER: list[Relation] = [(policy.RESIDENT, policy.OWN)]
AGENT: list[Relation] = [(policy.RESIDENT, policy.PROXY)]
ASSIGNED: list[Relation] = [("lawyer", policy.ASSIGNED)]
STAFF_HERE: list[Relation] = [("", policy.COMMUNITY)]


async def _fill(town: Town, lawyers: dict[str, Any], of_owner: dict[str, str]) -> None:
    """A record of every kind, and of those that can be: protected, walled off, at each level."""
    owner, places = town.people["owner"].person, town.places
    community = {"community": places.community}
    days = [make.working_day(1), make.working_day(9)]
    async with transaction():
        protection = await Protection.create(person=owner, passphrase=PASSPHRASE)

    def keep(name: str, kind: str, record: Any, in_path: dict[str, str] | None = None, **more: Any) -> Any:
        town.things.append(Thing(f"{town.label} {name}", kind, record, stands(town, **more), in_path or {}))
        return record

    whole = {"owner": OWNER, "agent": AGENT, "lawyer": ASSIGNED, "staff": STAFF_HERE}
    guarded = {"lawyer": ASSIGNED, "staff": STAFF_HERE}
    behind = {"owner": OWNER, "agent": AGENT, "staff": STAFF_HERE}
    slots = [slot for day in days for slot in (await make.duty(lawyers["lawyer"], day, **community)).made]  # type: ignore[attr-defined]
    walled = (await make.duty(lawyers["walled lawyer"], days[0], **community)).made  # type: ignore[attr-defined]
    keep(
        "person",
        "person",
        owner,
        of_owner,
        owner=OWNER,
        staff=STAFF_HERE,
        administrator=[("administrator", policy.EVERY)],
    )
    for other in ("administrator",):
        town.things[-1].stands.setdefault(
            f"{'south' if town.label == 'north' else 'north'} {other}", set()
        ).add(("administrator", policy.EVERY))
    cases = (
        ("", whole, slots, {}),
        (" protected", guarded, slots, {"protection": protection}),
        (" walled", behind, walled, {}),
    )
    for suffix, who, free, columns in cases:
        booked = await make.appointment(owner, free.pop(), needs="听力不好", **community, **columns)
        keep(f"appointment{suffix}", "appointment", booked, **who)
        held = await make.appointment(owner, free.pop(), state=State.DONE, **community, **columns)
        async with transaction():
            asked = await Consultation.create(
                person=owner,
                appointment=held,
                topic=Topic.DEBT,
                words="他借了钱不还",
                other_side="对方某某",
                other_phone="13700000000",
                state=ConsultationState.ADVISED,
                outcome=Outcome.ADVISED,
                ended_at=clock.now(),
                **community,
                **columns,
            )
            advice = Prescription(
                consultation=asked,
                lawyer_id=held.lawyer_id,
                facts="事实",
                questions="问题",
                law="法律",
                steps="做法",
                deadlines="期限",
                risks="风险",
                next_place="法院",
                state=PrescriptionState.ISSUED,
                issued_at=clock.now(),
            )
            advice.hash = content_hash(advice)
            await advice.save()
            await Referral.create(consultation=asked, to="court", reason="理由")
            for side, name, phone in (
                (Side.CLIENT, owner.name, owner.phone),
                (Side.OTHER, "对方某某", "13700000000"),
            ):
                await Party.create(
                    matter_kind="appointment",
                    matter=held.id,
                    side=side,
                    name=name,
                    phone=phone,
                    firm_id=held.firm_id,
                )
            if suffix == " walled":
                for matter in (booked, held):
                    await Wall.create(firm_id=matter.firm_id, matter_kind="appointment", matter=matter.id)
            wait = await Wait.create(
                person=owner, topic=Topic.DEBT, typed={"words": "候补的话"}, **community, **columns
            )
        keep(f"consultation{suffix}", "consultation", asked, **who)
        keep(f"prescription{suffix}", "prescription", advice, **who)
        waiting = {name: relations for name, relations in who.items() if name != "lawyer"}
        keep(f"wait{suffix}", "wait", wait, **waiting)
    held = await make.appointment(owner, slots.pop(), state=State.STARTED, **community)
    async with transaction():
        begun = await Consultation.create(
            person=owner,
            appointment=held,
            topic=Topic.DEBT,
            words="正在谈",
            state=ConsultationState.STARTED,
            **community,
        )
        draft = await Prescription.create(consultation=begun, lawyer_id=held.lawyer_id, facts="还没写完")
    keep("consultation under way", "consultation", begun, **whole)
    keep("draft prescription", "prescription", draft, lawyer=ASSIGNED)
    await _disputes(town, keep, community, protection)
    await _neighbourhood(town, keep, community)
    await _roster(town, keep, lawyers, community)


async def _disputes(town: Town, keep: Any, community: Any, protection: Protection) -> None:
    owner, places = town.people["owner"].person, town.places
    lies = {
        "grid": places.grids[0],
        "building": places.buildings[0],
        "unit": places.units[0],
        "compound": places.compound,
    }
    heads = {"unit_head": Level.UNIT, "building_head": Level.BUILDING, "grid_officer": Level.GRID}
    for level in (Level.UNIT, Level.BUILDING, Level.GRID, Level.COMMUNITY, Level.STREET):
        for suffix, columns in (("", {}), (" protected", {"protection": protection})):
            if suffix and level not in (Level.UNIT, Level.STREET):
                continue  # what is true of a protected one at the lowest and the highest is true between
            async with transaction():
                made = await Dispute.create(
                    reporter=owner,
                    category="neighbours",
                    words="楼上漏水",
                    place="3单元201",
                    state=DisputeState.MEDIATING,
                    level_arose=Level.UNIT,
                    level=level,
                    handler=town.people["mediator"].person,
                    **lies,
                    **community,
                    **columns,
                )
                await Hop.create(dispute=made, person=owner, verb="raise", was=1, now=level, reason="缘由")
                sitting = await Sitting.create(
                    dispute=made,
                    mediator=town.people["mediator"].person,
                    starts_at=clock.now(),
                    place="调解室",
                    attended="某甲某乙",
                    minutes="记录",
                    state=SittingState.HELD,
                    rights_told=True,
                )
                serial = await Agreement.all().count()
                agreement = await Agreement.create(
                    dispute=made,
                    form="written",
                    content="约定",
                    performance="怎样履行",
                    reached_on=clock.today(),
                    year=2026,
                    serial=serial + 1,
                    signed=True,
                )
                for side, name, who_it_is in ((Side.A, owner.name, owner), (Side.B, "对方某乙", None)):
                    await Party.create(
                        matter_kind="dispute",
                        matter=made.id,
                        side=side,
                        name=name,
                        phone="",
                        person=who_it_is,
                    )
            who: dict[str, list[Relation]] = {
                "staff": STAFF_HERE,
                "mediator": [("mediator", policy.COMMUNITY), (policy.RESIDENT, policy.HANDLING)],
                "lead_by_telephone": [],
            }
            if not suffix:
                who |= {"owner": OWNER, "agent": AGENT}
            for name, rung in heads.items() if not suffix else ():  # heads are neighbours
                met = [(name, policy.MINDS)] if level <= rung else []
                met += [(name, policy.STANDS)] if level == rung else []
                # It began with the unit head and was raised from there.
                who[name] = met + ([(name, policy.PASSED)] if rung == Level.UNIT < level else [])
            if level >= Level.STREET:
                who["street"] = [("street", policy.STREET)]
            keep(
                f"dispute at {level.name.lower()}{suffix}",
                "dispute",
                made,
                {"sitting": str(sitting.id), "agreement": agreement.number},
                **who,
            )


async def _neighbourhood(town: Town, keep: Any, community: Any) -> None:
    owner, places = town.people["owner"].person, town.places
    lies = {"grid": places.grids[0], "building": places.buildings[0], "unit": places.units[0]}
    minds = {name: [(name, policy.MINDS)] for name in ("unit_head", "building_head", "grid_officer")}
    async with transaction():
        raised = await Feedback.create(
            person=owner, category="repair", words="路灯坏了", place="2单元门口", **lies, **community
        )
        await Reply.create(feedback=raised, person=owner, verb="raise", words="补充的话")
        asked = await Round.create(
            grid=places.grids[0],
            title="秋季走访",
            purpose=Purpose.SEARCH,
            question="有没有纠纷",
            until_on=clock.today() + timedelta(days=9),
        )
        visit = await Visit.create(
            round=asked, household=places.households[0], unit=places.units[0], note="门口的话"
        )
        open_one = await make.lecture(**community)
        planned = await make.lecture(state=LectureState.PLANNED, **community)
        seat = await SignUp.create(
            lecture=open_one, person=owner, seats=1, state="seated", question="想问的话"
        )
        await Lecture.filter(id=open_one.id).update(taken=1)
        meeting = await Meeting.create(
            title="第一次会议",
            starts_at=clock.now() + timedelta(days=9),
            place="会议室",
            noticed_at=clock.now(),
            members=9,
            **community,
        )
        proposed = await Motion.create(title="停车的事", words="车位不够", person=owner, **community)
        admitted = await Motion.create(
            title="电梯的事",
            words="电梯要修",
            person=owner,
            state=MotionState.ADMITTED,
            meeting=meeting,
            **community,
        )
        tasks = [
            await Task.create(motion=one, words="去办", owner="居委会", due_on=clock.today())
            for one in (proposed, admitted)
        ]
        wished = await Request.create(
            person=owner,
            wish=Wish.EXPORT,
            words="想要一份",
            due_at=clock.now() + timedelta(days=1),
            **community,
        )
        disposed = await Disposal.create(
            kind="consultation", before_on=LONG_AGO, cause="retention", **community
        )
    public: dict[str, list[Relation]] = {"everybody": [(policy.ANYONE, policy.PUBLIC)]}
    keep("feedback", "feedback", raised, owner=OWNER, agent=AGENT, staff=STAFF_HERE, **minds)
    keep("round", "round", asked, {"unit": str(places.units[0].id)}, staff=STAFF_HERE, **minds)
    keep("visit", "visit", visit, staff=STAFF_HERE, **minds)
    keep("lecture", "lecture", open_one, staff=STAFF_HERE, **public)
    keep("planned lecture", "lecture", planned, staff=STAFF_HERE)
    keep("sign-up", "signup", seat, owner=OWNER, staff=STAFF_HERE)
    keep("meeting", "meeting", meeting, staff=STAFF_HERE, **public)
    keep("proposed motion", "motion", proposed, {"task": str(tasks[0].id)}, owner=OWNER, staff=STAFF_HERE)
    keep("motion", "motion", admitted, {"task": str(tasks[1].id)}, owner=OWNER, staff=STAFF_HERE, **public)
    at_lead: dict[str, list[Relation]] = {
        "lead": [("lead", policy.COMMUNITY)],
        "auditor": [("auditor", policy.COMMUNITY)],
    }
    keep("request", "request", wished, owner=OWNER, **at_lead)
    keep("disposal", "disposal", disposed, **at_lead)


async def _roster(town: Town, keep: Any, lawyers: dict[str, Any], community: Any) -> None:
    lawyer = lawyers["lawyer"]
    async with transaction():
        pattern = await Pattern.create(
            lawyer=lawyer,
            weekday=3,
            from_minute=540,
            until_minute=720,
            from_on=clock.today() + timedelta(days=30),
            until_on=clock.today() + timedelta(days=60),
            **community,
        )
        leave = await Leave.create(
            lawyer=lawyer,
            first_on=clock.today() + timedelta(days=90),
            last_on=clock.today() + timedelta(days=91),
            reason="看病",
        )
    every: dict[str, set[Relation]] = {
        f"{label} {name}": {(name, policy.EVERY)} for label in ("north", "south") for name in STAFF
    }
    of_firm = {"coordinator": [("firm_coordinator", policy.FIRM)]}
    mine: dict[str, list[Relation]] = {"lawyer": [("lawyer", policy.OWN)]}
    for name, record, who in (
        ("lawyer", lawyer, mine),
        ("pattern", pattern, mine | of_firm),
        ("leave", leave, mine),
    ):
        keep(name, name, record, **who)
        town.things[-1].stands.update(every)


def address(path: str, thing: Thing) -> str:
    """A route's path with what the record puts into it."""
    values = {
        "number": getattr(thing.record, "number", ""),
        "id": str(thing.record.id),
        **thing.in_path,
    }
    if thing.kind == "lawyer":
        values["number"] = thing.record.person.number
    filled = path
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").partition(":")[0]
            filled = filled.replace(part, values.get(name) or str(values["id"]))
    return filled
