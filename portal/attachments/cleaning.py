"""A stranger's file made harmless: told by its content, rebuilt from what can be seen of it, and everything else left behind.

This file is a program of its own. It reads a file and writes what became of it, in a process that knows no key and no
database, has little memory and little time, and is over after one file: whatever hides in a photograph meets nothing there.
It imports nothing of the portal.
"""

import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

SECONDS, MEMORY = 20, 1536 * 1024 * 1024  # of computing; bytes
MOST_PIXELS = 52_000_000  # what a telephone of 50 megapixels takes
LONGEST_SIDE, QUALITY = 3000, 85  # A4 at 250 dots an inch: small print stays readable
MOST_PAGES = 100
HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# Why a file is not taken; portal/attachments/rules.py says it to people.
UNKNOWN, LOCKED, BROKEN, LARGE, LONG = "unknown", "locked", "broken", "large", "long"


class Refused(Exception):
    """The file is not taken; the text is one of the reasons above."""


def sort_of(content: bytes) -> str:
    """What a file is by how it begins: a format of Pillow's, PDF, or nothing that is taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        return "HEIF"
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "PDF"
    raise Refused(UNKNOWN)


def clean(content: bytes) -> tuple[str, bytes]:
    """(jpeg or pdf, the file as it is kept). Raises Refused."""
    sort = sort_of(content)
    return ("pdf", _paper(content)) if sort == "PDF" else ("jpeg", _photograph(content, sort))


# -- photographs ---------------------------------------------------------------------------------------------------------


def _photograph(content: bytes, sort: str) -> bytes:
    """The picture as JPEG, upright, with nothing beside the picture: no place, no camera, no remark."""
    from PIL import Image, ImageOps

    if sort == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        picture: Any = Image.open(io.BytesIO(content), formats=[sort])
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(LARGE)
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is never unfolded whole
        picture.load()
        picture = ImageOps.exif_transpose(picture)
        picture = _in_colour(picture)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    except Image.DecompressionBombError:
        raise Refused(LARGE) from None
    picture.info = {}
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()


def _in_colour(picture: Any) -> Any:
    """Red, green and blue on white paper, whatever it was made of."""
    from PIL import Image

    if picture.mode.startswith("I"):  # sixteen bits of grey
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture.convert("RGB")


# -- papers --------------------------------------------------------------------------------------------------------------

PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents")
MARK = (
    "/Rect",
    "/AP",
    "/AS",
    "/F",
)  # of a stamp, a signature, something filled in: how it looks, and no more
WITHOUT_LOOK = frozenset({"/Link", "/Popup", "/FileAttachment", "/Movie", "/Sound", "/Screen", "/RichMedia"})
ACTS = frozenset(
    {
        *("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ResetForm", "/ImportData", "/GoTo", "/GoToR"),
        *("/GoToE", "/GoTo3DView", "/Thread", "/Named", "/Hide", "/SetOCGState", "/Rendition", "/Trans"),
        *("/Movie", "/Sound", "/RichMediaExecute"),
    }
)
GONE = frozenset(
    {
        *(
            "/JS",
            "/JavaScript",
            "/AA",
            "/OpenAction",
            "/EmbeddedFiles",
            "/EF",
            "/Filespec",
            "/XFA",
            "/Metadata",
        ),
        *("/PieceInfo", "/LastModified", "/StructParent", "/StructParents", "/OPI", "/Ref", "/Thumb"),
    }
)
KINDS_GONE = frozenset({"/Action", "/Filespec", "/EmbeddedFile", "/Metadata", "/F"})
NAMED = frozenset(
    {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs"}
)  # what the names in these are is the maker's: a font may be called /JS


def _paper(content: bytes) -> bytes:
    """The pages as they look, written anew: no script, no action, no link, no file inside, no form, no word about its making."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, NameObject

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused(LOCKED)
    if len(reader.pages) > MOST_PAGES:
        raise Refused(LONG)
    if not reader.pages:
        raise Refused(BROKEN)
    writer, been = PdfWriter(), dict[int, Any]()
    for page in reader.pages:
        marks = ArrayObject(_looks(page.get("/Annots")))
        for key in [key for key in page if key not in PAGE]:
            del page[key]
        page[NameObject("/Type")] = NameObject("/Page")
        if marks:
            page[NameObject("/Annots")] = marks
        _scrub(page, been)
        writer.add_page(page)  # takes along what the page still leads to, and nothing else
    writer.metadata = None
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _looks(marks: Any) -> Iterator[Any]:
    """Of what lies on a page, what can be seen: each as a stamp that cannot be changed and does nothing."""
    from pypdf.generic import DictionaryObject, NameObject, NumberObject

    for one in _seen(marks) or []:
        mark = _seen(one)
        if (
            not isinstance(mark, DictionaryObject)
            or mark.get("/Subtype") in WITHOUT_LOOK
            or "/AP" not in mark
        ):
            continue
        stamp = DictionaryObject({NameObject(key): mark.raw_get(key) for key in MARK if key in mark})
        stamp[NameObject("/Type")] = NameObject("/Annot")
        stamp[NameObject("/Subtype")] = NameObject("/Stamp")
        flags = _seen(mark.get("/F", 0))
        stamp[NameObject("/F")] = NumberObject((flags if isinstance(flags, int) else 0) | 0b1_1100_0100)
        yield stamp


