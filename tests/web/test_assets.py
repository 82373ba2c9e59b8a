"""Style sheets and pictures: from memory, under their hash, packed for whoever takes it, and nothing beside them."""

import gzip
import re

import pytest

from app import app
from portal.web import assets
from tests.forms_browser import Browser


async def test_the_style_sheet_is_one_file_kept_for_ever_under_its_hash(database):
    browser = Browser(app)
    [address] = (await browser.get("/privacy")).all('//link[@rel="stylesheet"]/@href')
    answer = await browser.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert b"@import" not in answer.body and b"@layer tokens{" in answer.body.replace(b" {", b"{")
    assert assets.load("css/app.css").version in address


async def test_an_asset_is_packed_only_for_whoever_takes_it(database):
    browser = Browser(app)
    packed = await browser.get("/static/css/app.css", headers={"Accept-Encoding": "gzip"})
    plain = await browser.get("/static/css/app.css", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert gzip.decompress(assets.load("css/app.css").packed) == plain.body == packed.body
    for answer in (packed, plain):
        assert set(answer.headers["vary"].split(", ")) == {"Accept-Encoding"}


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/none.css",
        "/static/../app.py",
        "/static/..%2Fapp.py",
        "/static/%2Fetc/passwd",
        "/static/css",
        "/static/%00",
    ],
)
async def test_nothing_beside_the_assets_is_served(database, path):
    assert (await Browser(app).get(path)).status == 404


async def test_a_picture_says_how_its_letters_are_written(database):
    answer = await Browser(app).get("/static/mark.svg")
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert assets.inline("mark.svg").startswith("data:image/svg+xml;charset=utf-8,")


def test_squeezing_leaves_the_meaning():
    assert assets.squeeze("a  {\n color : red; /* why */ margin: 0 auto;\n}") == "a{color :red;margin:0 auto}"


@pytest.mark.parametrize(
    "path", ["/", "/book", "/lawyers", "/lectures", "/plan", "/public", "/board/definitions"]
)
async def test_a_public_page_brings_the_offices_sheet_only_where_it_dresses_something(cast, path):
    page = await Browser(app).get(path)
    dressed = re.search(r'class="(?:chart|map|calendar|rates|board|plan)[ "_-]', page.html)
    assert page.status == 200 and bool(dressed) == ("css/office.css" in page.html)
