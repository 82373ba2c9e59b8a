"""What stands beside a consultation in the attacked world: notes of every kind, a paper, a day, one more question."""

from datetime import timedelta
from typing import Any

from portal import clock
from portal.attachments.models import Attachment, Content, Kind, Place
from portal.consultations.models import Consultation, Deadline, FollowUp, Note, NoteKind
from portal.records import new_id
from tests.attacks.world import Town

PHOTOGRAPH = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


async def surround(town: Town, consultation: Consultation, lawyer: Any) -> dict[str, str]:
    """Put one of each beside it, inside `transaction()`; what its addresses ask for besides its number."""
    owner = town.people["owner"].person
    await Note.create(consultation=consultation, kind=NoteKind.RESIDENT, author=owner, words="居民自己记的")
    await Note.create(
        consultation=consultation,
        kind=NoteKind.STAFF,
        author=town.people["dispatcher"].person,
        words="工作人员记的",
    )
    await Note.create(
        consultation=consultation,
        kind=NoteKind.LAWYER,
        author_id=lawyer.person_id,
        firm_id=lawyer.firm_id,
        words="律师记的",
    )
    await Deadline.create(
        consultation=consultation,
        period="lim_general",
        event_on=clock.today(),
        last_on=clock.today() + timedelta(days=15),
        rolled_on=clock.today() + timedelta(days=17),
    )
    key = new_id()
    columns = Place.of(consultation).columns
    await Attachment.create(id=key, name="借条", kind=Kind.JPEG, size=len(PHOTOGRAPH), by=owner, **columns)
    await Content.create(id=key, body=PHOTOGRAPH)
    return {"attachment": str(key)}


async def ask_once_more(consultation: Consultation, lawyer: Any) -> None:
    """The one further question about its 处方, answered."""
    await FollowUp.create(
        consultation=consultation,
        question="那利息怎么算",
        lawyer=lawyer,
        due_on=clock.today(),
        answer="按约定算",
        answered_by=lawyer,
        answered_at=clock.now(),
    )
