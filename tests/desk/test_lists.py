"""Every list is found in alike: by its address, strictly, and only what whoever asks may see."""

from urllib.parse import quote

import pytest

from app import app
from portal.disputes import actions as disputes
from portal.disputes.actions import Report
from portal.feedback import actions as feedback
from portal.feedback.models import Category
from tests import make
from tests.forms_browser import Browser, Page

LISTS = {
    "/consultations": "guo",
    "/disputes": "guo",
    "/feedback": "guo",
    "/people": "guo",
    "/appointments": "guo",
    "/waitlist": "guo",
    "/rounds": "guo",
    "/roster": "guo",
    "/firms": "guo",
    "/calls": "guo",
    "/lectures": "yu",
    "/council": "yu",
    "/lawyers": "yu",
}
ROWS = "//*[@data-results]//*[self::tbody/tr or self::article]"


async def opened(cast, path: str, query: str = "", who: str = "") -> Page:
    return await (await make.sign_in(Browser(app), getattr(cast, who or LISTS[path]))).get(f"{path}?{query}")


def filters(page: Page) -> dict[str, list[str]]:
    """Each filter of the page with what it offers."""
    form = "//form[@data-filter]"
    chosen = {
        str(name): page.all(f"{form}//select[@name='{name}']/option/@value")
        for name in page.all(f"{form}//select/@name")
    }
    ticked = {str(name): ["1"] for name in page.all(f"{form}//input[@type='checkbox']/@name")}
    return {**chosen, **ticked}


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_says_how_many_there_are_in_a_live_region_within_what_a_script_may_replace(cast, path):
    page = await opened(cast, path)
    assert page.status == 200
    assert len(page.all("//form[@data-filter and @method='get' and @role='search']")) == 1
    assert len(page.all("//*[@data-results]//*[@role='status']")) == 1
    assert not page.all("//*[@data-results]//*[@data-results]") and not page.has("清除条件")


@pytest.mark.parametrize("path", LISTS)
async def test_each_choice_of_each_filter_has_its_address_and_says_so_and_nothing_else_is_understood(
    cast, path
):
    offered = filters(await opened(cast, path))
    for name, values in offered.items():
        for value in values[:4]:
            page = await opened(cast, path, f"{name}={value}")
            assert page.status == 200, (name, value)
        for odd in ("nonsense", "__class__", "%00", "1%20OR%201=1", "٣"):
            page = await opened(cast, path, f"{name}={odd}")
            assert page.status == 422 and page.errors() and not page.all(ROWS), (name, odd)
            assert page.has("清除条件"), (name, odd)


@pytest.mark.parametrize("path", LISTS)
async def test_a_search_of_any_characters_is_answered(cast, path):
    for typed in ("张", "zxm", "%_\\", "'; DROP TABLE person; --", '"*" OR', "🙂", "K7F3 29QX", "0001"):
        page = await opened(cast, path, f"q={quote(typed)}")
        assert page.status == 200, typed
    assert (await opened(cast, path, "q=" + "x" * 41)).status == 422


async def test_what_is_found_leads_to_the_record_and_from_there_back_to_the_list_as_it_was(cast):
    people = (cast.mei, cast.tao)
    raised = [await feedback.raise_(people[n % 2], Category.REPAIR, f"第{n}盏楼道灯不亮") for n in range(31)]
    page = await opened(cast, "/feedback", "q=楼道灯&state=received")
    assert page.has("共 31 件", "含“楼道灯”", "已收到，待派发")
    page = await page.click("下一页")
    assert page.url.endswith("&state=received&page=2") and len(page.all("//tbody/tr")) == 1
    page = await page.click(raised[0].number)
    assert page.path == f"/feedback/{raised[0].number}"
    page = await page.click("回到列表")
    assert page.url.endswith("&state=received&page=2") and page.has(raised[0].number)
    page = await page.click("清除条件")
    assert page.url == "/feedback" and page.has("共 31 件")


async def test_nobody_finds_by_searching_what_they_may_not_see(cast):
    dispute = await disputes.report(cast.mei, Report("neighbours", "木槿花的事"))
    raised = await feedback.raise_(cast.mei, Category.REPAIR, "木槿楼道灯不亮")
    for path, number in (("/disputes", dispute.number), ("/feedback", raised.number)):
        for query in ("", "q=木槿", f"q={number}", "q=梅秀英", "q=mxy", "q=13800000001"):
            page = await opened(cast, path, query, "qiu")
            assert not page.all(ROWS) and "木槿" not in " ".join(page.all("//tbody//text()")), (path, query)
            elsewhere = await make.sign_in(Browser(app), cast.other.tang)
            assert not (await elsewhere.get(f"{path}?{query}")).all(ROWS), (path, query)
        assert (await opened(cast, path, "q=木槿")).has(number)


@pytest.mark.parametrize(
    "hostile", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
async def test_the_way_back_leads_nowhere_else(cast, hostile):
    raised = await feedback.raise_(cast.mei, Category.REPAIR, "楼道灯不亮")
    page = await (await make.sign_in(Browser(app), cast.guo)).get(
        f"/feedback/{raised.number}?back={quote(hostile)}"
    )
    assert page.status == 200
    assert page.all("//a[contains(., '回到列表')]/@href") == ["/feedback"]
