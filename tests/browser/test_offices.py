"""What those who hold an office see: every page their links lead to, the board's charts, the documents they hand over."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from starlette.routing import Match

from app import app
from portal.demo.people import ACCOUNTS, PASSWORD
from portal.web.templating import url

LOGINS = [account.login for account in ACCOUNTS]
A4 = {(b"594", b"841"), (b"595", b"841"), (b"595", b"842")}


async def enter(open_page, address, login, **looks):
    """Sign in with a password; the page is the desk."""
    page = await open_page(address, "/staff/sign-in", **looks)
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main form button[type=submit]")
    await page.wait_for_url("**/desk")
    return page


def route(path):
    """The route that answers this address."""
    scope = {"type": "http", "method": "GET", "path": urlsplit(path).path}
    return next((one for one in app.routes if one.matches(scope)[0] is Match.FULL), None)


async def links(page, path):
    """Where the links of a page lead within the portal. The page itself answers 200."""
    answer = await page.request.get(path)
    assert answer.status == 200, path
    if "text/html" not in answer.headers["content-type"]:
        return []
    found = [urljoin(path, href) for href in html.fromstring(await answer.text()).xpath("//a/@href")]
    ours = [link.partition("#")[0] for link in found if link.startswith("/")]
    return [link for link in ours if urlsplit(link).path != url("leave")]  # that one leads away, as it should


async def walk(page, *starts):
    """One address of every kind of page that links lead to, by the route's name."""
    found, waiting = {}, ["/desk", *starts]
    while waiting:
        path = waiting.pop(0)
        one = route(path)
        assert one is not None, f"leads nowhere: {path}"
        if one.name not in found:
            found[one.name] = path
            waiting += await links(page, path)
    return found


async def reach(page, start, *names):
    """An address that is found by following links of these kinds, one after another."""
    if not names:
        return start
    for link in dict.fromkeys(await links(page, start)):
        if route(link).name == names[0] and (end := await reach(page, link, *names[1:])):
            return end
    return None


async def doors(page):
    """Where the navigation leads."""
    return await page.locator("nav.navigation a").evaluate_all(
        "all => all.map(link => link.getAttribute('href'))"
    )


@pytest.fixture
async def address(serve):
    """A portal with the demonstration in it."""
    return await serve("portal.demo:load")


@pytest.mark.parametrize("login", LOGINS)
async def test_every_link_of_an_office_leads_to_a_page(address, open_page, login):
    page = await enter(open_page, address, login)
    assert set(await doors(page)) <= set((await walk(page, *await doors(page))).values())


async def test_each_chart_of_the_board_stands_beside_a_table_of_the_same_figures(address, open_page):
    page = await enter(open_page, address, "auditor")
    await page.goto("/board")
    charts = html.fromstring(await page.content()).xpath("//figure[contains(@class, 'chart')]")
    assert charts
    for chart in charts:
        rows = {
            row.xpath("normalize-space(th)"): [cell.text_content().strip() for cell in row.xpath("td")]
            for row in chart.xpath(".//tbody/tr")
        }
        drawn = {
            row.xpath("normalize-space(*[@class='chart__label'])"): row.xpath(
                "normalize-space(*[@class='chart__value'])"
            )
            for row in chart.xpath(".//*[@class='chart__row']")
        }
        said = chart.xpath("string(.//svg[@role='img']/desc)")
        assert rows and (set(drawn) <= set(rows) if drawn else all(label in said for label in rows))
        assert all(any(figure in value for figure in rows[label]) for label, value in drawn.items())
        dots = len(chart.xpath(".//*[contains(@class, 'chart__dot')]"))
        assert drawn or dots == sum(figure != "–" for figures in rows.values() for figure in figures)
    await page.locator(".chart summary").first.click()
    assert await page.locator(".chart table").first.is_visible()


async def test_a_document_is_printed_alone_on_as_few_sheets_as_it_needs(address, open_page):
    lawyer, lead = [await enter(open_page, address, login) for login in ("lawyer", "lead")]
    written = await reach(lawyer, "/consultations?state=advised", "consultations:show", "prescriptions:show")
    agreed = await reach(lead, "/disputes?state=settled", "disputes:show", "disputes:agreement")
    for page, path, sheets in ((lawyer, written, 1), (lead, agreed, 2)):
        await page.goto(path)
        await page.emulate_media(media="print")
        shown = await page.evaluate(
            "() => [...document.querySelectorAll('header, footer, nav, button, a, .notice')]"
            ".filter(one => !one.closest('.print') && one.checkVisibility()).map(one => one.outerHTML)"
        )
        assert shown == []
        sheet = page.locator("article.print")
        assert (
            await sheet.locator(".print__title").is_visible()
            and await sheet.locator(".print__number").is_visible()
        )
        paper = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type /Page\b", paper)) <= sheets, path
        assert set(re.findall(rb"/MediaBox \[0 0 (59[45])\S* (84[12])\S*\]", paper)) <= A4
