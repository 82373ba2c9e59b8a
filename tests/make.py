"""Makes what a test needs, with everything not mentioned filled in."""

from datetime import date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from portal import clock, index, locality, secrecy
from portal.booking.models import MATTER, Appointment, Hold
from portal.community.models import Building, Community, Compound, Grid, Household, Street, Unit
from portal.conflicts.models import Check, Decision
from portal.consultations.models import Consultation
from portal.database import transaction
from portal.law.topics import Topic
from portal.lectures import models as lectures
from portal.notices import Notice
from portal.people import queries
from portal.people.models import Person, Post, Role, Session, Way
from portal.people.rules import PLACE_OF
from portal.roster.models import Duty, Firm, Lawyer, Slot
from portal.web import gate
from tests.forms_browser import Browser

_serial = count(1)

NINE = 9 * 60
PLACES = ("unit", "building", "grid", "firm", "street")


async def street(name: str = "青年街道") -> Street:
    """A street, to which communities belong."""
    async with transaction():
        return await Street.create(name=name, district="北城区")


async def places(tree: str = "银杏", within: Street | None = None) -> SimpleNamespace:
    """One community of two grids, one compound, three buildings of two units, four households a unit.

    Grid one holds buildings 1 and 2, grid two building 3. The first one a test makes is where everything else is made.
    """
    async with transaction():
        above = within or await street()
        community = await Community.create(
            street=above,
            name=f"{tree}社区",
            short=tree,
            address=f"北城区{tree}路1号",
            desk="服务中心一楼法律诊所",
            phone="0431-80000001",
            hours="工作日 8:30–17:00",
        )
        grids = [await Grid.create(community=community, name=f"第{n}网格", ordinal=n) for n in (1, 2)]
        compound = await Compound.create(community=community, name=f"{tree}苑", ordinal=1)
        buildings, units, households = [], [], []
        for n, grid in ((1, grids[0]), (2, grids[0]), (3, grids[1])):
            building = await Building.create(compound=compound, grid=grid, name=str(n), ordinal=n)
            buildings.append(building)
            for m in (1, 2):
                unit = await Unit.create(building=building, name=str(m), ordinal=m)
                units.append(unit)
                for room in ("101", "102", "201", "202"):
                    households.append(await Household.create(unit=unit, room=room, floor=int(room[0])))
    if locality.current() is None:
        locality.stand(locality.Known(community.id, community.name))
    return SimpleNamespace(
        street=above,
        community=community,
        grids=grids,
        compound=compound,
        buildings=buildings,
        units=units,
        households=households,
    )


async def person(name: str = "", *roles: str, phone: str | None = "", **columns: Any) -> Person:
    """A person with offices, as the gate would load them. Keywords unit, building, grid, firm, street go to the posts;
    offices of a centre are those of the person's community, the first one's unless another is given."""
    n = next(_serial)
    where = {key: columns.pop(key) for key in PLACES if key in columns}
    columns = here(**columns)
    async with transaction():
        made = await Person.create(
            name=name or f"居民{n}", phone=f"139{n:08}" if phone == "" else phone, **columns
        )
        for role in roles:
            at = {"community_id": made.community_id} if PLACE_OF.get(role) == "community" else where
            await Post.create(person=made, role=role, began_on=date(2020, 1, 1), **at)
        index.changed(made)
    return await reload(made)


def here(**columns: Any) -> dict[str, Any]:
    """The columns of something that belongs to a community: to the first one, unless they say which."""
    if "community" in columns or "community_id" in columns:
        return columns
    return {**columns, "community_id": locality.current()}


async def by_phone(phone: str) -> Person:
    """Whoever has this canonical number."""
    return await Person.get(queries.has_phone(phone))


async def last_notice(phone: str, kind: str = "") -> Notice | None:
    """The newest message to this number."""
    newest = Notice.filter(**({"kind": kind} if kind else {})).order_by("-created_at", "-id")
    return next((one for one in await newest if one.address == phone), None)


async def reload(somebody: Person) -> Person:
    """The person as the gate would load them now."""
    return await queries.with_posts(somebody)


async def firm(name: str = "", **columns: Any) -> Firm:
    """A partner firm."""
    async with transaction():
        return await Firm.create(name=name or f"测试{next(_serial)}律师事务所", **columns)


