"""A body is a form, short enough, and only what a form can hold; anything else is refused kindly and at once."""

import asyncio
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

from app import MISHAPS, app, routes
from portal import settings
from portal.web import bodies, gate
from portal.web.forms import Form
from portal.web.routes import PUBLIC, post
from tests import make
from tests.forms_browser import Browser, Upload

URLENCODED = "application/x-www-form-urlencoded"
UNKNOWN = [
    ("application/json", b'{"phone": "13800000001"}'),
    ("application/json; charset=utf-8", b'{"phone": "13800000001"}'),
    ("text/json", b"{}"),
    (
        "application/xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ),
    ("text/xml", b"<a/>"),
    ("text/plain", b"phone=13800000001"),
    ("application/octet-stream", b"\x00"),
    ("application/x-www-form-urlencoded-but-not-quite", b"phone=1"),
    ("multipart/mixed; boundary=x", b"--x--"),
    ("", b"phone=13800000001"),
]


async def told(request):
    """What was read, first values only."""
    form = await Form.read(request)
    return PlainTextResponse(urlencode(form.values))


async def sized(request):
    """What was read, and how large each file was."""
    form = await Form.read(request, takes_files=True)
    sizes = {name: [(file, len(content)) for file, content in files] for name, files in form.files.items()}
    return PlainTextResponse(f"{urlencode(form.values)} {sizes}")


small = Starlette(
    routes=[
        post("/form", told, who=PUBLIC, name="form"),
        post("/files", sized, who=PUBLIC, name="files", takes_files=True),
    ],
    middleware=[Middleware(gate.Gate, mishaps=MISHAPS)],
    exception_handlers=MISHAPS,
)


@pytest.mark.parametrize(("media", "body"), UNKNOWN)
async def test_what_is_no_form_is_refused(database, media, body):
    answer = await Browser(app).post("/sign-in", body, headers={"Content-Type": media})
    assert answer.status == 415 and answer.has("表单") and answer.headers["connection"] == "close"


async def test_no_write_of_the_portal_takes_json(cast):
    browser = await make.sign_in(Browser(app), cast.guo)
    for route in routes:
        if "POST" in (route.methods or ()):
            path = route.path.replace(":uuid", "").replace(":int", "").replace("{", "").replace("}", "")
            answer = await browser.post(path, b"{}", headers={"Content-Type": "application/json"})
            assert answer.status in (404, 415), (path, answer.status)


async def test_a_button_without_fields_needs_no_body(cast):
    answer = await (await make.sign_in(Browser(app), cast.mei)).request(
        "POST", "/sign-out", None, {"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status == 303


@pytest.mark.parametrize(
    "media", [URLENCODED, "APPLICATION/X-WWW-FORM-URLENCODED", f"{URLENCODED}; charset=utf-8"]
)
async def test_a_form_is_a_form_in_any_case(database, media):
    answer = await Browser(small).post("/form", b"a=1&b=%E6%A2%85", headers={"Content-Type": media})
    assert answer.html == "a=1&b=%E6%A2%85"


async def test_a_file_where_none_is_wanted_is_refused(database):
    answer = await Browser(small).post("/form", {"a": "1"}, {"b": Upload("x.html", b"<script>", "text/html")})
    assert answer.status == 400


@pytest.mark.parametrize(("count", "status"), [(300, 200), (301, 400), (5000, 400)])
async def test_fields_are_counted(database, count, status):
    assert (await Browser(small).post("/form", b"&".join([b"a=1"] * count))).status == status
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _n in range(count))
    media = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await Browser(small).post("/form", parts + b"--x--\r\n", headers=media)).status == status


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n' + b"X-A: b\r\n" * 5000 + b"\r\n1\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="' + b"a" * 100_000 + b'"\r\n\r\n1\r\n--x--\r\n',
        b"--x\r\n" * 1000,
        b"",
    ],
)
async def test_a_multipart_body_that_is_none_is_a_refusal(database, body):
    answer = await Browser(small).post(
        "/form", body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.status in (200, 400) and len(answer.html) < 200_000
    for media in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 5000,
    ):
        assert (await Browser(small).post("/form", body, headers={"Content-Type": media})).status in (
            200,
            400,
        )


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"a=1&a=2", "a=1"),
        (b"a=1&%61=2", "a=1"),
        (b"a=&a=2", "a="),
        (b"a[]=1&a[]=2&a=3", "a%5B%5D=1&a=3"),
        (b"a[b]=1&a.b=2", "a%5Bb%5D=1&a.b=2"),
        (b"a=1;b=2", "a=1%3Bb%3D2"),
    ],
)
async def test_of_a_field_sent_twice_the_first_counts_and_lists_are_not_guessed(database, body, read):
    assert (await Browser(small).post("/form", body)).html == read


# -- how long, and how long it takes -------------------------------------------------------------------------------------


