"""What leaves the portal as a file: no spreadsheet calculates with it, no line of it can be broken, its name is plain."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

FORMULAS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2\x85|\xe2\x80[\xa8\xa9]")


def table(name: str, titles: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Response:
    """A table for spreadsheets, as CSV in UTF-8 with the mark by which they know it."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow([cell(title) for title in titles])
    sheet.writerows([cell(value) for value in row] for row in rows)
    return _attached(text.getvalue().encode("utf-8-sig"), name, "csv", "text/csv; charset=utf-8")


def calendar(name: str, body: bytes) -> Response:
    """A calendar file. Its lines end where the calendar ends them (RFC 5545) and nowhere else."""
    return _attached(STRAY.sub(b" ", body), name, "ics", "text/calendar; charset=utf-8")


def archive(name: str, files: Mapping[str, str | bytes]) -> Response:
    """Texts and papers in one zip file; their names are ours, never a person's."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for file, text in files.items():
            packed.writestr(file, text)
    return _attached(body.getvalue(), name, "zip", "application/zip")


def paper(name: str, body: bytes) -> Response:
    """A document as PDF. Its name is its number, so that nobody learns from a list of files what it is about."""
    return _attached(body, name, "pdf", "application/pdf")


def photograph(name: str, body: bytes) -> Response:
    """A photograph to look at: in a browser a picture and nothing else, whatever its bytes would like to be."""
    shown = _attached(body, name, "jpg", "image/jpeg")
    shown.headers["Content-Disposition"] = shown.headers["Content-Disposition"].replace(
        "attachment", "inline", 1
    )
    shown.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return shown


def cell(value: Any) -> str:
    """A cell in one line that no spreadsheet takes for a formula. A figure of ours stays a figure."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = UNPRINTED.sub(" ", str(value))
    return f"'{text}" if _first_seen(text) in FORMULAS or str(value)[:1] in ("\t", "\r", "\n") else text


def _first_seen(text: str) -> str:
    """The first character that shows: blanks and marks without a width before it are passed over."""
    return next(
        (one for one in text if not one.isspace() and unicodedata.category(one) not in ("Cf", "Mn")),
        "",
    )


def _attached(body: bytes, name: str, ending: str, media: str) -> Response:
    """A file to keep, never a page to show. The name keeps letters, digits, points and dashes of ASCII."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip(".-") or "file"
    kept = {"Content-Disposition": f'attachment; filename="{plain}.{ending}"'}
    return Response(body, media_type=media, headers=kept)
