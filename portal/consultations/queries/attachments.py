"""The papers of a consultation as somebody may see them, and those that lie with a form that is not handed over yet."""

from collections.abc import Sequence
from typing import Any

from portal import clock
from portal.attachments import queries
from portal.attachments.models import Kind, Place
from portal.consultations.models import Consultation
from portal.consultations.rules import attachments as rules
from portal.languages import _, lazy_
from portal.people.models import Person

KIND_NAMES = {Kind.JPEG: lazy_("照片"), Kind.PDF: lazy_("PDF")}


async def shown(person: Person, consultations: Sequence[Consultation]) -> dict[str, Any]:
    """For the page of the first of these: `papers`, each with who brought it and whether this person may open it or take it
    back; `others`, how many there are besides that they may not read; `may_hand_in`.

    Each consultation came through the door and is judged by itself. Somebody who may not read sees what they handed in.
    """
    papers, others = list[dict[str, Any]](), 0
    for consultation in consultations:
        is_reader = rules.reads(person, consultation)
        for row in await queries.listed(Place.of(consultation)):
            if is_reader or row["by_id"] == person.id:
                papers.append(
                    {
                        **_said(row),
                        "number": consultation.number,
                        "by": _by(person, consultation, row),
                        "may_open": is_reader,
                        "may_take_back": rules.may_take_back(person, row["by_id"], consultation),
                    }
                )
            else:
                others += 1
    may_hand_in = rules.may_hand_in(person, consultations[0], clock.now())
    return {"papers": papers, "other_papers": others, "may_hand_in": may_hand_in}


async def in_form(browser: str, person: Person | None) -> list[dict[str, Any]]:
    """What was handed in with the form of this browser; not what somebody else signed in there brought."""
    rows = await queries.listed(Place.at(browser))
    mine = {None, person.id if person else None}
    lying = {"number": "", "by": "", "may_open": False, "may_take_back": True}
    return [{**_said(row), **lying} for row in rows if row["by_id"] in mine]


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "kind_name": KIND_NAMES[Kind(row["kind"])], "size": size(row["size"])}


def _by(person: Person, consultation: Consultation, row: dict[str, Any]) -> str:
    """Who brought it, as it is said to whoever looks: the name of a resident stands on the page already, or nowhere."""
    if row["by_id"] == person.id:
        return _("我交的")
    if row["by_id"] in (None, consultation.person_id):
        return _("居民交的")
    return _("%(name)s交的") % {"name": row["by"]}


def size(count: int) -> str:
    """Bytes as people read them: 640 KB, 2.3 MB."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))} KB"
    return f"{count / 1024 / 1024:.1f} MB"
