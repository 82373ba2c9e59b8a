"""The form-filling browser sends what a real one would, and refuses what a page does not offer."""

from enum import StrEnum
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.forms_browser import Browser
from tests.markup import Upload

FORM = """<!doctype html><html lang="zh"><head><title> 预约
  律师 </title><style>p {}</style></head><body>
<header><form action="/language" method="post"><button name="language" value="en">English</button></form></header>
<main>
<h1>选 <b>时间</b></h1><p hidden>看不见</p><svg><title>图标</title></svg>
<form action="/booking?step=2" method="post" id="book">
<input type="hidden" name="token" value="t1">
<p class="field__error" id="slot-error">请选
  时间</p>
<label><input type="radio" name="slot" value="7" checked>9:00</label>
<label><input type="radio" name="slot" value="8" checked>9:20</label>
<label><input type="radio" name="slot" value="9" disabled>9:40</label>
<label><input type="checkbox" name="need" value="lift">电梯</label>
<label><input type="checkbox" name="need" value="sign" checked>手语</label>
<input type="checkbox" name="agree">
<input name="name" value="梅"><input name="line"><input name="line">
<input name="fixed" value="1" readonly><input name="off" value="1" disabled>
<fieldset disabled><legend><input name="kept" value="k"></legend><input name="lost" value="x"></fieldset>
<textarea name="story">
第一行
第二行</textarea>
<select name="topic"><option disabled value="">请选</option><option>借钱</option>
<optgroup disabled><option value="x">停用</option></optgroup><option value="family">家事</option></select>
<select name="days" multiple><option selected>一</option><option>二</option><option selected>三</option></select>
<button type="button" name="not" value="sent">展开</button>
<button>下一步</button>
<button name="move" value="save" formaction="/draft">先存<span>着</span></button>
</form>
<input name="outside" value="o" form="book">
<form action="/find"><input type="search" name="q" value="旧"><input type="submit" value="查找"></form>
<form action="/photo" method="post" enctype="multipart/form-data"><input name="note"><input type="file" name="photo">
<button disabled>上传</button><button name="go" value="1">现在上传</button></form>
<p>共<b>3</b>个<br>时间</p><a href="/hop">改期</a> <a href="/form#top">改期说明</a>
<a href="https://elsewhere.test/">外面</a>
</main></body></html>"""


async def form(request: Request) -> Response:
    quiet = {"Referrer-Policy": "no-referrer"} if "quiet" in request.query_params else {}
    response = HTMLResponse(FORM, headers=quiet)
    response.set_cookie("seen", "yes", secure=True, httponly=True)
    return response


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse(
        {
            "url": str(request.url),
            "method": request.method,
            "pairs": parse_qsl(body.decode(), keep_blank_values=True),
            "cookie": request.cookies.get("seen"),
            "headers": dict(request.headers),
        }
    )


async def photo(request: Request) -> Response:
    async with request.form() as sent:
        picture = sent["photo"]
        assert not isinstance(picture, str)
        content = await picture.read()
        return JSONResponse(
            [sent["note"], picture.filename, picture.content_type, len(content), sent.get("go")]
        )


async def hop(request: Request) -> Response:
    return RedirectResponse("/land", 303)


async def land(request: Request) -> Response:
    return PlainTextResponse(f"到了 {request.method}")


async def circle(request: Request) -> Response:
    return RedirectResponse("/circle", 307)


async def away(request: Request) -> Response:
    return RedirectResponse("https://elsewhere.test/", 303)


app = Starlette(
    routes=[
        Route("/form", form),
        Route("/photo", photo, methods=["POST"]),
        Route("/hop", hop, methods=["GET", "POST"]),
        Route("/land", land, methods=["GET", "POST"]),
        Route("/circle", circle, methods=["GET", "POST"]),
        Route("/away", away),
        Route("/{path:path}", echo, methods=["GET", "POST"]),
    ]
)


class Topic(StrEnum):
    FAMILY = "family"


