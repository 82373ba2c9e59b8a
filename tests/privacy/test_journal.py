"""The auditor sees what was done and to which record, in their own communities, and never a word or a resident's name."""

from datetime import timedelta

import pytest

from app import app
from portal import clock, journal
from portal.booking import actions as booking
from portal.conflicts import actions as conflicts
from portal.conflicts.models import Side
from portal.conflicts.rules import Names
from portal.database import transaction
from portal.journal import Entry
from portal.people.actions import glass
from portal.people.models import Cause, Role
from portal.privacy import journal_pages
from portal.privacy.queries import journal as reading
from portal.privacy.queries.journal import Asked
from tests import make
from tests.forms_browser import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture
async def done(cast):
    """Something was done in both communities, by residents, staff and the portal."""
    mine = await make.consultation(cast.mei, await make.slot(cast.chen), words="金丝雀的话")
    theirs = await make.consultation(cast.other.an, words="金丝雀的话", community=cast.other.places.community)
    async with transaction():
        await journal.record(cast.mei, "create", mine)
        await journal.record(cast.other.an, "create", theirs)
        await journal.record(cast.chen.person, "open", mine)
        await journal.record(cast.fang, "rename", cast.mei)
        await journal.record(cast.other.tang, "unmask", cast.other.an)
        await journal.record(None, "lapse", mine)
        await conflicts.meet(
            "appointment", mine.appointment_id, Side.CLIENT, "梅秀英", "", None, cast.hengdao.id
        )
    cast.mine, cast.theirs = mine, theirs
    cast.all = await make.person("孔总审", Role.AUDITOR, community=None)
    cast.here = await make.person("孔本地", Role.AUDITOR, community=cast.places.community)
    return cast


async def told(auditor, **asked) -> list[tuple[str, str]]:
    found = await reading.look(auditor, Asked(**asked))
    return [(line.did, line.number) for line in found.lines]


async def test_one_of_the_portal_sees_everything_and_one_of_a_community_what_is_its_own(done):
    every = await told(done.all)
    assert ("新建", done.theirs.number) in every and ("新建", done.mine.number) in every
    here = await told(done.here)
    assert ("新建", done.mine.number) in here and ("改姓名", done.mei.number) in here
    numbers = {number for _did, number in here}
    assert done.theirs.number not in numbers and done.other.an.number not in numbers
    there = await make.person("唐外地", Role.AUDITOR, community=done.other.places.community)
    numbers = {number for _did, number in await told(there)}
    assert done.theirs.number in numbers and done.mine.number not in numbers


async def test_what_is_done_to_a_matter_belongs_where_the_matter_does(done):
    async with transaction():
        await conflicts.store(
            done.fang, "appointment", done.mine.appointment_id, done.lanting.id, *await names(), [done.mei.id]
        )
    assert {("查利益冲突", ""), ("隔离律所", "")} <= set(await told(done.here))
    there = await make.person("唐外地", Role.AUDITOR, community=done.other.places.community)
    assert not {("查利益冲突", ""), ("隔离律所", "")} & set(await told(there))


async def names():
    return Names.of(["梅秀英"]), Names.of(["陶建国"])


async def test_each_filter_finds_its_own_and_nothing_else(done):
    assert await told(done.all, verb="open") == [("打开查看", done.mine.number)]
    assert {did for did, _number in await told(done.all, kind="person")} == {"改姓名", "查看电话"}
    assert await told(done.all, role="dispatcher", kind="person", verb="rename") == [
        ("改姓名", done.mei.number)
    ]
    assert await told(done.all, name="陈明") == [("打开查看", done.mine.number)]
    assert len(await told(done.all, number=done.mine.number)) == 3
    assert await told(done.all, number="K7F3-29QX") == await told(done.all, name="没有这个人") == []
    today, yesterday = clock.today(), clock.today() - timedelta(days=1)
    assert len(await told(done.all, day=today)) == await Entry.all().count()
    assert await told(done.all, day=yesterday) == []


async def test_a_resident_is_a_resident_and_staff_have_a_name_and_an_office(done):
    found = {(line.name, line.office) for line in (await reading.look(done.all, Asked())).lines}
    assert ("陈明理", "律师") in found and ("方敏", "接单员") in found and ("", "") in found
    assert not any("梅" in name or "安" in name for name, _office in found)


async def test_pages_follow_each_other_without_a_gap_for_the_whole_and_for_a_part(done):
    async with transaction():
        for n in range(130):
            await journal.record(done.fang, "unmask", done.mei if n % 3 else done.other.an, n=n)
    for auditor, most in ((done.all, 50), (done.here, 20)):
        seen, before = [], None
        while True:
            found = await reading.look(auditor, Asked(verb="unmask"), before, most)
            seen += [line.id for line in found.lines]
            if found.before is None:
                break
            before = found.before
        ids = await Entry.filter(verb="unmask").order_by("-id").values_list("id", "subject")
        ours = [key for key, subject in ids if auditor is done.all or subject == str(done.mei.id)]
        assert seen == ours


