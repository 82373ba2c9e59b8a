"""The notes on consultations, each kind by itself."""

from collections.abc import Sequence
from typing import Any

from portal.consultations.models import Consultation, Note, NoteKind
from portal.consultations.rules import notes
from portal.people.models import Person


async def shown(
    person: Person, consultations: Sequence[Consultation]
) -> list[tuple[NoteKind, list[dict[str, Any]]]]:
    """Kind by kind what this person may read on these consultations, the oldest first: `words`, `by`, `at`, `number`.

    Each consultation came through the door for this person and is judged by itself.
    """
    wanted = {one.id: (one, notes.reads(person, one)) for one in consultations}
    found = Note.filter(consultation_id__in=list(wanted)).order_by("created_at", "id")
    boxes: dict[NoteKind, list[dict[str, Any]]] = {
        kind: [] for kind in NoteKind if any(kind in kinds for _one, kinds in wanted.values())
    }
    for note in await found.select_related("author") if boxes else []:
        consultation, kinds = wanted[note.consultation_id]
        if note.kind in kinds and notes.is_for(note, consultation):
            by = note.author.name if note.author and note.kind != NoteKind.RESIDENT else ""
            boxes[NoteKind(note.kind)].append(
                {"words": note.words, "by": by, "at": note.created_at, "number": consultation.number}
            )
    return list(boxes.items())
