"""Whatever is answered, and however it goes wrong: nothing runs in a page but our own files, and nothing is kept."""

import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app import MISHAPS, app, routes
from portal import settings
from portal.database import Unavailable
from portal.people import queries
from portal.web import assets, gate, ledger, pages
from portal.web.routes import PUBLIC, get
from tests import make
from tests.forms_browser import Browser
from tests.web.serving import serving

REQUIRED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ALLOWED = {"'self'", "'none'", "data:"}


def undressed(headers) -> list[str]:
    """What an answer lacks."""
    found = [name for name, value in REQUIRED.items() if headers.get_list(name) != [value]]
    policy = dict(
        part.split(" ", 1) for part in headers.get("content-security-policy", "").split("; ") if part
    )
    if (
        policy.get("default-src") != "'none'"
        or {one for said in policy.values() for one in said.split()} - ALLOWED
    ):
        found.append(f"content-security-policy: {policy}")
    if policy.get("script-src") != "'self'" or policy.get("style-src") != "'self'":
        found.append("scripts or styles from elsewhere")
    closed = ("object-src", "base-uri", "frame-ancestors", "font-src")
    found += [name for name in closed if policy.get(name) != "'none'"]
    if not all(
        f"{name}=()" in headers.get("permissions-policy", "") for name in ("camera", "geolocation", "payment")
    ):
        found.append("permissions-policy")
    if headers.get("cache-control") != "no-store":
        found.append("cache-control")
    if not {"accept-language", "cookie"} <= {
        one.strip().lower() for one in headers.get("vary", "").split(",")
    }:
        found.append("vary")
    return found


@pytest.fixture
def over_tls():
    before = settings.use(replace(settings.current(), site="https://portal.localhost"))
    yield
    settings.use(before)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/", None, {}, 200),
        ("GET", "/privacy", None, {}, 200),
        ("GET", "/lectures.ics", None, {}, 200),
        ("GET", "/favicon.ico", None, {}, 308),
        ("GET", "/me", None, {}, 303),
        ("POST", "/sign-in", b"phone=1", {}, 422),
        ("POST", "/sign-in", b"a" * 600_000, {}, 413),
        ("POST", "/sign-in", b"{}", {"Content-Type": "application/json"}, 415),
        ("POST", "/sign-in", b"", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("GET", "/no-such-page", None, {}, 404),
        ("GET", "/static/no-such.css", None, {}, 404),
        ("POST", "/privacy", b"", {}, 405),
        ("GET", "/", None, {"Host": "evil.example"}, 421),
        ("GET", "/?" + "a" * 9000, None, {}, 414),
        ("GET", "/", None, {"Cookie": "a=" + "b" * 40_000}, 431),
    ],
)
async def test_every_answer_is_dressed(database, method, path, body, headers, status):
    form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    answer = await Browser(app).request(method, path, body, {**form, **headers})
    assert answer.status == status and undressed(answer.headers) == []


@pytest.mark.parametrize(
    ("error", "status"), [(Unavailable("away"), 503), (ValueError("梅秀英 13800000001"), 500)]
)
async def test_an_answer_to_a_mishap_is_dressed_speaks_the_language_and_says_nothing(
    cast, monkeypatch, error, status
):
    async def fails(_secret):
        raise error

    monkeypatch.setattr(queries, "session_of", fails)
    for language, word in (("zh", "再试"), ("en", "try again")):
        browser = Browser(app, language=language)
        browser.keep("portal_session", "x" * 43)
        answer = await browser.get("/me")
        assert answer.status == status and undressed(answer.headers) == [] and answer.has(word)
        assert "梅秀英" not in answer.html and "ValueError" not in answer.html
        assert (answer.headers.get("retry-after") is not None) == (status == 503)


async def test_a_handler_that_breaks_is_a_kind_page_too(database):
    async def breaks(request):
        raise RuntimeError("梅秀英")

    broken = Starlette(
        routes=[get("/breaks", breaks, who=PUBLIC, name="breaks")],
        middleware=[Middleware(ledger.Ledger), Middleware(gate.Gate, mishaps=MISHAPS)],
        exception_handlers=MISHAPS,
    )
    answer = await Browser(broken).get("/breaks")
    assert answer.status == 500 and undressed(answer.headers) == [] and answer.has("出错了")
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


