"""The board, its export and the public page, as people open them."""

import csv
import io
import re
from datetime import date, datetime

import pytest

from app import app
from portal import clock
from portal.community.models import Grid
from portal.database import transaction
from portal.disputes.models import Dispute, Level
from portal.people.models import Person
from portal.reporting import definitions
from tests import make
from tests.forms_browser import Browser, Page

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def in_november():
    with clock.standing_at(clock.at(TODAY, 12 * 60)):
        yield


async def as_(person: Person, language: str = "zh-CN") -> Browser:
    return await make.sign_in(Browser(app, language=language), person)


def at(month: int) -> datetime:
    return clock.at(date(2026, month, 15), 600)


async def cases(cast) -> None:
    """Ten that ended, one taken up again, one open, one withdrawn."""
    one, two = cast.places.grids
    made = [
        *[("settled", Level.UNIT, one, "neighbours", at(10))] * 4,
        ("settled", Level.COMMUNITY, one, "contract", at(10)),
        ("settled", Level.STREET, two, "contract", at(11)),
        ("settled", Level.GRID, None, "neighbours", at(11)),
        ("failed", Level.COMMUNITY, two, "labour", at(11)),
        ("escalated", Level.COURT, two, "labour", at(9)),
        ("settled", Level.GRID, two, "neighbours", at(9)),
        ("accepted", Level.GRID, one, "neighbours", None),
        ("reported", Level.UNIT, one, "labour", None),
        ("withdrawn", Level.UNIT, one, "neighbours", at(10)),
    ]
    async with transaction():
        for state, level, grid, category, ended in made:
            await Dispute.create(
                **make.here(),
                category=category,
                words="楼上半夜吵",
                state=state,
                grid=grid,
                level=level,
                level_arose=Level.UNIT,
                level_settled=level if state == "settled" else None,
                ended_at=ended,
                reopened=int(state == "accepted"),
            )


async def shown(browser: Browser, href: str) -> int:
    """How many disputes the list at this address shows."""
    page = await browser.get(href)
    assert page.status == 200, href
    return len(set(re.findall(r"/disputes/([0-9A-Z]{4}-[0-9A-Z]{4})", page.html)))


async def test_each_figure_opens_a_list_of_exactly_that_many_cases(cast):
    await cases(cast)
    fang = await as_(cast.fang)
    page = await fang.get("/board")
    links = [
        (link.get("href"), int(re.match(r"\d+", link.text_content().strip())[0]))
        for link in page.all("//main//a[contains(@href, '/disputes?')]")
    ]
    assert len(links) > 30
    kinds = ("month=", "grid=", "category=", "level=", "settled=", "ended=1", "state=settled", "since=")
    assert all(any(kind in href for href, _count in links) for kind in kinds)
    for href, count in set(links):
        assert await shown(fang, href) == count, href


async def test_the_headline_rates_divide_what_was_settled_by_what_ended(cast):
    await cases(cast)
    page = await (await as_(cast.guo)).get("/board")
    assert page.has("60%", "6 件 / 10 件有结果")  # 4 + 1 + 1 in the grid
    assert page.has("70%", "7 件 / 10 件有结果")
    assert page.has("80%", "8 件 / 10 件有结果")


async def test_the_street_and_the_auditor_read_the_board_without_opening_cases(cast):
    await cases(cast)
    for reader in (cast.jiang, cast.kong):
        page = await (await as_(reader)).get("/board")
        assert page.status == 200 and not page.all("//main//a[contains(@href, '/disputes?')]")
    for other in (cast.mei, cast.sun, cast.chen.person):
        assert (await (await as_(other)).get("/board")).status == 404


async def test_the_years_before_and_after_are_one_tap_away(cast):
    await cases(cast)
    fang = await as_(cast.fang)
    page = await (await fang.get("/board")).click("往前一年")
    assert page.url == "/board?until=2025-11" and page.has("2024年12月 到 2025年11月", "还没有办结的纠纷")
    page = await page.click("往后一年")
    assert page.url == "/board?until=2026-11" and not page.has("往后一年")
    assert (await fang.get("/board?until=2999-99")).has("2025年12月 到 2026年11月")


async def test_every_figure_has_its_definition(cast):
    page = await Browser(app).get("/board/definitions")
    for figure in definitions.FIGURES:
        assert page.has(str(figure.name), str(figure.formula), str(figure.source))
        assert page.all(f"//*[@id='{figure.key}']")
    board = await (await as_(cast.fang)).get("/board")
    anchors = {href.partition("#")[2] for href in board.all("//main//a/@href") if "definitions#" in href}
    assert anchors == {figure.key for figure in definitions.FIGURES}


async def table(browser: Browser, by: str) -> list[list[str]]:
    page: Page = await browser.get(f"/board/disputes.csv?by={by}")
    assert page.headers["content-type"] == "text/csv; charset=utf-8"
    assert page.body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(page.body.decode("utf-8-sig"))))


