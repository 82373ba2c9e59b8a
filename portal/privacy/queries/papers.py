"""The papers that go along with somebody's copy, each under a name of ours."""

from typing import Any, NamedTuple

from portal import clock
from portal.attachments import queries as attachments
from portal.attachments.models import Kind, Place
from portal.booking.models import Wait
from portal.consultations.models import Consultation
from portal.people.models import Person
from portal.privacy.queries.openings import own

MOST_BYTES = (
    60 * 1024 * 1024
)  # of papers in one copy; the others are named in it, and opened with their consultation
ENDINGS = {Kind.JPEG: "jpg", Kind.PDF: "pdf"}


class Paper(NamedTuple):
    """One paper: what is said of it, where it lies, and its file in the copy, if it goes along."""

    said: dict[str, Any]
    place: Place
    key: Any
    file: str


async def papers(person: Person) -> list[Paper]:
    """Those with the matters of this person that are open to them, in the order in which they came."""
    found, total = list[Paper](), 0
    for kind in (Consultation, Wait):
        for record in await own(kind, person).order_by("id"):
            for n, row in enumerate(await attachments.listed(Place.of(record)), 1):
                total += row["size"]
                fits = total <= MOST_BYTES
                file = f"papers/{record.number}-{n}.{ENDINGS[Kind(row['kind'])]}" if fits else ""
                said = {
                    "number": record.number,
                    "name": row["name"],
                    "file": file,
                    "created_at": row["at"].astimezone(clock.CHINA).isoformat(timespec="seconds"),
                }
                found.append(Paper(said, Place.of(record), row["id"], file))
    return found


async def files(found: list[Paper]) -> dict[str, bytes]:
    """The papers that go along, by the name of their file."""
    opened = dict[str, bytes]()
    for paper in found:
        attachment = await attachments.found(paper.place, paper.key) if paper.file else None
        if attachment is not None:
            opened[paper.file] = await attachments.body(attachment)
    return opened
