"""Answers: a page, a look at the result, or a kind refusal; and never a way off the site."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from app import app
from portal.errors import Conflict, Forbidden, Missing, Refusal, TooMany
from portal.languages import speaking
from portal.web import navigation, pages, wording
from tests import make
from tests.forms_browser import Browser


@pytest.mark.parametrize(
    "path", ["/", "/a?b=c#d", "/book/times?topic=debt", "/人", "/lookup?number=1%2F2&next=https://x"]
)
def test_a_path_of_ours_is_gone_back_to(path):
    assert pages.safe_back(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https://evil.example",
        "evil",
        "javascript:alert(1)",
        "/a\nSet-Cookie: x",
        "/\t/evil",
        "/" + "a" * 1000,
        " /a",
        "/%2F%2Fevil.example",
        "/%2f/evil.example",
        "/%252f%252fevil.example",
        "/%25252f/evil.example",
        "/%5cevil.example",
        "/a/..//evil.example",
        "/.//evil.example",
        "/%2e%2e//evil.example",
        "/%09/evil.example",
        "/a%0d%0aSet-Cookie:%20x",
        "/a%00",
        "/\u2028evil",
        "/a?b=%5c%5cevil",
        "//user@evil.example",
        "user@evil.example",
        "///evil.example",
        "?//evil.example",
        "#/a",
        "\ufeff/a",
        "/\x7fa",
    ],
)
def test_anything_that_could_lead_elsewhere_is_not(path):
    assert pages.safe_back(path, "/home") == "/home"


def request(method: str = "GET", referer: str = "", path: str = "/a", query: str = "b=1") -> Request:
    headers = [(b"host", b"portal.localhost")] + ([(b"referer", referer.encode())] if referer else [])
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "scheme": "https",
        "server": ("portal.localhost", 443),
    }
    return Request(scope)


def test_a_page_knows_where_the_person_is_to_come_back_to():
    assert pages.local(request()) == "/a?b=1"
    assert pages.local(request("POST", "https://portal.localhost/form?c=2")) == "/form?c=2"
    assert pages.local(request("POST", "https://evil.example/form")) == "/"
    assert pages.local(request("POST")) == "/"
    for nonsense in ("http://[::1", "https://portal.localhost//evil.example", "://", "\0"):
        assert pages.local(request("POST", nonsense)) == "/"


def test_a_message_is_carried_in_any_language_and_shown_once():
    response = pages.go("/x", "办好了；“好”")
    assert response.status_code == 303 and response.headers["location"] == "/x"
    assert "办" not in response.headers["set-cookie"]


async def test_what_was_done_is_said_once(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await (await browser.get("/me")).press("改名字", name="梅")
    assert page.has("名字记下了。")
    assert not (await browser.get("/me")).has("名字记下了。")


@pytest.mark.parametrize("refusal", [Refusal, Missing, Forbidden, Conflict, TooMany])
def test_every_refusal_has_a_sentence_in_both_languages(refusal):
    with speaking("en"):
        english = refusal().text
    assert english.isascii() and refusal().text != english and refusal.status in (400, 403, 404, 409, 429)


async def test_a_page_that_is_not_there_shows_a_way_on(database):
    page = await Browser(app).get("/no-such-page")
    assert page.status == 404 and page.title.startswith("没有找到")
    assert page.all('//main//a[@href="/"]')


async def test_the_wrong_way_of_asking_is_answered_kindly(database):
    page = await Browser(app).post("/privacy")
    assert page.status == 405 and page.has("请从首页重新开始")


async def test_too_much_at_once_is_refused_with_advice(database):
    for much in (600_000, 10_000_000):
        page = await Browser(app).post("/sign-in", {"phone": "1" * much})
        assert page.status == 413 and page.has("内容太长", "您写的还在那里")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=%00&" * 50, "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"a=1&" * 1000, "application/x-www-form-urlencoded"),
    ],
)
async def test_a_broken_form_is_never_our_mistake(database, body, kind):
    answer = await Browser(app).post("/sign-in", body, headers={"Content-Type": kind})
    assert answer.status in (400, 415, 422)


async def test_whoever_holds_an_office_sees_its_doors_and_residents_the_public_ones(cast):
    def labels(person):
        return [label for label, _href, _here in navigation.items(person, "people:index")]

    assert labels(None) == ["约律师", "报纠纷、提诉求", "普法讲座", "议事会", "公示"]
    assert set(labels(None)) <= set(labels(cast.mei)) and "人员" not in labels(cast.mei)
    assert "人员" in labels(cast.fang) and "人员" not in labels(cast.dou)
    assert labels(cast.chen.person)[1] == "我的上午"
    assert [here for label, _href, here in navigation.items(cast.fang, "people:show") if label == "人员"] == [
        True
    ]


def test_days_times_and_money_are_said_as_people_say_them():
    assert [wording.minute(n) for n in (0, 570, 750, 839, 1170)] == [
        "凌晨12:00",
        "上午9:30",
        "中午12:30",
        "下午1:59",
        "晚上7:30",
    ]
    assert wording.money(123450) == "1,234.50 元" and wording.money(100) == "1 元"
    with speaking("en"):
        assert [wording.minute(n) for n in (0, 570, 750)] == ["12:00 am", "9:30 am", "12:30 pm"]
        assert wording.money(123450) == "¥1,234.50"


def test_a_name_that_is_missing_in_a_template_is_an_error():
    from jinja2 import UndefinedError

    from portal.web import templating

    with pytest.raises(UndefinedError):
        templating.environment.from_string("{{ nobody.name }}").render(person=SimpleNamespace())
