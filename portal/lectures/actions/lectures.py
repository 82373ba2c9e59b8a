"""Lectures are planned, announced, revised, held or cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from portal import clock, journal, locality, notices, states
from portal.database import transaction
from portal.errors import Conflict, Forbidden
from portal.languages import _
from portal.lectures import rules
from portal.lectures.actions.reminders import forget, remind
from portal.lectures.actions.seats import Full, promote
from portal.lectures.models import Lecture, Series, SignUp, SignUpState, State
from portal.people.models import Person


async def plan(
    person: Person, plans: Sequence[rules.Plan], series_title: str = "", announce: bool = False
) -> list[Lecture]:
    """Write down a lecture, or several as a series under its own title. `announce` opens them at once."""
    if not person.is_staff:
        raise Forbidden
    made = []
    async with transaction():
        series = None
        if len(plans) > 1:
            series = await Series.create(title=(series_title or plans[0].title)[:60], theme=plans[0].theme)
            await journal.record(person, "create", series, sessions=len(plans))
        for one in plans:
            lecture = await Lecture.create(series=series, community_id=locality.current(), **asdict(one))
            await journal.record(person, "create", lecture, capacity=lecture.capacity)
            if announce:
                await open(person, lecture)
            made.append(lecture)
    return made


async def open(person: Person, lecture: Lecture) -> None:
    """Announce it: from now on everybody sees it and seats can be taken."""
    if not rules.may_open(person, lecture, clock.now()):
        raise Conflict(_("已经过了开始时间，不能再开放报名。请先改时间。"))
    async with transaction():
        await states.move(person, lecture, "open")


async def revise(person: Person, lecture: Lecture, plan: rules.Plan) -> None:
    """Plan it otherwise. Those signed up hear of another time or place; new seats go to those who wait.

    Raises Full when more seats are promised already than the new capacity holds.
    """
    if not rules.may_edit(person, lecture, clock.now()):
        raise Conflict(_("这场讲座已经不能修改。"))
    columns = asdict(plan)
    changed = [name for name, value in columns.items() if getattr(lecture, name) != value]
    async with transaction():
        same = Lecture.filter(id=lecture.id, state=lecture.state)
        if not await same.filter(taken__lte=plan.capacity).update(**columns):
            await lecture.refresh_from_db(fields=["state", "taken"])
            raise Full(lecture.taken) if lecture.taken > plan.capacity else Conflict
        lecture.update_from_dict(columns)
        await journal.record(person, "change", lecture, fields=changed)
        if lecture.state == State.OPEN:
            if {"starts_at", "venue"} & set(changed):
                for sign_up in await _signed_up(lecture):
                    if sign_up.state == SignUpState.SEATED:
                        await remind(sign_up, lecture)
                    await notices.owe(
                        sign_up.person,
                        "lectures/changed",
                        number=sign_up.number,
                        starts_at=lecture.starts_at,
                        venue=lecture.venue,
                    )
            await promote(lecture)


async def cancel(person: Person, lecture: Lecture) -> None:
    """It does not take place. Everybody who signed up is told, and every seat is given back."""
    if not rules.may_cancel(person, lecture, clock.now()):
        raise Forbidden
    async with transaction():
        await states.move(person, lecture, "cancel", taken=0)
        for sign_up in await _signed_up(lecture):
            await states.move(person, sign_up, "cancel")
            await forget(sign_up)
            await notices.owe(
                sign_up.person, "lectures/cancelled", number=sign_up.number, starts_at=lecture.starts_at
            )


async def hold(person: Person, lecture: Lecture, attended: int) -> None:
    """It took place before `attended` people, those without a sign-up included."""
    if not rules.may_hold(person, lecture, clock.now()):
        raise Conflict(_("讲座还没有开始，不能登记为已举办。"))
    async with transaction():
        await states.move(person, lecture, "hold", attended=attended)


async def count(person: Person, lecture: Lecture, came: Mapping[UUID, int | None]) -> None:
    """Write down how many of each sign-up came; None is not known. The sum goes into the journal."""
    if not rules.may_count(person, lecture, clock.now()):
        raise Conflict(_("签到从开讲前一小时开始。"))
    async with transaction():
        for sign_up, people in came.items():
            await SignUp.filter(id=sign_up, lecture_id=lecture.id).update(came=people)
        await journal.record(person, "count", lecture, people=sum(filter(None, came.values())))


async def _signed_up(lecture: Lecture) -> list[SignUp]:
    """Everybody with a seat or waiting for one, with the person."""
    live = [SignUpState.SEATED, SignUpState.WAITING]
    return await SignUp.filter(lecture_id=lecture.id, state__in=live).select_related("person")