async def test_when_too_many_come_at_once_the_rest_are_asked_to_come_again(database):
    before = settings.use(replace(settings.current(), requests_at_once=0))
    try:
        answer = await Browser(app).get("/")
        probe = await Browser(app).get("/healthz")
    finally:
        settings.use(before)
    assert (
        answer.status == 503 and answer.headers["retry-after"].isdigit() and undressed(answer.headers) == []
    )
    assert probe.status == 200, "whoever watches the process is still answered"


async def test_assets_may_be_kept_and_are_guarded_like_pages(database):
    headers = (await Browser(app).get("/static/css/app.css")).headers
    assert undressed(headers) == ["cache-control", "vary"]
    assert "immutable" in headers["cache-control"] and headers["vary"] == "Accept-Encoding"


async def test_over_tls_the_browser_is_told_to_stay_there(database, over_tls):
    assert (await Browser(app).get("/")).headers["strict-transport-security"] == (
        "max-age=31536000; includeSubDomains"
    )


async def test_without_tls_nothing_is_promised(database):
    assert "strict-transport-security" not in (await Browser(app).get("/")).headers


# -- cookies -------------------------------------------------------------------------------------------------------------


async def cookies_of(browser, cast) -> list[str]:
    """Every cookie that a visit to many places sets."""
    answers = [
        await browser.post("/preferences", {"mode": "elder", "language": "en"}),
        await browser.get("/book/times"),
        await browser.post("/sign-in", {"phone": "13800000001"}),
        await browser.post("/sign-out"),
        await browser.get("/"),
    ]
    return [line for answer in answers for line in answer.headers.get_list("set-cookie")]


async def test_over_tls_every_cookie_is_bound_to_this_host(cast, over_tls):
    lines = await cookies_of(Browser(app), cast)
    names = {line.partition("=")[0] for line in lines}
    assert {
        "__Host-portal_mode",
        "__Host-portal_language",
        "__Host-portal_browser",
        "__Host-portal_flash",
    } <= names
    for line in lines:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert line.startswith("__Host-") and {"httponly", "secure", "samesite=lax", "path=/"} <= parts, line
        assert not any(part.startswith("domain") for part in parts), line


async def test_without_tls_cookies_are_still_out_of_reach_of_scripts_and_other_sites(cast):
    for line in await cookies_of(Browser(app), cast):
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= parts and "secure" not in parts, line


async def test_over_tls_a_session_under_the_bare_name_is_nobodys(cast, over_tls):
    browser = await make.sign_in(Browser(app), cast.mei)
    secret = browser.cookies.get("portal_session") or browser.cookies["__Host-portal_session"]
    bare, bound = Browser(app), Browser(app)
    bare.keep("portal_session", secret)
    bound.keep("__Host-portal_session", secret)
    assert (await bare.get("/me")).status == 303 and (await bound.get("/me")).status == 200


@pytest.mark.parametrize(
    "planted",
    ["账户已冻结，请拨打 13900000000", "x" * 32 + ".%E8%AF%B7", "%E8%AF%B7", ".", "." * 50, "\u00e9.a"],
)
async def test_nobody_else_puts_words_into_our_mouth(database, planted):
    browser = Browser(app)
    cookie = f"portal_flash={planted}".encode()
    page = await browser.get("/", headers={"Cookie": cookie})
    assert page.status == 200 and not page.all("//*[@role='status']")


async def test_our_own_sentence_is_shown_and_one_changed_by_a_letter_is_not(database):
    made = pages._sealed("办好了；“好”/100%")
    shown, changed = Browser(app), Browser(app)
    shown.keep("portal_flash", made)
    changed.keep("portal_flash", made[:-1] + "6")
    assert (await shown.get("/")).has("办好了；“好”/100%")
    assert not (await changed.get("/")).all("//*[@role='status']")


# -- the check checks ----------------------------------------------------------------------------------------------------


