"""A busy season: five hundred people write to the clinic in their own words, times run out, the waitlist answers.

The words are real questions, unedited, where the collection lies beside the project; otherwise made-up ones. Everything
goes through the public forms, and afterwards every invariant that `portal verify` knows must hold.
"""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from app import JOBS
from portal import clock, invariants, work
from portal.booking.models import Appointment, State, Wait, WaitState
from portal.consultations.models import Consultation
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.law.topics import Topic
from tests import make
from tests.journeys.steps import prove, stranger

pytestmark = pytest.mark.load

COLLECTION = Path(__file__).parents[3] / "shared" / "data" / "consultations.txt"
PEOPLE = 500
DESKS = 3  # lawyers on each of the ten mornings, six times each: 180 times for 300 who ask
PARTS = ("book", "book", "book", "dispute", "feedback")


def questions() -> list[str]:
    """Five hundred questions of at least ten characters, a fixed choice."""
    dice = random.Random(20261123)
    if COLLECTION.exists():
        lines = [line.strip() for line in COLLECTION.read_text("utf-8").splitlines()]
        return dice.sample([line for line in lines if len(line) >= 10], PEOPLE)
    said = ("借了钱不还", "楼上漏水", "押金不退", "工钱拖着不给", "离婚孩子归谁", "老人的房子怎么分")
    return [f"{dice.choice(said)}，{dice.choice(said)}，已经{n}天了，怎么办？？" for n in range(PEOPLE)]


async def book(words: str, phone: str, topic: str, seen: Counter) -> None:
    """Story, time, telephone, confirmation; when every time is taken, the waitlist."""
    browser = stranger()
    page = (
        await (await browser.get(f"/book/story?topic={topic}")).form("/book/story").fill(words=words).submit()
    )
    assert page.status == 200, (words, page.errors())
    page = await browser.get(f"/book/times?topic={topic}")
    if not page.all("//main//input[@name='slot'][not(@disabled)]"):
        page = await prove(await page.click("候补"), phone)
        page = await page.form("/waitlist/new").fill(consent=["sensitive", "firm"]).submit()
        assert page.has("候补中"), page.text
        seen["waiting"] += 1
        return
    page = await prove(await page.form(f"/book/times?topic={topic}").submit(), phone)
    page = (
        await page.form("/book/confirm")
        .fill(name=f"居民{phone[-4:]}", consent=["sensitive", "firm"])
        .submit()
    )
    assert page.has("约好了"), (words, page.status, page.errors())
    seen["booked"] += 1


async def report(kind: str, words: str, phone: str, seen: Counter) -> None:
    """A dispute or a need, in the same words."""
    browser = stranger()
    path = "/disputes/new" if kind == "dispute" else "/feedback/new"
    page = await prove(await browser.get(path, follow=True), phone)
    form = page.form(path if kind == "dispute" else "/feedback")
    if "name" in form:
        form.fill(name=f"居民{phone[-4:]}")
    form.fill(
        category="other",
        words=words,
        compound=form.choices("compound")[1],
        building="1",
        unit="2",
        room="201",
    )
    page = await form.submit()
    assert page.status == 200, (words, page.errors())
    seen[kind] += 1


async def unbroken() -> list[invariants.Result]:
    """The promises that are broken."""
    return [result async for result in invariants.check() if result.broken]


async def test_five_hundred_people_and_every_promise_is_kept(cast):
    days, day = [], clock.today()
    while len(days) < 10:
        day = make.working_day((day - clock.today()).days + 1)
        days.append(day)
    for lawyer in (cast.chen, cast.wu, cast.lin)[:DESKS]:
        for day in days:
            await make.duty(lawyer, day)
    seen: Counter = Counter()
    topics = [topic.value for topic in Topic]
    morning = clock.at(clock.today() + timedelta(days=0), 9 * 60)
    with clock.standing_at(morning):
        for n, words in enumerate(questions()):
            kind, phone = PARTS[n % len(PARTS)], f"137{n:08}"
            if kind == "book":
                await book(words, phone, topics[n % len(topics)], seen)
            else:
                await report(kind, words, phone, seen)
        taken = 6 * DESKS * len(days)
        assert seen["booked"] <= taken and seen["waiting"] == 300 - seen["booked"] > 0
        assert (seen["dispute"], seen["feedback"]) == (100, 100)
        assert await Consultation.all().count() == seen["booked"]
        assert await Dispute.all().count() == await Feedback.all().count() == 100
        assert await unbroken() == []

        # Ten give their time back; those who waited longest are offered it, one after the other, and take it.
        first = await Wait.all().order_by("created_at").limit(10)
        for appointment in await Appointment.filter(state=State.BOOKED).order_by("-starts_at").limit(10):
            owner = await make.reload(await appointment.person)
            browser = await make.sign_in(stranger(), owner)
            page = await browser.get(f"/appointments/{appointment.number}")
            await page.form("/cancellation").submit()
        for _round in range(20):
            await work.once(JOBS)
            offered = await Wait.filter(state=WaitState.OFFERED).select_related("person")
            for wait in offered:
                browser = await make.sign_in(stranger(), await make.reload(wait.person))
                page = await browser.get(f"/waitlist/{wait.number}")
                form = page.form("/acceptance")
                if "name" in form:
                    form.fill(name="候补居民")
                page = await form.submit()
                assert page.has("约好了"), page.text
            if not offered:
                break
        accepted = await Wait.filter(state=WaitState.BOOKED).order_by("created_at")
        assert [wait.id for wait in accepted] == [wait.id for wait in first]
        assert await Appointment.filter(state=State.BOOKED).count() == seen["booked"]
        assert await unbroken() == []
