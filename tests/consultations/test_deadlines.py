"""Which day is the last one: the safe day and the moved one, with the law beside it, and on to a lawyer when it is near."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock
from portal.booking.models import Draft
from portal.consultations import rules
from portal.consultations.rules import deadlines as deadline_rules
from portal.law.periods import PERIODS
from portal.law.topics import Topic
from tests.forms_browser import Browser


@pytest.fixture(autouse=True)
def in_january():
    with clock.standing_at(clock.at(date(2026, 1, 12), 9 * 60)):
        yield


async def counted(key: str, on: str) -> str:
    """What the page says for an event on this day."""
    page = await Browser(app).get(f"/deadlines/{key}")
    return (await page.form(f"/deadlines/{key}").fill(on=on).submit()).text


def test_every_period_of_the_law_has_its_place():
    assert {key for topic in Topic for key in rules.deadlines_of(topic)} == set(PERIODS)


@pytest.mark.parametrize(
    ("key", "on", "safe", "moved"),
    [
        ("med_confirm", "2026-01-15", "2月14日", None),  # a Saturday that is worked
        ("med_confirm", "2026-01-20", "2月19日", "2月24日"),  # in the Spring Festival
        ("med_confirm", "2026-09-01", "10月1日", "10月8日"),
        ("labour_arb", "2025-10-03", "10月3日", "10月8日"),
        ("appeal_judg", "2026-04-20", "5月5日", "5月6日"),
    ],
)
async def test_the_safe_day_stands_first_and_the_moved_one_beside_it(cast, key, on, safe, moved):
    said = await counted(key, on)
    assert safe in said and PERIODS[key].basis in said
    assert (moved in said and "更稳妥" in said) if moved else "更稳妥" not in said


async def test_a_year_whose_holidays_are_unknown_is_said_to_be_so(cast):
    assert "还没有公布" in await counted("lim_general", "2024-02-29")


async def test_less_than_seven_days_is_urgent_and_seven_are_not(cast):
    today = clock.today()
    near, far = (today - timedelta(days=15 - left) for left in (6, 7))
    assert "只剩 6 天" in await counted("appeal_judg", near.isoformat())
    assert "还有 7 天" in await counted("appeal_judg", far.isoformat())
    assert "就在今天" in await counted("appeal_judg", (today - timedelta(days=15)).isoformat())


@pytest.mark.parametrize(("key", "word"), [("lim_general", "重新算"), ("appeal_judg", "不能补")])
async def test_what_is_past_is_said_with_what_may_still_help(cast, key, word):
    said = await counted(key, "2020-01-01")
    assert "已经过了" in said and word in said


async def test_a_near_day_goes_along_to_the_lawyer_as_urgent_and_a_far_one_does_not(cast):
    for days, is_urgent in ((10, True), (1, False)):
        browser = Browser(app)
        page = await browser.get("/deadlines/appeal_judg")
        on = (clock.today() - timedelta(days=days)).isoformat()
        page = await page.form("/deadlines/appeal_judg").fill(on=on).submit()
        story = await page.form("/question").submit()
        assert story.path == "/book/story"
        form = story.form("/book/story")
        assert ("deadline" in form.values("dangers")) == is_urgent


async def test_five_are_taken_along_the_latest_told_among_them(cast):
    browser = Browser(app)
    keys = [key for key, period in PERIODS.items() if period.length][: deadline_rules.MOST + 1]
    for key in keys:
        await browser.post(f"/deadlines/{key}/question", {"on": "2026-01-05"})
    assert [key for key, _on in (await Draft.get()).typed["deadlines"]] == keys[1:]


@pytest.mark.parametrize("on", ["", "2026-02-30", "1_0", "1899-01-01", "2999-01-01", "昨天"])
async def test_no_day_no_answer_and_what_was_typed_stays(cast, on):
    page = await Browser(app).post("/deadlines/appeal_judg", {"on": on})
    assert page.status == 422 and "最后一天" not in page.text.replace("算一算最后一天", "")


@pytest.mark.parametrize("key", ["nothing", "inherit_waive", "appeal_judg%00"])
async def test_what_is_no_period_is_not_found(cast, key):
    assert (await Browser(app).get(f"/deadlines/{key}")).status == 404


async def test_the_list_leads_to_each(cast):
    page = await Browser(app).get("/deadlines")
    for key, period in PERIODS.items():
        assert str(period.name) in page.text
        assert (f"/deadlines/{key}" in page.html) == bool(period.length)
