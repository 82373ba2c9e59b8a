"""The journal: one entry per deed, in one chain, that nobody rewrites."""

from asyncio import gather

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from portal import database, journal, states
from portal.booking.models import Appointment, State
from portal.database import transaction
from portal.errors import Conflict
from portal.journal import Entry
from tests import make


async def test_a_move_writes_exactly_one_entry_with_who_what_and_from_where(cast):
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen))
    async with transaction():
        await states.move(cast.mei, appointment, "cancel", detail={"by": "resident"})
    (entry,) = await journal.of(appointment)
    assert (entry["verb"], entry["actor"], entry["kind"]) == ("cancel", cast.mei.id, "appointment")
    assert entry["detail"] == {"was": "booked", "now": "cancelled", "by": "resident"}


async def test_a_move_that_is_rolled_back_leaves_no_entry(cast):
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen))
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await states.move(cast.mei, appointment, "cancel")
            raise ZeroDivisionError
    assert await journal.of(appointment) == []
    await appointment.refresh_from_db()
    assert appointment.state == State.BOOKED


async def test_of_two_who_move_the_same_record_the_second_is_told(cast):
    first = await make.appointment(cast.mei, await make.slot(cast.chen))
    second = await Appointment.get(id=first.id)

    async def cancel(record):
        async with transaction():
            await states.move(cast.mei, record, "cancel")

    outcomes = await gather(cancel(first), cancel(second), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
    assert len(await journal.of(first)) == 1


async def test_a_verb_the_table_does_not_know_is_a_conflict(cast):
    appointment = await make.appointment(cast.mei, await make.slot(cast.chen))
    with pytest.raises(Conflict):
        async with transaction():
            await states.move(cast.mei, appointment, "finish")


async def test_the_chain_holds_under_many_writers_at_once(cast):
    async def note(n: int) -> None:
        async with transaction():
            await journal.record(cast.mei, "note", cast.mei, n=n)
            await journal.record(cast.mei, "note", cast.mei, n=-n)

    await gather(*(note(n) for n in range(40)))
    assert await Entry.all().count() == 80
    assert (await journal.follow()).fault is None


@pytest.mark.parametrize("change", ["UPDATE journal_entry SET verb = 'x'", "DELETE FROM journal_entry"])
async def test_entries_take_no_change_and_no_deletion(cast, change):
    async with transaction():
        await journal.record(cast.mei, "note", cast.mei)
    with pytest.raises((IntegrityError, OperationalError)):
        async with transaction():
            await database.change(change)
    assert await Entry.filter(verb="note").count() == 1


async def test_an_entry_outside_a_transaction_is_a_mistake_of_ours(cast):
    with pytest.raises(RuntimeError):
        await journal.record(cast.mei, "note", cast.mei)
