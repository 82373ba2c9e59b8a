"""What must be true of a portal's data at any moment, and how to find what breaks it. Nothing here writes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

from tortoise import Tortoise
from tortoise.models import Model

from portal import anchors, database, journal, reindex, sealing
from portal.consultations import rules as consultations
from portal.consultations.models import Prescription, PrescriptionState
from portal.law import numbers
from portal.people.rules import MAY_COVER_ALL, PLACE_OF
from portal.records import Record
from portal.secrecy import Tampered

MOST = 20  # of one kind of fault are named; more of them are counted


class Result(NamedTuple):
    """A promise, and the records that break it."""

    promise: str
    broken: list[str]


# Each promise with the question whose rows break it; `name` is how a row is called. Both engines speak this SQL.
QUESTIONS = {
    "Every appointment that stands has the hold on its own time": """
        SELECT a.number AS name FROM appointment a LEFT JOIN hold h ON h.appointment_id = a.id AND h.slot_id = a.slot_id
        WHERE a.state IN ('booked', 'checked_in', 'called', 'parked', 'started', 'done') AND h.id IS NULL""",
    "No cancelled appointment keeps a time": """
        SELECT a.number AS name FROM hold h JOIN appointment a ON a.id = h.appointment_id WHERE a.state = 'cancelled'""",
    "A booked time is held for good, and any other hold ends and belongs to one at most": """
        SELECT h.id AS name FROM hold h WHERE (h.appointment_id IS NOT NULL AND h.ends_at IS NOT NULL)
        OR (h.appointment_id IS NULL AND h.ends_at IS NULL AND h.beside_id IS NULL)
        OR (h.browser <> '' AND (h.wait_id IS NOT NULL OR h.appointment_id IS NOT NULL))""",
    "A time is held for good beside another exactly when it is the second of that one's appointment": """
        SELECT h.id AS name FROM hold h JOIN hold f ON f.id = h.beside_id LEFT JOIN appointment a ON a.id = f.appointment_id
        WHERE h.ends_at IS NULL AND (a.id IS NULL OR a.second_slot_id IS NULL OR a.second_slot_id <> h.slot_id)""",
    "Who has two times has the next at the same desk, held with the first": """
        SELECT a.number AS name FROM appointment a JOIN slot s ON s.id = a.slot_id JOIN slot n ON n.id = a.second_slot_id
        LEFT JOIN hold f ON f.appointment_id = a.id LEFT JOIN hold h ON h.slot_id = n.id AND h.beside_id = f.id
        WHERE a.state <> 'cancelled' AND (n.lawyer_id <> s.lawyer_id OR n.starts_at <> s.ends_at
        OR h.id IS NULL OR h.ends_at IS NOT NULL)""",
    "No two appointments stand on one time": """
        SELECT MIN(t.number) AS name FROM (
          SELECT number, slot_id, state FROM appointment
          UNION ALL SELECT number, second_slot_id, state FROM appointment WHERE second_slot_id IS NOT NULL) t
        WHERE t.state NOT IN ('cancelled', 'missed') GROUP BY t.slot_id HAVING COUNT(*) > 1""",
    "A number is given to one person of a centre and a day": """
        SELECT MIN(a.number) AS name FROM appointment a JOIN slot s ON s.id = a.slot_id JOIN duty d ON d.id = s.duty_id
        WHERE a.ticket IS NOT NULL GROUP BY a.community_id, d.day, a.ticket HAVING COUNT(*) > 1""",
    "An appointment says the time and the lawyer of its slot": """
        SELECT a.number AS name FROM appointment a JOIN slot s ON s.id = a.slot_id
        WHERE a.state <> 'cancelled' AND (a.starts_at <> s.starts_at OR a.lawyer_id <> s.lawyer_id)""",
    "A time belongs to the lawyer whose morning it is, and ends after it starts": """
        SELECT s.id AS name FROM slot s JOIN duty d ON d.id = s.duty_id
        WHERE s.lawyer_id <> d.lawyer_id OR s.ends_at <= s.starts_at""",
    "No two times of one lawyer overlap": """
        SELECT s.id AS name FROM slot s JOIN slot o ON o.lawyer_id = s.lawyer_id AND o.id <> s.id
        AND o.starts_at >= s.starts_at AND o.starts_at < s.ends_at
        WHERE s.withdrawn_at IS NULL AND o.withdrawn_at IS NULL""",
    "A substitute is known with the instant at which they took the morning, and sits on it or was spared it later": """
        SELECT s.id AS name FROM swap s JOIN duty d ON d.id = s.duty_id WHERE (s.taken_by_id IS NULL) <> (s.taken_at IS NULL)
        OR (s.taken_at IS NOT NULL AND s.withdrawn_at IS NOT NULL)
        OR (s.taken_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM duty o WHERE o.lawyer_id = s.taken_by_id AND o.day = d.day))""",
    "Nobody left a morning before they came to it": """
        SELECT d.id AS name FROM duty d WHERE d.left_at IS NOT NULL AND (d.arrived_at IS NULL OR d.left_at < d.arrived_at)""",
    "Whoever was offered a time on the waitlist has until when to answer": """
        SELECT w.number AS name FROM wait w WHERE w.state = 'offered' AND w.offered_until IS NULL""",
    "A consultation has ended exactly when it was advised or closed, and says how": """
        SELECT c.number AS name FROM consultation c WHERE (c.state IN ('advised', 'closed')) <> (c.ended_at IS NOT NULL)
        OR (c.state IN ('advised', 'closed')) <> (c.outcome <> '')""",
    "What was merged was asked after what it was merged into, and what ended by it says where it goes on": """
        SELECT c.number AS name FROM consultation c LEFT JOIN consultation f ON f.id = c.merged_into_id
        WHERE f.created_at >= c.created_at OR (c.outcome = 'merged' AND f.id IS NULL)""",
    "A lawyer's note knows the firm that may read it, and no other note has one": """
        SELECT n.id AS name FROM note n WHERE (n.kind = 'lawyer') <> (n.firm_id IS NOT NULL)""",
    "The safe last day is never after the one that counts": """
        SELECT d.id AS name FROM deadline d WHERE d.last_on > d.rolled_on""",
    "Only what was advised is asked about once more, and handed over by the desk that was asked to": """
        SELECT c.number AS name FROM consultation c LEFT JOIN follow_up f ON f.consultation_id = c.id WHERE c.state <> 'advised'
        AND (c.handed_at IS NOT NULL OR f.id IS NOT NULL) OR c.handed_at IS NOT NULL AND c.deliver_by NOT IN ('print', 'call')""",
    "Exactly one prescription is in force for each consultation that was advised, and none for others": """
        SELECT c.number AS name FROM consultation c LEFT JOIN prescription p
        ON p.consultation_id = c.id AND p.state = 'issued'
        GROUP BY c.id, c.number, c.state HAVING COUNT(p.id) <> MAX(CASE WHEN c.state = 'advised' THEN 1 ELSE 0 END)""",
    "The versions of a prescription count up from one, and all but the newest are superseded": """
        SELECT MIN(p.number) AS name FROM prescription p WHERE p.version > 0
        GROUP BY p.consultation_id HAVING MIN(p.version) <> 1 OR MAX(p.version) <> COUNT(*)
        OR MAX(CASE WHEN p.state = 'superseded' THEN p.version ELSE 0 END)
        > MIN(CASE WHEN p.state = 'superseded' THEN 1000000 ELSE p.version END)""",
    "A dispute is settled exactly when it has a level it was settled at": """
        SELECT d.number AS name FROM dispute d WHERE (d.state = 'settled') <> (d.level_settled IS NOT NULL)
        OR (d.state = 'settled') <> (d.outcome IN ('written', 'oral'))""",
    "A dispute has ended exactly when it is not open, and says how": """
        SELECT d.number AS name FROM dispute d
        WHERE (d.state IN ('reported', 'accepted', 'mediating')) <> (d.ended_at IS NULL)
        OR (d.state IN ('reported', 'accepted', 'mediating')) <> (d.outcome = '')""",
    "A dispute stands on the ladder, and is settled no higher than it stands": """
        SELECT d.number AS name FROM dispute d WHERE d.level NOT BETWEEN 1 AND 6 OR d.level_arose NOT BETWEEN 1 AND 6
        OR d.level_settled > d.level OR d.people < 1 OR d.amount < 0""",
    "A settled dispute has its agreement, and a written one is signed": """
        SELECT d.number AS name FROM dispute d WHERE d.state = 'settled' AND NOT EXISTS (
          SELECT 1 FROM agreement a WHERE a.dispute_id = d.id AND a.form = d.outcome
          AND (a.form = 'oral' OR a.signed))""",
    "The files of agreements are numbered without a gap in each year": """
        SELECT MIN(a.number) AS name FROM agreement a GROUP BY a.year HAVING MIN(a.serial) <> 1 OR MAX(a.serial) <> COUNT(*)""",
    "A sitting was held only after both sides were told their rights": """
        SELECT s.id AS name FROM sitting s WHERE s.state = 'held' AND NOT s.rights_told""",
    "Feedback in somebody's hands has a handler and a date": """
        SELECT f.number AS name FROM feedback f WHERE f.state = 'dispatched'
        AND (f.handler = '' OR f.dispatched_at IS NULL OR f.due_at IS NULL)""",
    "Feedback that has ended was answered": """
        SELECT f.number AS name FROM feedback f
        WHERE f.state IN ('solved', 'unsolved', 'not_ours', 'confirmed') AND f.answered_at IS NULL""",
    "A lecture's taken seats are those of the people who have one, and no more than there are": """
        SELECT l.number AS name FROM lecture l LEFT JOIN sign_up s ON s.lecture_id = l.id AND s.state = 'seated'
        GROUP BY l.id, l.number, l.taken, l.capacity
        HAVING l.taken <> COALESCE(SUM(s.seats), 0) OR l.taken > l.capacity""",
    "A household visited has an answer and a time, and any other neither": """
        SELECT v.id AS name FROM visit v WHERE (v.answer = 'pending') <> (v.visited_at IS NULL)
        OR v.answer NOT IN ('pending', 'calm', 'need', 'dispute', 'absent')""",
    "A visit is to a household of its unit and of the round's grid": """
        SELECT v.id AS name FROM visit v JOIN household h ON h.id = v.household_id JOIN unit u ON u.id = v.unit_id
        JOIN building b ON b.id = u.building_id JOIN round r ON r.id = v.round_id
        WHERE h.unit_id <> v.unit_id OR b.grid_id <> r.grid_id""",
    "A motion was decided at a meeting that was held, with every vote counted; of ballots there are as many as voters": """
        SELECT m.number AS name FROM motion m LEFT JOIN meeting g ON g.id = m.meeting_id
        WHERE (SELECT COUNT(*) FROM voted v WHERE v.motion_id = m.id) <> (SELECT COUNT(*) FROM ballot b WHERE b.motion_id = m.id)
        OR m.state IN ('passed', 'rejected') AND (g.id IS NULL OR g.state <> 'held' OR m.decided_at IS NULL OR g.present > g.members
        OR m.votes_for IS NULL OR m.votes_for + COALESCE(m.votes_against, 0) + COALESCE(m.abstained, 0) > COALESCE(g.present, -1))""",
    "A motion passed only when more than half of those present and not aside were for it, and its ballots say so": """
        SELECT m.number AS name FROM motion m JOIN meeting g ON g.id = m.meeting_id WHERE m.state = 'passed' AND 2 * m.votes_for <= g.present - m.recused
        OR m.votes_for <> (SELECT SUM(CASE WHEN b.choice = 'for' THEN 1 ELSE 0 END) FROM ballot b WHERE b.motion_id = m.id)""",
    "A message that was sent says when and, save for codes, what was carried by hand and what was let go, in which words": """
        SELECT n.key AS name FROM notice n WHERE n.state = 'sent' AND (n.sent_at IS NULL
        OR (n.text = '' AND n.address <> '' AND n.channel = 'sms' AND n.kind <> 'people/code'))
        OR n.state NOT IN ('owed', 'sent', 'failed', 'withheld')""",
    "A telephone can be found exactly when there is one": """
        SELECT p.number AS name FROM person p WHERE (p.phone IS NULL) <> (p.phone_mark IS NULL)""",
    "Only those who hold an office can sign in with a password": """
        SELECT c.login AS name FROM credential c WHERE NOT EXISTS (SELECT 1 FROM post p WHERE p.person_id = c.person_id)""",
    "A side of a matter has a name or a telephone to be known by, until the matter is let go": """
        SELECT p.id AS name FROM party p WHERE p.name_mark = '' AND p.phone_mark = '' AND NOT EXISTS (
          SELECT 1 FROM journal_entry j WHERE j.verb = 'dispose' AND j.subject = CAST(p.matter AS TEXT))""",
    "Every paper that was handed in is there, and none is kept that was taken away": """
        SELECT a.id AS name FROM attachment a LEFT JOIN attachment_content c ON c.id = a.id
        WHERE (a.removed_at IS NULL) <> (c.id IS NOT NULL)
        UNION ALL SELECT c.id FROM attachment_content c LEFT JOIN attachment a ON a.id = c.id WHERE a.id IS NULL""",
    "Every paper lies with a matter or with a form, never with both or with none": """
        SELECT a.id AS name FROM attachment a
        WHERE (a.browser = '') <> (a.matter IS NOT NULL) OR (a.matter IS NULL) <> (a.matter_kind = '')""",
    "A conflict check is clear exactly when it met nobody, and nobody declared a conflict": """
        SELECT c.id AS name FROM conflict_check c
        WHERE c.is_clear <> (CAST(c.hits AS TEXT) = '[]' AND c.decision <> 'conflict')""",
    "Whom a firm met, or where its lawyer declared a conflict, it is kept out of": """
        SELECT c.id AS name FROM conflict_check c WHERE NOT c.is_clear AND NOT EXISTS (SELECT 1 FROM wall w
          WHERE w.firm_id = c.firm_id AND w.matter = c.matter)""",
    "A consultation began only when a lawyer had looked at the names": """
        SELECT c.number AS name FROM consultation c
        WHERE c.state IN ('started', 'advised') AND c.appointment_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM conflict_check k WHERE k.matter = c.appointment_id AND k.decision IN ('none', 'begun'))""",
}


async def check() -> AsyncIterator[Result]:
    """Every promise in turn, with what breaks it. Reads the whole database; needs it open."""
    for promise, find in SOUGHT.items():
        yield Result(promise, await find())
    for promise, sql in QUESTIONS.items():
        yield Result(promise, [str(row["name"]) for row in await database.rows(sql)])


async def foreign_keys() -> list[str]:
    """Rows that point at nothing."""
    if database.engine() == "sqlite":
        found = await database.rows("PRAGMA foreign_key_check")
        return sorted({f"{row['table']} → {row['parent']}" for row in found})
    sql = "SELECT conname AS name FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    return [row["name"] for row in await database.rows(sql)]


async def file_integrity() -> list[str]:
    """What SQLite itself finds wrong with its file; PostgreSQL keeps watch by itself."""
    if database.engine() != "sqlite":
        return []
    found = [next(iter(row.values())) for row in await database.rows("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def stateful() -> list[type[Model]]:
    """The models whose records move."""
    return [model for model in Tortoise.apps[database.APP].values() if hasattr(model, "MOVES")]


async def states_known() -> list[str]:
    """Records in a state that no move of their table leads to or from."""
    broken = []
    for model in stateful():
        known = {str(state) for move, to in model.MOVES.items() for state in (move[0], to)}  # type: ignore[attr-defined]
        rows = await model.all().exclude(state__in=sorted(known)).values("id", "state")
        broken += [f"{model.__name__} {row['id']} is {row['state']}" for row in rows]
    return broken


async def states_told() -> list[str]:
    """Records whose state is not where their last move in the journal left them."""
    last: dict[tuple[str, str], str] = {}
    told = journal.Entry.filter(detail__contains='"now"').order_by("id")
    for kind, subject, detail in await told.values_list("kind", "subject", "detail"):
        last[kind, subject] = str(json.loads(detail).get("now", ""))
    broken = []
    for model in stateful():
        kind = model.__name__.lower()
        for row in await model.all().values("id", "state"):
            left = last.get((kind, str(row["id"])))
            if left is not None and left != row["state"]:
                broken.append(f"{model.__name__} {row['id']} is {row['state']}, the journal left it {left}")
    return broken


async def prescriptions_unchanged() -> list[str]:
    """Issued prescriptions that no longer say what was hashed when they were issued, or anything at all after their words
    were let go; drafts that claim to be issued."""
    broken = []
    gone = journal.Entry.filter(kind="prescription", verb="dispose").values_list("subject", flat=True)
    let_go = {str(subject) for subject in await gone}
    for key in await Prescription.all().values_list("id", flat=True):
        try:
            one = await Prescription.get(id=key)
        except Tampered:
            broken.append(f"prescription {key}")
            continue
        if str(key) in let_go:
            is_whole = not any(getattr(one, name) for name in (*consultations.SECTIONS, "articles"))
        elif one.state == PrescriptionState.DRAFT:
            is_whole = not one.hash and one.issued_at is None
        else:
            is_whole = one.issued_at is not None and consultations.content_hash(one) == one.hash
        if not is_whole:
            broken.append(one.number)
    return broken


async def sealed_opens() -> list[str]:
    """Sealed values that are no envelope of their own row and column, need a key that is not in PORTAL_KEYS, or are found
    under a mark that is not theirs."""
    return [f"{place} of {row}: {wrong}" async for place, row, wrong in sealing.broken()]


async def found_by_their_words() -> list[str]:
    """Records that are not found by what they say, or by what they do not say, and traces of nothing."""
    return [wrong async for wrong in reindex.broken()]


async def numbers_readable() -> list[str]:
    """Records whose number could not be read back."""
    broken = []
    for model in Tortoise.apps[database.APP].values():
        if issubclass(model, Record):
            found = await model.all().values_list("number", flat=True)
            broken += [
                f"{model.__name__} {number}" for number in found if numbers.read(str(number)) != number
            ]
    return broken


async def offices_placed() -> list[str]:
    """Posts without the place their office minds, or with one it does not."""
    columns: tuple[str, ...] = ("unit", "building", "grid", "firm", "community", "street")
    rows: list[dict[str, Any]] = await database.rows(
        "SELECT id, role, unit_id AS unit, building_id AS building, grid_id AS grid, firm_id AS firm, "
        "community_id AS community, street_id AS street FROM post"
    )
    wanted = {role: {column} for role, column in PLACE_OF.items()}
    broken = []
    for row in rows:
        placed = {column for column in columns if row[column]}
        covers_all = not placed and row["role"] in MAY_COVER_ALL
        if placed != wanted.get(row["role"], set()) and not covers_all:
            broken.append(f"post {row['id']} ({row['role']})")
    return broken


SOUGHT: dict[str, Callable[[], Awaitable[list[str]]]] = {
    "The journal is one unbroken chain, as its anchors saw it": anchors.faults,
    "Every reference leads to a row": foreign_keys,
    "The file is whole": file_integrity,
    "Every record is in a state its table knows": states_known,
    "Every record is where the journal says it was left": states_told,
    "Every issued prescription says what it said when it was issued": prescriptions_unchanged,
    "Everything sealed opens, in its own row": sealed_opens,
    "Every record is found by what it says, and by nothing else": found_by_their_words,
    "Every number can be read back": numbers_readable,
    "Every office minds what it should": offices_placed,
}