async def test_the_export_says_what_the_board_says(cast):
    await cases(cast)
    fang = await as_(cast.fang)
    months = await table(fang, "month")
    assert months[0][:3] == ["月份", "有结果", "已化解"]
    assert [row[0] for row in months[1:]] == ["2025-12", *[f"2026-{n:02}" for n in range(1, 12)]]
    assert months[-2] == ["2026-10", "5", "5", "0", "0", "1", "4", "5", "80.0", "100.0"]
    assert [row[0] for row in await table(fang, "grid")][1:] == ["第1网格", "第2网格", "没有落到网格"]
    assert len(await table(fang, "category")) == 4
    assert await table(fang, "nonsense") == months
    assert (await (await as_(cast.sun)).get("/board/disputes.csv")).status == 404


async def test_no_cell_of_the_export_is_a_formula(cast):
    async with transaction():
        await Grid.filter(id=cast.places.grids[0].id).update(name='=HYPERLINK("http://x")')
    await cases(cast)
    assert (await table(await as_(cast.fang), "grid"))[1][0] == '\'=HYPERLINK("http://x")'


async def half(
    cast, settled: list[tuple[Level, int]], failed: int = 0, grid: int = 0, category: str = "neighbours"
):
    """Cases that ended in March, so many at each level."""
    made = [("settled", level) for level, count in settled for _n in range(count)]
    async with transaction():
        for state, level in made + [("failed", Level.COMMUNITY)] * failed:
            await Dispute.create(
                **make.here(),
                category=category,
                words="吵",
                state=state,
                grid=cast.places.grids[grid] if grid < 2 else None,
                level=level,
                level_arose=Level.UNIT,
                level_settled=level if state == "settled" else None,
                ended_at=at(3),
            )


async def test_the_public_page_tells_of_half_years_that_are_over_and_keeps_small_numbers_back(cast):
    await cases(cast)
    page = await Browser(app).get("/public")
    assert page.has("2026年上半年，") and not page.has("2026年下半年") and page.has("例数太少，不公布")
    await half(cast, [(Level.GRID, 15), (Level.COMMUNITY, 5)], failed=5)
    page = await Browser(app).get("/public")
    assert page.has("60%", "80%", "25") and not page.has("第1网格") and not page.has("银杏苑")
    await half(cast, [(Level.STREET, 1)])
    assert (await Browser(app).get("/public")).has("57.7%", "76.9%", "26")
    assert (await Browser(app).get("/public?half=2026-2")).has("2026年上半年，")


async def test_the_rate_of_the_community_is_not_told_where_it_tells_how_few_lie_between(cast):
    await half(cast, [(Level.GRID, 15), (Level.COMMUNITY, 2)], failed=8)
    page = await Browser(app).get("/public")
    assert page.has("60%", "例数太少，不公布") and not page.has("68%")


async def test_of_few_in_a_grid_the_street_and_the_auditor_are_not_told_nor_the_spreadsheet(cast):
    await half(cast, [(Level.GRID, 20)], failed=6)
    await half(cast, [(Level.GRID, 3)], grid=1)
    for reader in (cast.jiang, cast.kong):
        browser = await as_(reader)
        page = await browser.get("/board")
        grids = [
            row.text_content() for row in page.all("//main//tbody/tr") if "网格" in row[0].text_content()
        ]
        assert grids == ["第1网格不公布", "第2网格不公布", "没有落到网格不公布"]
        assert page.has("29")
        file = await browser.get("/board/disputes.csv?by=grid")
        assert list(csv.reader(io.StringIO(file.body.decode("utf-8-sig"))))[1:] == [
            ["第1网格", "不公布"],
            ["第2网格", "不公布"],
            ["没有落到网格", "不公布"],
        ]
        for by in ("month", "level"):
            assert (await browser.get(f"/board/disputes.csv?by={by}&until=2026-03")).body == file.body
        kinds = (await browser.get("/board/disputes.csv?by=category")).body.decode("utf-8-sig")
        assert len(kinds.split()) == 19 and ",29" in kinds
    assert (await table(await as_(cast.guo), "grid"))[1][:3] == ["第1网格", "26", "20"]


async def test_the_board_and_the_plan_keep_back_the_same(cast):
    """Two pages are no way round: what one does not tell of a grid, the other does not either."""
    await half(cast, [(Level.GRID, 12)])
    await half(cast, [(Level.GRID, 7)], grid=1)
    for more in (0, 3, 5):
        for _n in range(more):
            await half(cast, [(Level.GRID, 1)], grid=2)
        kong = await as_(cast.kong)
        board, plan = await kong.get("/board"), await kong.get("/plan")
        for grid in ("第1网格", "第2网格"):
            [row] = [row for row in board.all("//main//tbody/tr") if row[0].text_content() == grid]
            [drawn] = [row for row in plan.all("//main//tbody/tr") if row[0].text_content() == grid]
            assert row[1].text_content() == drawn[2].text_content(), (grid, more)


async def test_in_english_it_is_all_english(cast):
    await cases(cast)
    chinese = re.compile(r"[\u3400-\u9fff]")
    for path in ("/public", "/board/definitions", "/plan"):
        page = await Browser(app, language="en").get(path)
        assert not chinese.search(said(page)), path
    for reader, path in ((cast.fang, "/board"), (cast.fang, "/plan"), (cast.kong, "/board")):
        assert not chinese.search(said(await (await as_(reader, "en")).get(path))), path


def said(page: Page) -> str:
    """The words of a page without the names of places."""
    return re.sub("第[12]网格|银杏苑", "", "".join(page.all("//main")[0].itertext()))
