"""Two hundred people after forty seats in the same moment: forty get one, the others wait, and nobody gets an error."""

import asyncio

import pytest

from app import app
from portal.database import transaction
from portal.lectures.models import Lecture, SignUp
from portal.notices import Notice
from tests import make
from tests.engines import Engine, Postgres
from tests.forms_browser import Browser

PEOPLE, SEATS = 200, 40

pytestmark = pytest.mark.load


async def arrive() -> list[Browser]:
    """Two hundred browsers, each with somebody signed in."""
    return [await make.sign_in(Browser(app), await make.person()) for _ in range(PEOPLE)]


async def test_of_two_hundred_after_forty_seats_exactly_forty_sit(database):
    lecture = await make.lecture(capacity=SEATS)
    browsers = await arrive()
    path = f"/lectures/{lecture.number}/sign-up"
    answers = await asyncio.gather(*(browser.post(path, {"seats": "1"}) for browser in browsers))
    assert {answer.status for answer in answers} == {303}
    assert await SignUp.filter(state="seated").count() == SEATS == (await Lecture.get()).taken
    assert await SignUp.filter(state="waiting").count() == PEOPLE - SEATS
    assert await Notice.filter(kind="lectures/seated").count() == SEATS


async def test_while_people_come_go_and_change_their_minds_no_seat_is_lost_or_sold_twice(database):
    lecture = await make.lecture(capacity=SEATS)
    browsers = (await arrive())[:80]
    path = f"/lectures/{lecture.number}/sign-up"

    async def one(place: int, browser: Browser) -> list[int]:
        answers = [await browser.post(path, {"seats": str(place % 4 + 1)})]
        seats = answers[0].location
        answers.append(await browser.post(f"{seats}/seats", {"seats": str(place % 3 + 1)}))
        if place % 2:
            answers.append(await browser.post(f"{seats}/cancellation"))
        return [answer.status for answer in answers]

    outcomes = await asyncio.gather(*(one(place, browser) for place, browser in enumerate(browsers)))
    assert {status for outcome in outcomes for status in outcome} <= {303, 409}
    now = await Lecture.get()
    seated = await SignUp.filter(state="seated").values_list("seats", flat=True)
    waiting = await SignUp.filter(state="waiting").values_list("seats", flat=True)
    assert now.taken == sum(seated) <= SEATS
    assert all(seats > SEATS - now.taken for seats in waiting)  # nobody waits who would fit


async def test_looking_first_and_sitting_down_later_oversells_where_writers_run_side_by_side(
    database, engine: Engine
):
    lecture = await make.lecture(capacity=SEATS)
    people = [await make.person() for _ in range(PEOPLE)]

    async def naive(person) -> None:
        async with transaction():
            seated = await SignUp.filter(lecture_id=lecture.id, state="seated").count()
            if isinstance(engine, Postgres):
                await asyncio.sleep(
                    0.05
                )  # a slow network between looking and writing, so that chance decides nothing
            state = "seated" if seated < SEATS else "waiting"
            await SignUp.create(lecture=lecture, person=person, seats=1, state=state)

    await asyncio.gather(*(naive(person) for person in people))
    seated = await SignUp.filter(state="seated").count()
    assert seated > SEATS if isinstance(engine, Postgres) else seated == SEATS
