"""Whatever breaks a promise is found: each one is broken here on purpose, seen, and undone."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from portal import database, invariants, notices
from portal.booking.models import Appointment
from portal.conflicts.models import Check
from portal.database import change, engine, transaction
from portal.demo import load
from tests import make

LEAST = "(SELECT MIN(number) FROM {table} WHERE {what})"

# A promise, and what breaks it.
FAULTS: dict[str, str | Callable[[], Awaitable[object]]] = {
    "Every appointment that stands has the hold on its own time": "DELETE FROM hold",
    "No cancelled appointment keeps a time": "UPDATE appointment SET state = 'cancelled' WHERE number = "
    + LEAST.format(table="appointment", what="state = 'booked'"),
    "A booked time is held for good, and any other hold ends and belongs to one at most": (
        "UPDATE hold SET ends_at = created_at"
    ),
    "No two appointments stand on one time": (
        "UPDATE appointment SET slot_id = (SELECT slot_id FROM appointment WHERE state = 'done' ORDER BY number LIMIT 1)"
        " WHERE state = 'booked'"
    ),
    "A time is held for good beside another exactly when it is the second of that one's appointment": (
        "UPDATE hold SET ends_at = NULL, beside_id = (SELECT id FROM hold ORDER BY id LIMIT 1)"
        " WHERE id = (SELECT id FROM hold ORDER BY id DESC LIMIT 1)"
    ),
    "Who has two times has the next at the same desk, held with the first": (
        "UPDATE appointment SET second_slot_id = slot_id"
    ),
    "Every paper that was handed in is there, and none is kept that was taken away": (
        "DELETE FROM attachment_content"
    ),
    "Every paper lies with a matter or with a form, never with both or with none": (
        "UPDATE attachment SET browser = 'elsewhere'"
    ),
    "A number is given to one person of a centre and a day": "UPDATE appointment SET ticket = 1",
    "An appointment says the time and the lawyer of its slot": "UPDATE appointment SET starts_at = created_at",
    "A time belongs to the lawyer whose morning it is, and ends after it starts": "UPDATE slot SET ends_at = starts_at",
    "No two times of one lawyer overlap": (
        "UPDATE slot SET ends_at = (SELECT MAX(ends_at) FROM slot)"
        " WHERE id = (SELECT id FROM slot ORDER BY starts_at LIMIT 1)"
    ),
    "A substitute is known with the instant at which they took the morning, and sits on it or was spared it later": (
        "UPDATE swap SET taken_at = created_at"
    ),
    "Nobody left a morning before they came to it": "UPDATE duty SET arrived_at = NULL",
    "Whoever was offered a time on the waitlist has until when to answer": "UPDATE wait SET state = 'offered'",
    "A consultation has ended exactly when it was advised or closed, and says how": (
        "UPDATE consultation SET ended_at = NULL WHERE state = 'closed'"
    ),
    "What was merged was asked after what it was merged into, and what ended by it says where it goes on": (
        "UPDATE consultation SET merged_into_id = id WHERE state = 'asked'"
    ),
    "A lawyer's note knows the firm that may read it, and no other note has one": (
        "UPDATE note SET kind = 'lawyer' WHERE kind = 'staff'"
    ),
    "The safe last day is never after the one that counts": "UPDATE deadline SET rolled_on = event_on",
    "Only what was advised is asked about once more, and handed over by the desk that was asked to": (
        "UPDATE consultation SET handed_at = ended_at WHERE deliver_by = 'link'"
    ),
    "Exactly one prescription is in force for each consultation that was advised, and none for others": (
        "UPDATE prescription SET state = 'superseded'"
    ),
    "The versions of a prescription count up from one, and all but the newest are superseded": (
        "UPDATE prescription SET version = version + 5"
    ),
    "A dispute is settled exactly when it has a level it was settled at": "UPDATE dispute SET level_settled = NULL",
    "A dispute has ended exactly when it is not open, and says how": (
        "UPDATE dispute SET ended_at = NULL WHERE state = 'failed'"
    ),
    "A dispute stands on the ladder, and is settled no higher than it stands": (
        "UPDATE dispute SET level_settled = level + 1 WHERE state = 'settled'"
    ),
    "A settled dispute has its agreement, and a written one is signed": "UPDATE agreement SET signed = (1 = 0)",
    "The files of agreements are numbered without a gap in each year": "UPDATE agreement SET serial = serial + 1000",
    "A sitting was held only after both sides were told their rights": "UPDATE sitting SET rights_told = (1 = 0)",
    "Feedback in somebody's hands has a handler and a date": "UPDATE feedback SET due_at = NULL",
    "Feedback that has ended was answered": "UPDATE feedback SET answered_at = NULL",
    "A lecture's taken seats are those of the people who have one, and no more than there are": (
        "UPDATE sign_up SET seats = seats + 1"
    ),
    "A household visited has an answer and a time, and any other neither": "UPDATE visit SET answer = 'calm'",
    "A visit is to a household of its unit and of the round's grid": (
        "UPDATE round SET grid_id = (SELECT id FROM grid WHERE ordinal = 2)"
    ),
    "A motion was decided at a meeting that was held, with every vote counted; of ballots there are as many as voters": (
        "UPDATE motion SET votes_for = 90"
    ),
    "A motion passed only when more than half of those present and not aside were for it, and its ballots say so": (
        "UPDATE motion SET state = 'passed' WHERE state = 'rejected'"
    ),
    "A message that was sent says when and, save for codes, what was carried by hand and what was let go, in which words": "UPDATE notice SET state = 'sent'",
    "A telephone can be found exactly when there is one": "UPDATE person SET phone_mark = NULL",
    "Only those who hold an office can sign in with a password": "DELETE FROM post",
    "A side of a matter has a name or a telephone to be known by, until the matter is let go": "UPDATE party SET name_mark = '', phone_mark = ''",
    "Every record is in a state its table knows": "UPDATE dispute SET state = 'lost'",
    "Every record is where the journal says it was left": (
        "UPDATE dispute SET state = 'withdrawn' WHERE state = 'failed'"
    ),
    "Every issued prescription says what it said when it was issued": (
        "UPDATE prescription SET hash = 'f' WHERE state = 'issued'"
    ),
    "A consultation began only when a lawyer had looked at the names": (
        "UPDATE consultation SET state = 'advised' WHERE state = 'asked' AND appointment_id IS NOT NULL"
    ),
    "Everything sealed opens, in its own row": "UPDATE consultation SET words = other_side WHERE other_side <> ''",
    "Every record is found by what it says, and by nothing else": (
        "UPDATE trace SET record = source, tokens = 'ffffffff' WHERE part = 'advice'"
    ),
    "Every number can be read back": "UPDATE lecture SET number = 'OOOO-IIII' WHERE number = "
    + LEAST.format(table="lecture", what="capacity > 0"),
    "Every office minds what it should": (
        "UPDATE post SET grid_id = (SELECT id FROM grid WHERE ordinal = 1) WHERE role = 'lead'"
    ),
}


def fault(promise: str) -> Callable[[Callable[[], Awaitable[object]]], None]:
    return lambda plant: FAULTS.update({promise: plant})


@fault("Whom a firm met, or where its lawyer declared a conflict, it is kept out of")
async def declared() -> None:
    appointment = await Appointment.first()
    which = {"matter_kind": "appointment", "matter": appointment.id, "firm_id": appointment.firm_id}
    await Check.create(**which, searched={}, hits=[], is_clear=False, decision="conflict")


@fault("A conflict check is clear exactly when it met nobody, and nobody declared a conflict")
async def unclear() -> None:
    appointment = await Appointment.first()
    firm = appointment.firm_id
    await Check.create(
        matter_kind="appointment", matter=appointment.id, firm_id=firm, searched={}, hits=[], is_clear=False
    )


@fault("The journal is one unbroken chain, as its anchors saw it")
async def rewritten() -> None:
    if database.engine() == "sqlite":
        await change("DROP TRIGGER journal_entry_no_update")
    else:
        await change("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_no_update")
    await change(
        "UPDATE journal_entry SET verb = 'forgive' WHERE id = (SELECT MIN(id) + 7 FROM journal_entry)"
    )


@fault("Every reference leads to a row")
async def orphaned() -> None:
    if database.engine() == "sqlite":
        await change("PRAGMA defer_foreign_keys = ON")
        await change("DELETE FROM firm")
    else:
        await change(
            "ALTER TABLE lawyer ADD CONSTRAINT doubtful FOREIGN KEY (firm_id) REFERENCES firm NOT VALID"
        )


class Undo(Exception):
    """Leaves the transaction without what was done in it."""


async def broken_promises() -> dict[str, list[str]]:
    return {result.promise: result.broken async for result in invariants.check() if result.broken}


async def test_every_promise_is_seen_to_break(database):
    await load()
    async with transaction():
        await notices.owe(await make.by_phone("13800000001"), "booking/booked", number="K7F3-29QX")
    assert await broken_promises() == {}
    # Whoever breaks these has the database to themselves: a prescription that was issued takes no change otherwise.
    on = "" if engine() == "sqlite" else " ON prescription"
    async with transaction():
        for verb in ("update", "delete"):
            await change(f"DROP TRIGGER prescription_issued_no_{verb}{on}")
    unseen = []
    for promise, plant in FAULTS.items():
        with pytest.raises(Undo):
            async with transaction():
                await (change(plant) if isinstance(plant, str) else plant())
                find = invariants.SOUGHT.get(promise)
                found = await find() if find else await database_rows(invariants.QUESTIONS[promise])
                unseen += [] if found else [promise]
                raise Undo
    assert unseen == []
    assert await broken_promises() == {}


async def database_rows(sql: str) -> list[str]:
    return [row["name"] for row in await database.rows(sql)]


def test_every_promise_has_its_fault():
    promises = {*invariants.QUESTIONS, *invariants.SOUGHT} - {
        "The file is whole"
    }  # tests/commands/test_copies.py
    assert promises == set(FAULTS)


def test_what_is_broken_is_named_and_the_command_fails(type_in, database_url):
    assert "Everything holds." in type_in("verify").stdout

    async def tamper() -> str:
        await database.connect(database_url)
        try:
            of = await make.lawyer()
            made = await make.appointment(await make.person(), await make.slot(of))
            async with transaction():
                await change("DELETE FROM hold")
            return made.number
        finally:
            await database.close()

    number = asyncio.run(tamper())
    ended = type_in("verify")
    assert ended.exit_code == 1
    assert "✗ Every appointment that stands has the hold on its own time" in ended.stdout
    assert number in ended.stdout and ended.stderr == "1 of these are broken.\n"
