"""Whatever somebody hands in, what is kept is a picture or a paper and nothing else."""

import asyncio
import io
import sys
import time

import pytest
from PIL import Image
from pypdf import PdfReader

from portal.attachments import cleaning, inspection
from portal.attachments.cleaning import BROKEN, LARGE, LOCKED, LONG, UNKNOWN, Refused
from portal.attachments.inspection import inspect
from portal.attachments.models import Kind
from tests.attachments import files

SORTS = ["JPEG", "PNG", "WEBP", "HEIF"]


async def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        await inspect(content)
    return str(refused.value)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["JPEG"])


# -- photographs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", SORTS)
async def test_a_photograph_of_any_kind_becomes_a_jpeg_that_says_nothing_but_the_picture(sort):
    given = files.photograph(sort)
    assert files.REMARK.encode() in given
    kind, kept = await inspect(given)
    picture = opened(kept)
    assert kind == Kind.JPEG and picture.size == (640, 400)
    for trace in (b"Exif", files.REMARK.encode(), b"http://", b"ICC_PROFILE", b"GPS"):
        assert trace not in kept, trace
    assert not picture.getexif() and set(picture.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }
    assert max(picture.getpixel((40, 40))) < 40 and min(picture.getpixel((600, 380))) > 215


@pytest.mark.parametrize(
    ("turned", "corner"), [(1, (10, 10)), (3, (630, 390)), (6, (390, 10)), (8, (10, 630))]
)
async def test_a_photograph_stands_upright_however_the_telephone_was_held(turned, corner):
    _kind, kept = await inspect(files.photograph(turned=turned))
    picture = opened(kept)
    assert picture.size == ((640, 400) if turned in (1, 3) else (400, 640))
    assert max(picture.getpixel(corner)) < 40


async def test_a_large_photograph_is_made_smaller_and_small_print_stays():
    _kind, kept = await inspect(files.photograph(size=(8160, 6120)))
    assert max(opened(kept).size) == 3000 and len(kept) < 1_000_000


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "I;16"])
async def test_every_way_to_write_colours_is_read(mode):
    made = files.picture(mode="RGB")
    if mode == "I;16":
        grey = made.convert("L").point(lambda value: value * 257, "I").convert("I;16")
        given = files.plain("PNG", grey)
    else:
        given = files.plain("JPEG" if mode == "CMYK" else "PNG", made.convert(mode))
    picture = opened((await inspect(given))[1])
    assert picture.mode == "RGB"
    assert max(picture.getpixel((40, 40))) < 60 and min(picture.getpixel((600, 380))) > 200


async def test_what_is_transparent_lies_on_white_paper():
    clear = Image.new("RGBA", (50, 50), (255, 0, 0, 0))
    assert opened((await inspect(files.plain("PNG", clear)))[1]).getpixel((25, 25)) == (255, 255, 255)


async def test_of_a_moving_picture_the_first_is_kept():
    several = [Image.new("RGB", (60, 60), colour) for colour in ("black", "white")]
    given = files.plain("WEBP", several[0], save_all=True, append_images=several[1:])
    assert max(opened((await inspect(given))[1]).getpixel((30, 30))) < 30


# -- what is no photograph -----------------------------------------------------------------------------------------------

STRANGE = {
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "program": b"MZ" + b"\0" * 200,
    "script": b"#!/bin/sh\nrm -rf /\n",
    "tiff": b"II*\x00" + b"\0" * 40,
    "avif": b"\x00\x00\x00\x1cftypavif" + b"\0" * 40,
    "mp4": b"\x00\x00\x00\x1cftypisom" + b"\0" * 40,
    "word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "postscript": b"%!PS-Adobe-3.0",
    "nothing": b"",
    "a letter": b"x",
}


@pytest.mark.parametrize("what", STRANGE)
async def test_what_is_neither_photograph_nor_pdf_is_not_taken_whatever_it_is_called(what):
    assert await refusal(STRANGE[what]) == UNKNOWN