async def test_an_untouched_form_sends_what_a_browser_sends():
    page = await Browser(app).get("/form")
    answer = await page.form().submit()
    assert answer.json["url"] == "https://portal.localhost/booking?step=2" and answer.json["method"] == "POST"
    assert answer.json["pairs"] == [
        ["token", "t1"],
        ["slot", "8"],
        ["need", "sign"],
        ["name", "梅"],
        ["line", ""],
        ["line", ""],
        ["fixed", "1"],
        ["kept", "k"],
        ["story", "第一行\r\n第二行"],
        ["topic", "借钱"],
        ["days", "一"],
        ["days", "三"],
        ["outside", "o"],
    ]


async def test_a_filled_form_sends_what_was_chosen_and_the_button_that_was_pressed():
    page = await Browser(app).get("/form")
    form = page.form(contains="手语")
    form.fill(
        slot=7, need=["lift"], agree=True, name="陶 & 子", line=["甲", "乙"], topic=Topic.FAMILY, days=["二"]
    )
    form.fill({"story": "一\n二"}, kept="改")
    assert (form["slot"], form["story"], form.values("line")) == ("7", "一\n二", ["甲", "乙"])
    answer = await form.submit("先存着")
    assert answer.path == "/draft"
    assert answer.json["pairs"] == [
        ["token", "t1"],
        ["slot", "7"],
        ["need", "lift"],
        ["agree", "on"],
        ["name", "陶 & 子"],
        ["line", "甲"],
        ["line", "乙"],
        ["fixed", "1"],
        ["kept", "改"],
        ["story", "一\r\n二"],
        ["topic", "family"],
        ["days", "二"],
        ["move", "save"],
        ["outside", "o"],
    ]


async def test_boxes_can_be_cleared():
    form = (await Browser(app).get("/form")).form().fill(need=[], agree=False, days=None, slot=None)
    assert not {"need", "agree", "days", "slot"} & {name for name, _value in form.pairs()}


@pytest.mark.parametrize(
    "values",
    [
        {"slot": "9"},
        {"slot": "10"},
        {"slot": ["7", "8"]},
        {"slot": True},
        {"need": ["lift", "wings"]},
        {"agree": "yes"},
        {"topic": "x"},
        {"topic": ""},
        {"topic": None},
        {"unknown": "1"},
        {"token": "t2"},
        {"off": "2"},
        {"lost": "2"},
        {"fixed": "2"},
        {"line": ["1", "2", "3"]},
    ],
    ids=str,
)
async def test_what_the_page_does_not_offer_cannot_be_sent(values):
    form = (await Browser(app).get("/form")).form()
    with pytest.raises(AssertionError):
        form.fill(values)


async def test_a_form_that_gets_puts_its_fields_in_the_address():
    page = await Browser(app).get("/form")
    answer = await page.form("/find").fill(q="漏水").submit()
    assert (
        answer.json["url"] == "https://portal.localhost/find?q=%E6%BC%8F%E6%B0%B4"
        and answer.json["method"] == "GET"
    )


async def test_a_file_travels_in_a_multipart_form_and_an_empty_one_stays_empty():
    page = await Browser(app).get("/form")
    empty = await page.form("/photo").submit("现在上传")
    assert empty.json == ["", "", "application/octet-stream", 0, "1"]
    chosen = page.form("/photo").fill(note="图", photo=Upload('墙"角.png', b"\x89PNG\r\n\x00", "image/png"))
    assert (await chosen.submit("现在上传")).json == ["图", "墙%22角.png", "image/png", 7, "1"]


async def test_a_disabled_or_absent_button_cannot_be_pressed():
    page = await Browser(app).get("/form")
    for press in (
        page.form("/photo").submit(),
        page.form("/photo").submit("上传"),
        page.form().submit("展开"),
    ):
        with pytest.raises(AssertionError):
            await press
    with pytest.raises(AssertionError, match="no button"):
        await page.press("没有")


