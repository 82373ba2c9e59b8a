"""A passphrase before somebody's records: whoever holds their telephone learns neither what stands behind it nor that it does."""

from datetime import timedelta

import pytest

from app import app
from portal import clock, notices
from portal.database import transaction
from portal.delivery import text_of
from portal.errors import Refusal, TooMany
from portal.journal import Entry
from portal.notices import Channel, Notice, State
from portal.people import actions, passwords, queries
from portal.people.models import Person, Protection, Session
from tests import make
from tests.forms_browser import Browser

PHRASE, SECOND = "石榴树下 三块砖", "Three Bricks 7"
WORDS = "他半夜砸门，我不敢回家。"


@pytest.fixture
async def protected(cast):
    """An appointment and a consultation of Mei's behind her passphrase."""
    consultation = await make.consultation(cast.mei, await make.slot(cast.chen), WORDS)
    appointment = await consultation.appointment
    protection = await actions.protect(cast.mei, PHRASE, "call")
    async with transaction():
        for record in (consultation, appointment):
            await type(record).filter(id=record.id).update(protection_id=protection.id)
            record.protection_id = protection.id
    cast.consultation, cast.appointment, cast.protection = consultation, appointment, protection
    return cast


async def say(browser: Browser, words: str):
    return await (await browser.get("/quiet")).press("好", passphrase=words)


async def test_nothing_is_found_until_it_was_said_and_no_more_after_a_quarter_of_an_hour(protected):
    browser, now = await make.sign_in(Browser(app), protected.mei), clock.now()
    path = f"/appointments/{protected.appointment.number}"
    assert (await browser.get(path)).status == 404
    assert not (await browser.get("/desk")).has("陈明理") and path not in (await browser.get("/desk")).html
    page = await say(browser, "　石榴树下三 块砖 ")
    assert page.path == "/desk" and page.has("好的。") and path in page.html
    assert (await browser.get(path)).status == 200
    other = await make.sign_in(Browser(app), protected.mei)
    assert (await other.get(path)).status == 404, "another browser, though of the same person"
    with clock.standing_at(now + timedelta(minutes=15, seconds=5)):
        assert (await browser.get(path)).status == 404


async def test_the_page_and_the_answer_are_the_same_for_everybody(protected):
    seen = set()
    for who in (protected.mei, protected.tao, protected.yu):
        browser = await make.sign_in(Browser(app), who)
        page = await browser.get("/quiet")
        answer = await browser.post("/quiet", {"passphrase": "不是这一句"})
        me = await browser.get("/me")
        assert page.title.startswith("更多设置") and "更多设置" in me.text
        headers = sorted(name for name in answer.headers if name != "x-request-id")
        seen.add(
            (
                page.text.replace(who.name, ""),
                answer.status,
                answer.location,
                str(headers),
                answer.headers["set-cookie"],
            )
        )
    assert len(seen) == 1
    mine = await (await make.sign_in(Browser(app), protected.mei)).post("/quiet", {"passphrase": PHRASE})
    assert (mine.status, mine.location) == tuple(next(iter(seen))[1:3])
    assert mine.headers["set-cookie"] == next(iter(seen))[4]


async def test_it_takes_as_long_whether_there_is_one_or_not_and_leaves_the_same_traces(
    protected, monkeypatch
):
    counted, real = [], passwords.matches

    async def counting(kept, password):
        counted[-1] += 1
        return await real(kept, password)

    monkeypatch.setattr(passwords, "matches", counting)
    await actions.protect(protected.mei, SECOND, "none")
    for who, words in ((protected.mei, PHRASE), (protected.mei, "别的话语"), (protected.tao, "别的话语")):
        browser = await make.sign_in(Browser(app), who)
        counted.append(0)
        await browser.post("/quiet", {"passphrase": words})
    assert len(set(counted)) == 1 and counted[0] >= 3
    entries = await Entry.filter(verb="say")
    assert len(entries) == 3 and {entry.detail for entry in entries} == {"{}"}


async def test_each_passphrase_opens_what_is_behind_it_and_no_other_passphrase_is_told_of(protected):
    browser = await make.sign_in(Browser(app), protected.mei)
    second = await actions.protect(protected.mei, SECOND, "none")
    await say(browser, "three bricks７")
    assert (await Session.get(person_id=protected.mei.id)).protection_id == second.id
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 404
    await say(browser, PHRASE)
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 200
    await say(browser, "随便说一句")
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 404, (
        "and out of sight again"
    )


async def test_the_passphrase_of_somebody_else_opens_nothing(protected):
    browser = await make.sign_in(Browser(app), protected.tao)
    await say(browser, PHRASE)
    assert (await Session.get(person_id=protected.tao.id)).protection_id is None


