"""What the two sides agreed: by word of mouth, kept and in force at once, or on paper, in force when it is signed."""

from datetime import date

from portal import clock, journal
from portal.database import serialise, transaction
from portal.disputes.actions.moves import claim, judge, settle
from portal.disputes.models import OPEN, Agreement, Dispute, Outcome
from portal.errors import Conflict
from portal.people.models import Person


async def agree(
    person: Person,
    dispute: Dispute,
    *,
    form: Outcome,
    content: str,
    performance: str = "",
    amount: int = 0,
    perform_by: date | None = None,
    reached_on: date | None = None,
    level: int | None = None,
    signed: bool = False,
) -> Agreement:
    """Keep what was agreed. An oral agreement is in force on the day it is reached (人民调解法 30) and settles the
    dispute; a written one when the parties, the mediator and the seal are on it (29): until then it is a draft that can
    be written again under its own number."""
    judge(person, dispute, "settle")
    columns = {
        "form": form.value,
        "content": content,
        "performance": performance,
        "amount": amount,
        "perform_by": perform_by,
        "reached_on": reached_on or clock.today(),
        "signed": signed,
    }
    async with transaction():
        if dispute.state not in OPEN:
            raise Conflict
        if form == Outcome.WRITTEN and not signed:
            await claim(dispute)
        agreement = await _keep(person, dispute, columns)
        if form == Outcome.ORAL or signed:
            await settle(person, dispute, form, level)
    return agreement


async def sign(
    person: Person, dispute: Dispute, agreement: Agreement, reached_on: date | None = None
) -> None:
    """Everybody has signed and the seal is on it: the agreement is in force and the dispute is settled."""
    judge(person, dispute, "settle")
    async with transaction():
        draft = Agreement.filter(id=agreement.id, signed=False, form=Outcome.WRITTEN.value)
        if not await draft.update(signed=True, reached_on=reached_on or clock.today()):
            raise Conflict
        await journal.record(person, "sign", agreement, dispute=dispute.number)
        await settle(person, dispute, Outcome.WRITTEN)
    agreement.signed = True


async def oral(person: Person, dispute: Dispute, content: str, level: int | None = None) -> Agreement:
    """What was agreed by word of mouth today, kept inside the caller's transaction; the dispute is settled by it."""
    columns = {
        "form": Outcome.ORAL.value,
        "content": content,
        "performance": "",
        "reached_on": clock.today(),
    }
    agreement = await _keep(person, dispute, columns)
    await settle(person, dispute, Outcome.ORAL, level)
    return agreement


async def _keep(person: Person, dispute: Dispute, columns: dict) -> Agreement:
    """The dispute's draft written again, or a new agreement under the next number of this year."""
    year = clock.today().year
    await serialise(f"agreement {year}")  # one at a time takes the next number
    draft = await Agreement.filter(dispute_id=dispute.id, signed=False, form=Outcome.WRITTEN.value).first()
    if draft:
        await Agreement.filter(id=draft.id).update(**draft.sealed(**columns))
        await journal.record(person, "rewrite", draft, dispute=dispute.number, form=columns["form"])
        return await Agreement.get(id=draft.id)
    last = await Agreement.filter(year=year).order_by("-serial").first()
    made = await Agreement.create(
        dispute=dispute, year=year, serial=(last.serial if last else 0) + 1, **columns
    )
    await journal.record(person, "create", made, dispute=dispute.number, form=columns["form"])
    return made