async def test_forms_are_found_in_main_first_by_address_or_words():
    page = await Browser(app).get("/form")
    assert page.form().action == "/booking?step=2"
    assert page.form(index=1).action == "/find"
    assert page.form("/language").action == "/language"
    assert page.form(contains="English").action == "/language"
    for wrong in ({"action": "/nowhere"}, {"contains": "看不见"}, {"index": 3}):
        with pytest.raises(AssertionError, match="no such form"):
            page.form(**wrong)


async def test_a_button_is_pressed_wherever_it_is():
    answer = await (await Browser(app).get("/form")).press("English")
    assert answer.path == "/language" and answer.json["pairs"] == [["language", "en"]]


async def test_a_person_reads_the_words_and_not_the_markup():
    page = await Browser(app).get("/form")
    assert page.title == "预约 律师" and page.errors() == ["请选 时间"]
    assert page.has("选 时间", "共3个 时间", "查找") and not page.has("选时间")
    assert "看不见" not in page.text and "p {}" not in page.text and "共3个\n时间" in page.text


async def test_links_are_followed_by_their_words():
    page = await Browser(app).get("/form")
    arrived = await page.click("改期")
    assert (arrived.path, arrived.text, [one.status for one in arrived.history]) == (
        "/land",
        "到了 GET",
        [303],
    )
    assert (await page.click("说明")).path == "/form"
    for label in ("外面", "没有这个"):
        with pytest.raises(AssertionError):
            await page.click(label)


async def test_redirects_are_followed_only_when_asked_and_within_the_site():
    browser = Browser(app)
    stopped = await browser.post("/hop", {"a": "1"})
    assert (stopped.status, stopped.location, stopped.history) == (303, "https://portal.localhost/land", [])
    assert (await stopped.follow()).text == "到了 GET"
    assert (await browser.post("/hop", {"a": "1"}, follow=True)).text == "到了 GET"
    assert (await browser.get("/away", follow=True)).status == 303
    with pytest.raises(AssertionError, match="circles"):
        await browser.post("/circle", follow=True)


async def test_cookies_are_kept_and_each_browser_is_a_stranger():
    browser = Browser(app)
    await browser.get("/form")
    assert browser.cookies == {"seen": "yes"}
    assert (await browser.get("/")).json["cookie"] == "yes"
    assert (await Browser(app).get("/")).json["cookie"] is None
    plain = Browser(app, scheme="http")
    await plain.get("/form")
    assert (await plain.get("/")).json["cookie"] is None


async def test_every_request_says_where_it_comes_from():
    browser = Browser(app, "clinic.test", language="en")
    typed = (await browser.get("/")).json["headers"]
    assert typed["sec-fetch-site"] == "none" and "origin" not in typed and typed["accept-language"] == "en"
    posted = (await browser.post("/", {"a": ["1", "2"]})).json
    assert posted["headers"]["origin"] == "https://clinic.test" and posted["pairs"] == [
        ["a", "1"],
        ["a", "2"],
    ]
    assert posted["headers"]["sec-fetch-site"] == "same-origin"
    sent = (await (await browser.get("/form")).form().submit()).json["headers"]
    assert sent["origin"] == "https://clinic.test" and sent["referer"] == "https://clinic.test/form"
    quiet = (await (await browser.get("/form?quiet=1")).form().submit()).json["headers"]
    assert quiet["origin"] == "null" and "referer" not in quiet
    stranger = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.test"}
    assert (await browser.post("/", headers=stranger)).json["headers"]["origin"] == "https://elsewhere.test"


async def test_hostile_text_arrives_as_it_would_from_a_program_and_as_it_would_from_a_browser():
    browser = Browser(app)
    form = (await browser.get("/form")).form().fill(name="半\ud800字\x00")
    assert ["name", "半�字\x00"] in (await form.submit()).json["pairs"]
    assert (await browser.post("/", b"%ff=%00&x")).status == 200
