"""A small community at work: a round to be walked, people waiting for a lawyer today, times to be had, everybody signed in."""

from datetime import timedelta

from portal import clock, secrecy
from portal.booking.models import State
from portal.database import transaction
from portal.people.models import Session, Way
from portal.rounds import actions as rounds
from portal.rounds.models import Purpose
from tests import cast, make

SECRET = "of-{name}-at-work"
BY_OFFICE = ("fang", "chen", "dou", "bai", "sun")
BY_TELEPHONE = ("mei", "tao")
LATEST = 22 * 60


async def fill() -> None:
    """Tao has come to see Chen today, Mei comes after; Dou and Bai walk; two lawyers have times tomorrow."""
    everybody = await cast.assemble()
    start = min(clock.minute_of(clock.now()), LATEST)
    today = await make.duty(everybody.chen, clock.today(), start=start, times=2)
    first, second = today.made[:2]  # type: ignore[attr-defined]
    await make.appointment(everybody.tao, first, state=State.CHECKED_IN)
    await make.appointment(everybody.mei, second, state=State.CHECKED_IN)
    await make.duty(everybody.chen, make.working_day(2), times=4)
    await make.duty(everybody.lin, make.working_day(3), times=4)
    until = clock.today() + timedelta(days=7)
    grid, purpose = everybody.places.grids[0], Purpose.QUESTIONNAIRE
    asked = {"title": "入冬走访", "purpose": purpose, "question": "暖气热不热？", "until_on": until}
    await rounds.start(everybody.fang, grid, **asked)
    async with transaction():
        for name in (*BY_OFFICE, *BY_TELEPHONE):
            now, who = clock.now(), getattr(everybody, name)
            await Session.create(
                secret=secrecy.keyed("session", SECRET.format(name=name)),
                person=getattr(who, "person", who),
                way=Way.OFFICE if name in BY_OFFICE else Way.PHONE,
                seen_at=now,
                confirmed_at=now,
                ends_at=now + timedelta(hours=12),
            )