async def lawyer(name: str = "", at: Firm | None = None, **columns: Any) -> Lawyer:
    """A lawyer of a firm with a valid licence; `.person` is loaded."""
    at = at or await firm()
    home = {"community": columns.pop("community")} if "community" in columns else {}
    who = await person(name or f"律师{next(_serial)}", Role.LAWYER, firm=at, **home)
    async with transaction():
        made = await Lawyer.create(
            **{
                "person": who,
                "firm": at,
                "licence": f"12201201510{next(_serial):06}",
                "licence_until": date(2099, 12, 31),
                "topics": [],
                **columns,
            }
        )
    made.person, made.firm = who, at
    return made


def working_day(after: int = 1) -> date:
    """A plain weekday at least so many days from today (the tests' calendar has no holidays unless one is made)."""
    day = clock.today() + timedelta(days=after)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


async def duty(
    of: Lawyer, day: date | None = None, times: int = 6, start: int = NINE, **columns: Any
) -> Duty:
    """A lawyer's morning with its times of half an hour; `.made` are the slots."""
    day = day or working_day()
    hours = {"from_minute": start, "until_minute": start + 30 * times}
    async with transaction():
        made = await Duty.create(lawyer=of, day=day, **hours, **here(**columns))
        slots = [
            await Slot.create(
                duty=made,
                lawyer=of,
                starts_at=clock.at(day, start + 30 * n),
                ends_at=clock.at(day, start + 30 * n + 30),
            )
            for n in range(times)
        ]
    made.made = slots  # type: ignore[attr-defined]
    return made


async def slot(of: Lawyer, day: date | None = None, start: int = NINE, **columns: Any) -> Slot:
    """One time at a lawyer's desk."""
    return (await duty(of, day, 1, start, **columns)).made[0]  # type: ignore[attr-defined]


async def appointment(who: Person, at: Slot, topic: str = Topic.DEBT, **columns: Any) -> Appointment:
    """A booked time with its hold, as if it had been booked and its lawyer had found no conflict (`is_confirmed`)."""
    is_confirmed = columns.pop("is_confirmed", True)
    of = await Lawyer.get(id=at.lawyer_id)  # type: ignore[attr-defined]
    duty = await Duty.get(id=at.duty_id)
    columns.setdefault("community_id", duty.community_id)
    async with transaction():
        made = await Appointment.create(
            person=who,
            slot=at,
            lawyer=of,
            firm_id=of.firm_id,  # type: ignore[attr-defined]
            starts_at=at.starts_at,
            topic=topic,
            **columns,
        )
        await Hold.create(slot=at, appointment=made)
        index.changed(made)
    if is_confirmed:
        await confirm(made)
    return made


async def confirm(booked: Appointment) -> None:
    """Its lawyer has seen the names, and nothing stands against it."""
    async with transaction():
        await Check.create(
            matter_kind=MATTER,
            matter=booked.id,
            firm_id=booked.firm_id,
            searched={},
            hits=[],
            is_clear=True,
            decision=Decision.NONE,
        )


async def consultation(
    who: Person, at: Slot | None = None, words: str = "邻居借了我三万元不还。", **columns: Any
):
    """A consultation, booked at a time when one is given."""
    booked = await appointment(who, at) if at else None
    if booked:
        columns.setdefault("community_id", booked.community_id)
    async with transaction():
        made = await Consultation.create(
            **{"person": who, "appointment": booked, "topic": Topic.DEBT, "words": words, **here(**columns)}
        )
        index.changed(made)
    return made


async def lecture(speaker: Lawyer | None = None, capacity: int = 40, **columns: Any) -> lectures.Lecture:
    """A lecture open for sign-up, three days ahead in the afternoon."""
    starts: datetime = clock.at(working_day(3), 14 * 60)
    async with transaction():
        made = await lectures.Lecture.create(
            **{
                "title": "借条怎么写才管用",
                "theme": "contract",
                "speaker": speaker,
                "starts_at": starts,
                "ends_at": starts + timedelta(minutes=90),
                "venue": "服务中心二楼多功能厅",
                "capacity": capacity,
                "state": lectures.State.OPEN,
                **here(**columns),
            }
        )
        index.changed(made)
    return made


async def sign_in(browser: Browser, somebody: Person, way: Way | None = None) -> Browser:
    """Give the browser a live session of this person: by the door for offices where they hold one, unless said."""
    secret = secrecy.token()
    async with transaction():
        await Session.create(
            secret=secrecy.keyed("session", secret),
            person=somebody,
            way=way or (Way.OFFICE if somebody.posts else Way.PHONE),
            seen_at=clock.now(),
            confirmed_at=clock.now(),
            ends_at=clock.now() + timedelta(hours=12),
        )
    browser.keep(gate.named(gate.SESSION), secret)
    return browser