async def test_ten_tries_an_hour(protected):
    browser = await make.sign_in(Browser(app), protected.mei)
    for _n in range(10):
        await browser.post("/quiet", {"passphrase": "不是这一句"})
    assert (await browser.post("/quiet", {"passphrase": PHRASE})).status == 429
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 404
    tao = await make.sign_in(Browser(app), protected.tao)
    for _n in range(10):
        await tao.post("/quiet", {"passphrase": "不是这一句"})
    assert (await tao.post("/quiet", {"passphrase": "不是这一句"})).status == 429, "for everybody alike"


async def test_leaving_hides_it_without_any_script_and_takes_nobody_back(protected):
    browser = await make.sign_in(Browser(app), protected.mei)
    page = await say(browser, PHRASE)
    (exit,) = page.all("//*[@data-exit]")
    left = await browser.get(exit.get("href"))
    assert left.status == 303 and left.location == exit.get("data-exit") and not left.body
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 404
    assert (await Browser(app).get("/leave")).location == left.location


async def test_signing_out_and_in_again_hides_it(protected):
    browser = await make.sign_in(Browser(app), protected.mei)
    await say(browser, PHRASE)
    await browser.post("/sign-out")
    await make.sign_in(browser, protected.mei)
    assert (await browser.get(f"/appointments/{protected.appointment.number}")).status == 404


@pytest.mark.parametrize("poor", ["五个字的话", "aaaaaaaa", "13800000001", "      ", "字" * 101])
async def test_a_passphrase_that_is_easily_guessed_is_refused(cast, poor):
    with pytest.raises(Refusal):
        await actions.protect(cast.mei, poor, "none")
    assert not await Protection.exists()


async def test_the_passphrase_itself_is_kept_nowhere(protected):
    kept = (await Protection.get()).passphrase
    assert kept.startswith("$argon2id$") and "石榴" not in kept
    with pytest.raises(TooMany):
        for _n in range(11):
            session = await queries.session_of(
                (await make.sign_in(Browser(app), protected.mei)).cookies["portal_session"]
            )
            await actions.say(protected.mei, session, "不是这一句")


# -- messages ------------------------------------------------------------------------------------------------------------


async def owed(person, about, kind: str = "booking/booked") -> Notice:
    async with transaction():
        return await notices.owe(
            person, kind, about=about, number="K7F3-29QX", starts_at=clock.now(), mode="desk", place=""
        )


async def test_a_message_about_a_protected_record_is_neutral_and_goes_only_the_way_that_was_chosen(protected):
    for record in (protected.appointment, protected.consultation):
        notice = await owed(protected.mei, record)
        assert (notice.channel, notice.kind, notice.read_values()) == (Channel.CALL, "neutral", {})
    async with transaction():
        await Protection.all().update(contact_by="sms")
    fresh = await type(protected.consultation).get(id=protected.consultation.id)
    notice = await owed(protected.mei, fresh)
    await notice.fetch_related("person")
    assert notice.channel == Channel.SMS and "K7F3" not in text_of(notice) and "服务中心" in text_of(notice)
    async with transaction():
        await Protection.all().update(contact_by="none")
    fresh = await type(protected.consultation).get(id=protected.consultation.id)
    assert (await owed(protected.mei, fresh)).state == State.WITHHELD


async def test_what_belongs_to_a_protected_record_is_protected_too(protected):
    from portal.consultations.models import Prescription

    prescription = Prescription(consultation_id=protected.consultation.id)
    assert (await owed(protected.mei, prescription)).kind == "neutral"


async def test_the_lawyer_of_a_protected_record_hears_as_usual(protected):
    notice = await owed(protected.chen.person, protected.appointment)
    assert notice.kind == "booking/booked" and notice.channel == Channel.SMS


async def test_whose_data_are_frozen_is_sent_nothing_but_their_codes(cast):
    async with transaction():
        waiting = await notices.owe(await Person.get(id=cast.mei.id), "booking/booked", number="K7F3-29QX")
        await Person.filter(id=cast.mei.id).update(frozen_at=clock.now())
    frozen = await Person.get(id=cast.mei.id)
    assert (await owed(frozen, None)).state == State.WITHHELD
    await actions.send_code("a" * 64, cast.mei.phone)
    assert (await make.last_notice(cast.mei.phone, "people/code")).state == State.OWED
    from portal import delivery

    sent = []

    async def send(notice, text):
        sent.append(notice.kind)
        return "1"

    await delivery.deliver(send)
    assert sent == ["people/code"] and (await Notice.get(id=waiting.id)).state == State.WITHHELD
