"""Three kinds of note are kept apart: each is read by its own kind of people, whatever page, list, file or search is asked."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, policy
from portal.booking.models import Appointment
from portal.conflicts.models import Wall
from portal.consultations.actions import notes as note_actions
from portal.consultations.models import Note, NoteKind
from portal.consultations.rules import notes
from portal.database import transaction
from portal.errors import TooMany
from portal.limits import Tally
from portal.people.models import Protection, Proxy, Scope
from portal.people.passwords import HASHER
from portal.privacy.queries import copies
from tests import make
from tests.canaries import everybody, seen
from tests.forms_browser import Browser

OWN, STAFFS, LAWYERS = "山雀是居民说的", "画眉是工作人员说的", "夜莺是律师说的"
PLANTED = {"resident": OWN, "staff": STAFFS, "lawyer": LAWYERS}


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def note(who, consultation, words: str) -> None:
    """Written through the page, as everybody does."""
    browser = await browser_of(who)
    page = await browser.get(f"/consultations/{consultation.number}")
    page = await page.form("/notes").fill(note=words).submit()
    assert page.status == 200 and page.has("备注已经保存", words)


@pytest.fixture
async def noted(cast) -> SimpleNamespace:
    """Mei's consultation with Chen: each kind has a note."""
    consultation = await make.consultation(cast.mei, await make.slot(cast.chen))
    await note(cast.mei, consultation, OWN)
    await note(cast.fang, consultation, STAFFS)
    await note(cast.chen, consultation, LAWYERS)
    number = consultation.number
    paths = [
        f"/consultations/{number}",
        f"/consultations/{number}/prescription",
        f"/consultations/of/{consultation.appointment.number}",
        f"/appointments/{consultation.appointment.number}",
        f"/lookup?number={number}",
        *(f"/consultations?state=all&q={words[:2]}" for words in PLANTED.values()),
        *("/consultations?state=all", "/desk", "/", "/me", "/privacy", "/queue", "/people", "/board"),
    ]
    return SimpleNamespace(consultation=consultation, paths=paths)


async def test_each_kind_of_people_reads_its_own_kind_and_nobody_else_reads_any(cast, noted):
    async with transaction():
        await Proxy.create(resident=cast.mei, agent=cast.tao, scopes=list(Scope), ends_on="2099-12-31")
    reads = {
        "mei": {"resident"},
        "chen": {"resident", "lawyer"},
        **{name: {"staff"} for name in ("fang", "he", "guo")},
    }
    for name, somebody in everybody(cast).items():
        assert await seen(somebody, noted.paths, PLANTED) == reads.get(name, set()), name


async def test_the_residents_own_copy_holds_their_note_and_no_other(cast, noted):
    said = str(await copies.everything(cast.mei))
    assert OWN in said and STAFFS not in said and LAWYERS not in said
    for somebody in (cast.fang, cast.chen.person):
        assert not [words for words in PLANTED.values() if words in str(await copies.everything(somebody))]


async def test_no_note_is_found_by_searching_even_by_who_may_read_it(cast, noted):
    for who, words in ((cast.mei, OWN), (cast.fang, STAFFS), (cast.chen, LAWYERS)):
        page = await (await browser_of(who)).get(f"/consultations?state=all&q={words[:2]}")
        assert not page.has(noted.consultation.number)


async def test_a_lawyers_note_passes_on_inside_the_firm_and_not_to_another(cast, noted):
    appointment = noted.consultation.appointment
    for lawyer, reads_notes in ((cast.wu, True), (cast.lin, False)):
        async with transaction():
            await Appointment.filter(id=appointment.id).update(lawyer_id=lawyer.id, firm_id=lawyer.firm_id)
        await make.confirm(await Appointment.get(id=appointment.id))
        expected = {"resident", "lawyer"} if reads_notes else {"resident"}
        assert await seen(lawyer.person, noted.paths, PLANTED) == expected
        assert await seen(cast.chen.person, noted.paths, PLANTED) == set()