@pytest.mark.parametrize("sort", SORTS)
async def test_a_photograph_that_breaks_off_is_broken(sort):
    given = files.photograph(sort, size=(1200, 900))
    assert await refusal(given[: len(given) // 2]) == BROKEN
    assert await refusal(given[:40]) == BROKEN


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x1cftypheic"]
)
async def test_a_page_that_begins_like_a_photograph_is_broken(head):
    assert await refusal(head + STRANGE["html"] * 20) == BROKEN


@pytest.mark.parametrize(
    "tail", [STRANGE["html"], STRANGE["zip"], b"%PDF-1.4\n1 0 obj", b"<?php system($_GET[1]); ?>"]
)
async def test_of_what_is_a_photograph_and_something_else_too_the_photograph_is_left(tail):
    kind, kept = await inspect(files.photograph() + tail)
    assert kind == Kind.JPEG and tail not in kept
    kind, kept = await inspect(files.photograph(comment=tail[:4000]))
    assert kind == Kind.JPEG and tail not in kept


async def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unfolded():
    bomb = files.plain("PNG", Image.new("1", (16_000, 16_000)))
    assert len(bomb) < 1_000_000
    began = time.monotonic()
    assert await refusal(bomb) == LARGE
    assert time.monotonic() - began < 5
    assert await refusal(files.plain("PNG", Image.new("1", (10_000, 5_300)))) == LARGE


# -- papers --------------------------------------------------------------------------------------------------------------


async def test_a_paper_keeps_its_pages_and_its_words():
    kind, kept = await inspect(files.written(files.paper(3, "IOU of 30000 yuan")))
    reader = PdfReader(io.BytesIO(kept))
    assert kind == Kind.PDF and len(reader.pages) == 3
    assert all("IOU of 30000 yuan" in page.extract_text() for page in reader.pages)


async def test_nothing_acts_hides_or_tells_in_a_paper_that_is_kept():
    given = files.hostile_paper()
    assert files.unpacked(given).count(b"hostile") > 20 and files.HIDDEN in files.unpacked(given)
    _kind, kept = await inspect(given)
    seen = files.unpacked(kept)
    assert b"hostile" not in seen and files.HIDDEN not in seen and files.REMARK.encode() not in seen
    for word in (
        b"/JavaScript",
        b"/OpenAction",
        b"/AA",
        b"/EmbeddedFile",
        b"/Filespec",
        b"/Launch",
        b"/URI",
        b"/XFA",
    ):
        assert word not in seen, word
    for word in (
        b"/AcroForm",
        b"/Metadata",
        b"/Names",
        b"/PieceInfo",
        b"/Info",
        b"/Widget",
        b"/Link",
        b"Exif",
        b"PK\x03\x04",
    ):
        assert word not in seen, word
    reader = PdfReader(io.BytesIO(kept))
    assert "IOU 30000" in reader.pages[0].extract_text() and not reader.metadata and not reader.attachments
    assert opened(reader.pages[0].images[0].data).size == (640, 400)


async def test_a_seal_on_a_paper_is_still_to_be_seen():
    """An electronic seal is a field of a form: how it looks stays, what it does goes."""
    _kind, kept = await inspect(files.hostile_paper())
    (seal,) = PdfReader(io.BytesIO(kept)).pages[0]["/Annots"]  # type: ignore[misc]
    seen = seal.get_object()
    assert set(seen) == {"/Type", "/Subtype", "/Rect", "/AP", "/F"} and seen["/Subtype"] == "/Stamp"
    assert b"(SEAL)" in seen["/AP"]["/N"].get_data()


async def test_a_locked_paper_is_said_to_be_locked_and_one_that_opens_without_a_password_is_taken():
    assert await refusal(files.locked_paper()) == LOCKED
    _kind, kept = await inspect(files.locked_paper(""))
    reader = PdfReader(io.BytesIO(kept))
    assert not reader.is_encrypted and "IOU" in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.4\n" + b"x" * 5000, b"%PDF-1.4\ntrailer <</Root 1 0 R>>\n%%EOF"]
)
async def test_a_paper_that_cannot_be_read_is_broken(content):
    assert await refusal(content) == BROKEN
    whole = files.written(files.paper())
    assert await refusal(whole[:60]) == BROKEN


async def test_a_book_is_too_long():
    assert await refusal(files.written(files.paper(cleaning.MOST_PAGES + 1))) == LONG
    kind, _kept = await inspect(files.written(files.paper(cleaning.MOST_PAGES)))
    assert kind == Kind.PDF


def test_a_photograph_inside_a_paper_keeps_its_colours_and_loses_its_remarks():
    given = files.photograph(icc_profile=b"colours of the camera")
    bare = cleaning.without_remarks(given)
    assert files.REMARK.encode() not in bare and b"Exif" not in bare and b"colours of the camera" in bare
    assert opened(bare).tobytes() == opened(given).tobytes()
    for odd in (b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x00", b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 9):
        assert len(cleaning.without_remarks(odd)) <= len(odd)


# -- the process ---------------------------------------------------------------------------------------------------------


def program(monkeypatch, source: str) -> None:
    monkeypatch.setattr(inspection, "PROGRAM", (sys.executable, "-I", "-c", source))


async def test_the_process_knows_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("PORTAL_KEYS", "k" * 40)
    program(monkeypatch, "import os; print(end='-' + ','.join(sorted(os.environ)))")
    assert await refusal(b"x") in ("LC_ALL", "LC_ALL,LC_CTYPE")


async def test_a_process_that_takes_too_long_or_falls_is_a_broken_file(monkeypatch):
    monkeypatch.setattr(inspection, "PATIENCE", 0.5)
    program(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    assert await refusal(b"x") == BROKEN and time.monotonic() - began < 5
    program(monkeypatch, "import os; os.abort()")
    assert await refusal(b"x") == BROKEN


async def test_memory_and_time_of_the_process_are_bounded():
    source = (
        "import runpy, sys; cleaning = runpy.run_path(sys.argv[1]); cleaning['_confined']();"
        "import resource as r; print([r.getrlimit(x)[0] for x in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE)])"
    )
    import anyio

    done = await anyio.run_process((sys.executable, "-I", "-c", source, cleaning.__file__))
    assert done.stdout.decode().strip() == str([cleaning.SECONDS, cleaning.MEMORY, 0])
    source = (
        "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__');"
        "import resource as r; print(r.getrlimit(r.RLIMIT_AS)[0])"
    )
    done = await anyio.run_process((sys.executable, "-I", "-c", source, cleaning.__file__), input=b"x")
    assert done.stdout.decode() == f"-{UNKNOWN}{cleaning.MEMORY}\n", "the program itself begins with that"


async def test_two_are_looked_at_at_once_and_whoever_comes_then_waits(monkeypatch):
    inside: list[int] = []
    most = 0

    async def slowly(_content: bytes) -> bytes:
        nonlocal most
        inside.append(1)
        most = max(most, len(inside))
        await asyncio.sleep(0.01)
        inside.pop()
        return b"+jpeg\n"

    monkeypatch.setattr(inspection, "_asked", slowly)
    await asyncio.gather(*(inspect(b"x") for _n in range(6)))
    assert most == 2
