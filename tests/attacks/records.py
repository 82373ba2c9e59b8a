"""A record of every kind in a town, and of those that can be: protected, walled off, at each level."""

from datetime import timedelta
from typing import Any

from portal import clock, policy
from portal.booking.models import State, Wait
from portal.conflicts.models import Party, Side, Wall
from portal.consultations.models import (
    Consultation,
    Outcome,
    Prescription,
    PrescriptionState,
    Referral,
    Review,
)
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
from portal.people.models import Protection
from portal.people.passwords import HASHER
from portal.privacy.models import Disposal, Request, Wish
from portal.roster.models import Leave, Pattern, Swap
from portal.rounds.models import Purpose, Round, Visit
from tests import make
from tests.attacks.beside import ask_once_more, surround
from tests.attacks.world import (
    AGENT,
    ASSIGNED,
    LONG_AGO,
    OWNER,
    STAFF,
    STAFF_HERE,
    Relation,
    Thing,
    Town,
    stands,
)

PASSPHRASE = HASHER.hash("银杏叶黄了")


async def fill(town: Town, lawyers: dict[str, Any], of_owner: dict[str, str]) -> None:
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
            sitting_there = await held.lawyer
            in_path = await surround(town, asked, sitting_there)
            await ask_once_more(asked, sitting_there)
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
        keep(f"consultation{suffix}", "consultation", asked, in_path, **who)
        keep(f"prescription{suffix}", "prescription", advice, **who)
        if not suffix:
            async with transaction():
                review = await Review.create(
                    prescription=advice, reviewer=lawyers["other lawyer"], offered_at=clock.now()
                )
            keep("review", "review", review, other_lawyer=[("lawyer", policy.REVIEWS)])
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
        in_path = await surround(town, begun, await held.lawyer)
    keep("consultation under way", "consultation", begun, in_path, **whole)
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
    duty = await make.duty(lawyer, make.working_day(16), **community)
    async with transaction():
        swap = await Swap.create(duty=duty, reason="开庭")
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
        ("duty", duty, mine | of_firm),
        ("swap", swap, mine | of_firm),
    ):
        keep(name, name, record, **who)
        town.things[-1].stands.update(every)
    # Every lawyer sees that a morning is to be taken.
    for label in ("north", "south"):
        for name in lawyers:
            town.things[-1].stands.setdefault(f"{label} {name}", set()).add(("lawyer", policy.EVERY))