def _seen(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _scrub(page: Any, been: dict[int, Any]) -> None:
    """Take out of everything a page leads to what acts, carries a file, or tells of its making. `been`: what was seen to."""
    from pypdf.generic import ArrayObject, DictionaryObject

    waiting: list[tuple[Any, bool]] = [(page, False)]
    while waiting:
        value, is_names = waiting.pop()
        if id(value) in been:
            continue
        been[id(value)] = value
        if isinstance(value, DictionaryObject):
            for key in list(value):
                inside = _seen(value.raw_get(key))
                holds_names = key in NAMED and not is_names
                if (key in GONE and not is_names) or (not holds_names and _acts(inside)):
                    del value[key]
                else:
                    waiting.append((inside, holds_names))
            _bare(value)
        elif isinstance(value, ArrayObject):
            inner = [one for one in value if not _acts(_seen(one))]
            if len(inner) < len(value):
                value[:] = inner
            waiting += [(_seen(one), False) for one in inner]


def _acts(value: Any) -> bool:
    """Is this an action, a file, or a note about how something was made?"""
    if not hasattr(value, "get") or not hasattr(value, "raw_get"):
        return False
    kind = _seen(value.get("/Type"))
    is_act = _seen(value.get("/S")) in ACTS and kind in (None, "/Action")
    return is_act or kind in KINDS_GONE or "/EF" in value or "/JS" in value


def _bare(stream: Any) -> None:
    """A photograph inside a paper loses its remarks too: where it was taken, with what."""
    data = getattr(stream, "_data", None)
    filters = stream.get("/Filter")
    only = filters[0] if isinstance(filters, list) and len(filters) == 1 else filters
    if isinstance(data, bytes) and only == "/DCTDecode":
        stream._data = without_remarks(data)


def without_remarks(jpeg: bytes) -> bytes:
    """A JPEG without its segments of remarks; those that say how its colours are meant stay (JFIF, ICC, Adobe)."""
    kept, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        mark, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        is_remark = mark == 0xFE or (0xE0 <= mark <= 0xEF and mark not in (0xE0, 0xE2, 0xEE))
        if not is_remark:
            kept += jpeg[at : at + 2 + length]
        at += 2 + length
    return bytes(kept + jpeg[at:])


# -- the program ---------------------------------------------------------------------------------------------------------


def _confined() -> None:
    """Little time and memory for this process, where the system can hold it to them."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a file from standard input; write `+`, its kind, a line break and the clean file, or `-` and why not."""
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    try:
        kind, kept = clean(content)
        said = b"+" + kind.encode() + b"\n" + kept
    except Refused as refused:
        said = b"-" + str(refused).encode()
    except MemoryError:
        said = b"-" + LARGE.encode()
    except Exception:
        said = b"-" + BROKEN.encode()
    sys.stdout.buffer.write(said)


if __name__ == "__main__":
    _confined()
    main()