async def asked(
    chunks, *, length: int | None = None, pause: float = 0.0, path: str = "/form", media: str = URLENCODED
):
    """The status of a POST whose body comes in these chunks with a pause before each, and how many were taken."""
    taken, sent = 0, []

    async def receive():
        nonlocal taken
        await asyncio.sleep(pause)
        taken += 1
        return {"type": "http.request", "body": chunks[taken - 1], "more_body": taken < len(chunks)}

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"portal.localhost"), (b"content-type", media.encode())]
    headers += (
        [(b"content-length", str(length).encode())]
        if length is not None
        else [(b"transfer-encoding", b"chunked")]
    )
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": headers, "client": None, "server": None, "scheme": "http", "http_version": "1.1"}
    await small(scope, receive, send)
    return sent[0], b"".join(message.get("body", b"") for message in sent[1:]).decode(), taken


async def test_a_body_without_a_length_is_measured_as_it_comes(database):
    start, page, taken = await asked([b"a" * 100_000] * 20)
    assert start["status"] == 413 and "内容太长" in page and taken == 20, "what is left is let by"
    assert (await asked([b"a=1", b"&b=2"]))[0]["status"] == 200


async def test_nobody_is_listened_to_for_ever(database, monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE", 1_000_000)
    start, _page, taken = await asked([b"a" * 100_000] * 1000)
    assert start["status"] == 413 and taken < 30


async def test_a_length_that_lies_is_not_believed(database):
    start, _page, _taken = await asked([b"a" * 100_000] * 10, length=10)
    assert start["status"] == 413


async def test_a_body_must_come_in_time_however_steadily_it_drips(database):
    before = settings.use(replace(settings.current(), body_seconds=1))
    try:
        start, page, taken = await asked([b"a"] * 1000, pause=0.3)
    finally:
        settings.use(before)
    assert start["status"] == 408 and "等得太久了" in page and taken < 5
    assert (b"connection", b"close") in start["headers"]


# -- files ---------------------------------------------------------------------------------------------------------------

FILES = {"path": "/files", "media": "multipart/form-data; boundary=x"}


def part(name: str, content: bytes) -> bytes:
    """A file in a multipart body."""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def test_files_come_with_the_words_where_they_are_asked_for(database):
    uploads = {"a": Upload("借条.jpg", b"x" * 3_000_000, "image/jpeg"), "b": Upload("", b"", "")}
    answer = await Browser(small).post("/files", {"words": "梅"}, uploads)
    assert answer.html == "words=%E6%A2%85 {'a': [('借条.jpg', 3000000)]}", "a field left empty is no file"
    assert (await Browser(small).post("/files", b"words=1")).html == "words=1 {}"


async def test_no_file_touches_the_disk_on_its_way(database, monkeypatch):
    def written(*_given, **_named):
        raise AssertionError("a file was put on the disk in clear")

    monkeypatch.setattr("tempfile._TemporaryFileWrapper.__init__", written)
    monkeypatch.setattr("tempfile.TemporaryFile", written)
    uploads = {"a": Upload("a.jpg", b"x" * 8_000_000, "image/jpeg")}
    assert (await Browser(small).post("/files", {}, uploads)).status == 200


async def test_of_three_hundred_megabytes_hardly_any_is_listened_to(database):
    start, page, taken = await asked([part("a", b"x" * 1_000_000)] * 300, length=300_000_000, **FILES)
    assert start["status"] == 413 and "照片分几次交" in page and taken < 40
    start, page, taken = await asked([b"x" * 1_000_000] * 300, **FILES)
    assert start["status"] in (400, 413) and taken < 100, "a body that does not say how long it is"


async def test_as_much_as_one_matter_may_keep_comes_through_and_no_more(database):
    before = settings.use(replace(settings.current(), papers_megabytes=1))
    try:
        fits, large = part("a", b"x" * 1_000_000) + b"--x--\r\n", part("a", b"x" * 1_700_000) + b"--x--\r\n"
        assert (await asked([fits], length=len(fits), **FILES))[0]["status"] == 200
        assert (await asked([large], length=len(large), **FILES))[0]["status"] == 413
        assert (await asked([fits], length=len(fits), media=FILES["media"]))[0]["status"] == 413
    finally:
        settings.use(before)


async def test_files_have_time_as_they_are_long(database):
    before = settings.use(replace(settings.current(), body_seconds=1))
    try:
        whole = part("a", b"x" * 800_000) + b"--x--\r\n"
        chunks = [whole[start : start + 200_000] for start in range(0, len(whole), 200_000)]
        slow = await asked([b"x" * 100] * 1000, pause=0.3)
        fair = await asked(chunks, length=len(whole), pause=0.4, **FILES)
        lying = await asked([part("a", b"x")] + [b"x"] * 50, length=600_000, pause=0.3)
    finally:
        settings.use(before)
    assert slow[0]["status"] == 408 and fair[0]["status"] == 200
    assert lying[0]["status"] == 408, "a length that is not allowed buys no time"


async def test_many_large_bodies_at_once_are_asked_to_come_again(database, monkeypatch):
    monkeypatch.setattr(bodies, "LARGE_AT_ONCE", 0)
    whole = part("a", b"x" * 700_000) + b"--x--\r\n"
    start, page, _taken = await asked([whole], length=len(whole), **FILES)
    assert start["status"] == 503 and "现在来的人太多" in page and (b"retry-after", b"30") in start["headers"]
    few = part("a", b"x" * 70_000) + b"--x--\r\n"
    assert (await asked([few], length=len(few), **FILES))[0]["status"] == 200, (
        "a small one always comes through"
    )
    assert bodies._large == 0