async def test_before_the_names_are_looked_at_the_lawyer_reads_no_note_and_no_deadline(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen), is_confirmed=False)
    made = await make.consultation(cast.mei)
    async with transaction():
        await type(made).filter(id=made.id).update(appointment_id=booked.id)
        await Note.create(consultation=made, kind="resident", author=cast.mei, words=OWN)
        await Note.create(consultation=made, kind="staff", author=cast.fang, words=STAFFS)
    path = f"/consultations/{made.number}"
    assert await seen(cast.chen.person, [path, f"/consultations/of/{booked.number}"], PLANTED) == set()
    chen = await browser_of(cast.chen)
    assert (await chen.post(f"{path}/notes", {"note": "先写一句"})).status == 403
    sent = {"period": "labour_sue", "on": "2026-11-01"}
    for end in ("", "/confirmation", "/removal"):
        assert (await chen.post(f"{path}/deadlines{end}", sent)).status == 403, end


async def test_a_wall_hides_every_note_from_the_lawyer_at_once(cast, noted):
    async with transaction():
        appointment = noted.consultation.appointment
        await Wall.create(firm=cast.hengdao, matter_kind="appointment", matter=appointment.id)
    assert await seen(cast.chen.person, noted.paths, PLANTED) == set()
    chen = await browser_of(cast.chen)
    path = f"/consultations/{noted.consultation.number}/notes"
    assert (await chen.post(path, {"note": "还想写"})).status == 404


async def test_behind_a_passphrase_staff_read_no_note_and_write_none(cast, noted):
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase=HASHER.hash("银杏叶黄了"))
        await type(noted.consultation).filter(id=noted.consultation.id).update(protection_id=protection.id)
    for who in (cast.fang, cast.he, cast.guo, cast.mei):
        assert await seen(who, noted.paths, PLANTED) == set()
    fang = await browser_of(cast.fang)
    path = f"/consultations/{noted.consultation.number}/notes"
    assert (await fang.post(path, {"note": "还想写"})).status == 403
    assert await seen(cast.chen.person, noted.paths, PLANTED) == {"resident", "lawyer"}


async def test_only_who_has_a_kind_writes_and_only_that_kind(cast, noted):
    path = f"/consultations/{noted.consultation.number}/notes"
    async with transaction():
        await Proxy.create(resident=cast.mei, agent=cast.tao, scopes=[Scope.ADVICE], ends_on="2099-12-31")
    for who, status in ((cast.tao, 403), (cast.yu, 404), (cast.lin, 404), (cast.other.tang, 404)):
        assert (await (await browser_of(who)).post(path, {"note": "插一句"})).status == status
    fang = await browser_of(cast.fang)
    await fang.post(path, {"note": "再写一句", "kind": "lawyer"})
    assert (
        await Note.filter(kind=NoteKind.STAFF).count() == 2
        and await Note.filter(kind=NoteKind.LAWYER).count() == 1
    )


async def test_an_empty_or_endless_note_is_refused_with_what_was_typed(cast, noted):
    path = f"/consultations/{noted.consultation.number}/notes"
    for who in (cast.mei, cast.fang):
        browser = await browser_of(who)
        assert (await browser.post(path, {"note": " "})).has("请写几句再保存。")
        page = await browser.post(path, {"note": "长" * (notes.MOST_WORDS + 1)})
        assert page.status == 422 and page.has("长" * 100)


async def test_a_resident_writes_twenty_notes_a_day(cast):
    made = await make.consultation(cast.mei)
    made.relations = frozenset({policy.OWN})
    async with transaction():
        until = clock.now() + timedelta(hours=1)
        await Tally.create(key=f"note:{cast.mei.id}", count=19, until=until)
    await note_actions.write(cast.mei, made, "第二十句")
    with pytest.raises(TooMany):
        await note_actions.write(cast.mei, made, "还有一句")


async def test_staff_never_read_what_colleagues_wrote_about_their_own_matter(cast):
    own = await make.consultation(cast.fang, words="我自己的事")
    await note(cast.he, own, STAFFS)
    assert await seen(cast.fang, [f"/consultations/{own.number}"], PLANTED) == set()