async def test_a_day_is_found_among_many_without_reading_them_all(done):
    now, old = clock.now(), clock.now() - timedelta(days=40)
    async with transaction():
        last = await Entry.all().order_by("-id").first()
        for n in range(40):
            with clock.standing_at(now + timedelta(days=n)):
                await journal.record(done.fang, "visit", done.mei)
    assert last is not None and old < now
    with clock.standing_at(now + timedelta(days=40)):
        day = clock.day_of(now + timedelta(days=17))
        assert len(await told(done.all, day=day, verb="visit")) == 1


async def test_the_page_shows_no_word_the_file_holds_the_same_and_only_auditors_enter(done):
    browser = await make.sign_in(Browser(app), done.all)
    shown = await browser.get("/journal")
    assert shown.status == 200 and shown.has("打开查看", "陈明理", done.mine.number, "每天的封存")
    assert "金丝雀" not in shown.text and "梅秀英" not in shown.text and "1380000" not in shown.text
    form = shown.form("/journal").fill(verb="open")
    again = await form.submit()
    assert again.has("打开查看", done.mine.number) and done.theirs.number not in again.text
    for wrong in (
        "?day=2026-02-31",
        "?before=x",
        "?verb=%00",
        "?name=%00",
        "?number=1'--",
        "?day=9999-12-31",
    ):
        assert (await browser.get(f"/journal{wrong}")).status == 200
    file = await browser.get("/journal/export?verb=open")
    assert file.status == 200 and done.mine.number in file.body.decode("utf-8-sig")
    assert len(file.body.decode("utf-8-sig").strip().splitlines()) == 2
    english = await make.sign_in(Browser(app, language="en"), done.all)
    assert (await english.get("/journal")).has("Opened to read", "Daily seals")
    for who in (done.mei, done.chen.person, done.fang, done.guo, done.xu, done.jiang):
        other = await make.sign_in(Browser(app), who)
        assert {(await other.get(path)).status for path in ("/journal", "/journal/export")} == {404}


@pytest.mark.parametrize("typed", ["2026-W07-1", "20260209", "２０２６-02-09", "1999-01-01"])
def test_a_day_is_read_in_one_spelling_alone(typed):
    assert journal_pages._day("2026-02-09") is not None and journal_pages._day(typed) is None


async def test_broken_glasses_are_listed_with_their_kind_of_reason_and_whether_somebody_looked(done):
    broken = await glass.break_glass(done.fang, done.mine, next(iter(Cause)), "金丝雀的理由在这里写着")
    for auditor in (done.all, done.here):
        ((listed, number),) = await reading.glasses(auditor)
        assert (listed.id, number) == (broken.id, done.mine.number)
    there = await make.person("唐外地", Role.AUDITOR, community=done.other.places.community)
    assert await reading.glasses(there) == []
    shown = await (await make.sign_in(Browser(app), done.all)).get("/journal")
    assert shown.has("等待复核", done.mine.number, "方敏") and "金丝雀" not in shown.text


async def test_every_change_and_every_reading_is_one_entry(cast):
    """A booking from its making to its end, step by step: exactly one entry for each."""
    slot = await make.slot(cast.chen)
    booked = await make.appointment(cast.mei, slot)
    asked = await make.consultation(cast.mei, appointment=booked)
    lawyer = await make.sign_in(Browser(app), cast.chen.person)
    for n in (1, 2):
        assert (await lawyer.get(f"/consultations/{asked.number}")).status == 200
        opened = [entry["actor"] for entry in await journal.of(asked) if entry["verb"] == "open"]
        assert opened == [cast.chen.person.id] * n
    resident = await make.sign_in(Browser(app), cast.mei)
    assert (await resident.get(f"/consultations/{asked.number}")).status == 200
    assert len([entry for entry in await journal.of(asked) if entry["verb"] == "open"]) == 2
    with clock.standing_at(slot.starts_at):
        for verb in ("check_in", "call", "start", "finish"):
            before = await Entry.all().count()
            record = await type(booked).get(id=booked.id).select_related("lawyer", "person")
            await getattr(booking, verb)(cast.chen.person, record)
            assert await Entry.all().count() == before + 1
    assert [entry["verb"] for entry in await journal.of(booked) if entry["verb"] != "open"] == [
        *("check_in", "call", "start", "finish"),
    ]