async def test_a_weaker_policy_is_noticed(database, monkeypatch):
    for weak in ("default-src 'self'", gate.POLICY.replace("'self'", "'self' 'unsafe-inline'"), ""):
        weakened = [
            (name, weak.encode() if b"policy" in name and b"content" in name else value)
            for name, value in gate.ALWAYS
        ]
        with monkeypatch.context() as patched:
            patched.setattr(gate, "ALWAYS", weakened)
            assert undressed((await Browser(app).get("/")).headers)
    for missing, _value in gate.ALWAYS:
        with monkeypatch.context() as patched:
            patched.setattr(gate, "ALWAYS", [pair for pair in gate.ALWAYS if pair[0] != missing])
            assert undressed((await Browser(app).get("/")).headers), missing


async def test_every_page_to_read_is_dressed(cast):
    browser = await make.sign_in(Browser(app), cast.guo)
    for route in routes:
        if "{" not in route.path and "GET" in (route.methods or ()):
            answer = await browser.get(route.path)
            assert undressed(answer.headers) == [], route.path


def test_an_answer_in_one_piece_is_on_the_wire_what_one_in_two_is(database_url):
    """The page of times goes out the usual way first, then from memory, as long as the connection is kept."""
    with serving(database_url) as served:

        def got(*more: str) -> bytes:
            said = ["GET /book/times?topic=debt HTTP/1.1", f"Host: 127.0.0.1:{served.port}", *more]
            return "\r\n".join([*said, "", ""]).encode()

        def next_of(answers: bytes) -> tuple[str, dict[str, str], bytes, bytes]:
            head, _end, rest = answers.partition(b"\r\n\r\n")
            status, *lines = head.decode("latin-1").split("\r\n")
            named = dict(line.split(": ", 1) for line in lines)
            length = int(named.get("content-length", 0))
            return status, named, rest[:length], rest[length:]

        usual_status, usual, body, left = next_of(served.ask(got() + got("Connection: close")))
        status, last, last_body, left = next_of(left)
        assert (
            left == b"" and status == usual_status == "HTTP/1.1 200 OK" and last.pop("connection") == "close"
        )
        asked = got() + got("Accept-Encoding: gzip") + got(f"If-None-Match: {usual['etag']}") + got() * 2
        whole_status, whole, whole_body, left = next_of(served.ask(asked + got("Connection: close")))
        _status, packed, packed_body, left = next_of(left)
        same_status, same, nothing, left = next_of(left)
        assert (whole_status, whole_body) == (status, last_body) == (usual_status, body)
        assert gzip.decompress(packed_body) == body and packed["content-encoding"] == "gzip"
        assert same_status.startswith("HTTP/1.1 304") and nothing == b"" and same["etag"] == usual["etag"]
        assert left.count(b"HTTP/1.1 200 OK") == left.count(body) == 3
        assert left.count(b"\r\nconnection: close\r\n") == 1, "whoever wants no further answer is told so"
        assert len({one.pop("x-request-id") for one in (usual, last, whole, packed, same)}) == 5
        for each in (usual, last, whole):
            assert each.pop("date") and each.keys() >= {name.decode() for name, _value in gate.ALWAYS}
            each["vary"] = ", ".join(sorted(set(each["vary"].split(", "))))
        assert usual == last == whole


STATIC = Path(assets.FOLDER)
DANGEROUS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.cssText|javascript:"
)


def test_no_script_of_ours_makes_markup_or_code_of_words():
    scripts = [*STATIC.rglob("*.js")]
    assert scripts and not [file.name for file in scripts if DANGEROUS.search(file.read_text("utf-8"))]
    assert DANGEROUS.search("box.innerHTML = words")


def test_no_picture_of_ours_holds_a_script_or_leads_elsewhere():
    for file in STATIC.rglob("*.svg"):
        source = file.read_text("utf-8")
        assert not re.search(
            r"<script|<foreignObject|\son\w+\s*=|href\s*=\s*[\"'](?!#)|<!ENTITY", source, re.I
        ), file.name


JUDGED = {  # to an asset; on to a path that was judged when it was kept; away at once, to a place that is written there
    "desk/pages.py",
    "people/kept_pages.py",
    "people/session_pages.py",
}
