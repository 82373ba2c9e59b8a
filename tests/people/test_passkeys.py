"""Passkeys: a key on one's own device opens one's own office, in one browser, for one challenge, and nothing else."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app import app
from portal import clock, settings
from portal.errors import Refusal, TooMany
from portal.journal import Entry
from portal.people import actions, queries
from portal.people.models import Passkey, Person, Post, Session, Way
from tests import make
from tests.forms_browser import Browser, Form, Page
from tests.people.authenticator import PRESENT, Authenticator

SITE, HERE, THERE = "portal.localhost", "browser one", "browser two"
ORIGIN, PASSWORD = f"https://{SITE}", "three chairs two pots"


@pytest.fixture
async def fang(cast, in_service) -> SimpleNamespace:
    """Fang with an account and a device that she registered."""
    await actions.make_account(None, cast.fang, "fang.min", PASSWORD)
    device = Authenticator(ORIGIN, SITE)
    passkey = await registered(cast.fang, device)
    return SimpleNamespace(person=cast.fang, device=device, passkey=passkey)


async def registered(who: Person, device: Authenticator, name: str = "办公室电脑") -> Passkey:
    options = json.loads(await actions.registration(who, HERE))
    return await actions.register_passkey(who, HERE, device.create(options), name)


async def asked(browser: str = HERE) -> dict:
    return json.loads(await actions.assertion(actions.SIGN_IN, browser))


# -- registering -----------------------------------------------------------------------------------------------------------


async def test_a_device_is_asked_for_a_key_that_shows_two_things(fang, cast):
    options = json.loads(await actions.registration(cast.fang, HERE))
    chosen = options["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert options["rp"]["id"] == SITE and options.get("attestation", "none") == "none"
    assert [one["id"] for one in options["excludeCredentials"]] == [fang.passkey.key]


@pytest.mark.parametrize(
    "device",
    [
        Authenticator("https://portal.localhost.evil.example", SITE),
        Authenticator("http://portal.localhost", SITE),
        Authenticator(ORIGIN, "evil.example"),
        Authenticator(ORIGIN, SITE, flags=PRESENT),
        Authenticator(ORIGIN, SITE, flags=0),
    ],
    ids=["another site", "no TLS", "another party", "nobody verified", "nobody there"],
)
async def test_a_key_made_elsewhere_or_by_nobody_is_not_taken(cast, in_service, device):
    await actions.make_account(None, cast.fang, "fang.min", PASSWORD)
    with pytest.raises(actions.NoPasskey):
        await registered(cast.fang, device)
    assert await Passkey.all().count() == 0


async def test_a_challenge_is_taken_once_in_its_browser_in_time_and_for_its_person(cast, in_service):
    for who, login in ((cast.fang, "fang.min"), (cast.he, "he.jing")):
        await actions.make_account(None, who, login, PASSWORD)
    now = clock.now()
    with clock.standing_at(now):
        options = json.loads(await actions.registration(cast.fang, HERE))
        answer = Authenticator(ORIGIN, SITE).create(options)
        with pytest.raises(actions.NoPasskey):
            await actions.register_passkey(cast.fang, THERE, answer, "x")
        with pytest.raises(actions.NoPasskey):
            await actions.register_passkey(cast.he, HERE, answer, "x")
    with clock.standing_at(now + timedelta(minutes=10, seconds=2)), pytest.raises(actions.NoPasskey):
        await actions.register_passkey(cast.fang, HERE, answer, "x")
    assert await actions.register_passkey(cast.fang, HERE, answer, "x")
    with pytest.raises(actions.NoPasskey):
        await actions.register_passkey(cast.fang, HERE, answer, "x")
    assert await Passkey.all().count() == 1


async def test_somebody_elses_key_is_not_registered_again(fang, cast):
    await actions.make_account(None, cast.he, "he.jing", PASSWORD)
    with pytest.raises(actions.NoPasskey):
        await registered(cast.he, fang.device)
    assert (await Passkey.get()).person_id == cast.fang.id


async def test_one_key_more_or_less_ends_every_session_but_the_one_in_use(fang, cast):
    mine = await queries.session_of(await actions.open_session(cast.fang, 12, Way.OFFICE))
    others = [await actions.open_session(cast.fang, 12, Way.OFFICE)]
    options = json.loads(await actions.registration(cast.fang, HERE))
    made = Authenticator(ORIGIN, SITE).create(options)
    await actions.register_passkey(cast.fang, HERE, made, "家里", mine)
    assert await queries.session_of(others[0]) is None
    others.append(await actions.open_session(cast.fang, 12, Way.OFFICE))
    assert await actions.remove_passkey(cast.fang, fang.passkey.id, mine)
    assert await queries.session_of(others[1]) is None
    assert mine is not None and (await Session.get(id=mine.id)).revoked_at is None


async def test_ten_keys_are_enough(fang, cast):
    for n in range(9):
        await registered(cast.fang, Authenticator(ORIGIN, SITE), f"设备{n}")
    with pytest.raises(Refusal, match="最多"):
        await registered(cast.fang, Authenticator(ORIGIN, SITE))


async def test_a_resident_registers_none(cast, in_service):
    with pytest.raises(Refusal):
        await actions.registration(cast.mei, HERE)
    browser = await make.sign_in(Browser(app), cast.mei)
    for path in ("/me/passkeys", "/me/passkeys/options"):
        assert (await browser.get(path)).status == 404


# -- signing in ------------------------------------------------------------------------------------------------------------


async def test_a_passkey_opens_its_owners_office_without_a_password(fang):
    person = await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)
    assert (person.id, person.roles) == (fang.person.id, {"dispatcher"})
    known = await Passkey.get()
    assert known.sign_count == 1 and known.used_at is not None


@pytest.mark.parametrize("counts", [True, False], ids=["counts", "does not count"])
async def test_an_answer_opens_once_and_in_its_own_browser(fang, counts):
    fang.device.counts = counts
    answer = fang.device.get(await asked())
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(answer, THERE)
    assert await actions.sign_in_by_passkey(answer, HERE)
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(answer, HERE)


async def test_an_answer_meant_for_something_else_opens_nothing(fang):
    session = await queries.session_of(await actions.open_session(fang.person, 12, Way.OFFICE))
    confirming = json.loads(await actions.assertion(f"{actions.CONFIRM}:{session.id}", HERE, fang.person))
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(confirming), HERE)
    with pytest.raises(actions.NoPasskey):
        await actions.confirm_by_passkey(session, fang.device.get(await asked()), HERE)


async def test_a_twin_of_a_device_is_noticed(fang):
    await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)
    fang.device.count = 0
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)


async def test_another_device_does_not_sign_for_this_one(fang):
    thief = Authenticator(ORIGIN, SITE)
    thief.id = fang.device.id
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(thief.get(await asked()), HERE)


@pytest.mark.parametrize(
    "how", [{"flags": PRESENT}, {"origin": "https://evil.example"}, {"site": "evil.example"}]
)
async def test_an_answer_given_elsewhere_or_by_nobody_opens_nothing(fang, how):
    for name, value in how.items():
        setattr(fang.device, name, value)
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)


async def test_a_challenge_of_ones_own_making_opens_nothing(fang):
    forged = {**await asked(), "challenge": "AAAA" * 18 + "AAA"}
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(forged), HERE)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "{}",
        "\0",
        '{"response": 1}',
        '{"response": {"clientDataJSON": "e30"}}',
        "x" * 20_000,
    ],
)
async def test_nonsense_opens_nothing_and_breaks_nothing(fang, answer):
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(answer, HERE)
    page = await Browser(app).post("/staff/sign-in/passkey", {"assertion": answer})
    assert page.status == 422 and page.has("没有认出来")


async def test_a_broken_answer_to_a_good_challenge_breaks_nothing(fang):
    for part in ("authenticatorData", "signature", "userHandle"):
        for bad in ("", "AAAA", "%%%", 7, None, {"a": []}):
            answer = json.loads(fang.device.get(await asked()))
            answer["response"][part] = bad
            try:
                await actions.sign_in_by_passkey(json.dumps(answer), HERE)
            except actions.NoPasskey:
                continue
            except TooMany:
                return
            assert part == "userHandle", "only what is not asked for may be missing"


async def test_a_key_of_somebody_whose_office_ended_opens_nothing(fang, cast):
    await actions.end_post(cast.guo, await Post.get(person_id=fang.person.id))
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)


async def test_an_invitation_ends_every_key(fang, cast):
    link = await actions.invite(cast.guo, fang.person)
    await actions.accept(link.rsplit("/", 1)[1], "fang.min", PASSWORD)
    with pytest.raises(actions.NoPasskey):
        await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)


async def test_trying_keys_ends_after_thirty_times_in_a_browser(fang):
    for _try in range(30):
        with pytest.raises(actions.NoPasskey):
            await actions.sign_in_by_passkey("{}", HERE)
    with pytest.raises(TooMany):
        await actions.sign_in_by_passkey(fang.device.get(await asked()), HERE)


async def test_a_portal_at_a_bare_address_offers_none(fang):
    before = settings.current()
    assert actions.house() == (SITE, ORIGIN)
    for site, expected in (
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("https://Clinic.example.org:443", ("clinic.example.org", "https://clinic.example.org")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
    ):
        settings.use(replace(before, site=site))
        assert actions.house() == expected
    settings.use(before)


# -- on the pages ------------------------------------------------------------------------------------------------------------


async def answered(form: Form, answer: str) -> Page:
    """What the script does: write the device's answer into the form and send it."""
    values = {"back": form["back"], "assertion": answer}
    return await form.page.browser.post(form.action, values, follow=True)


async def test_a_key_is_added_used_renamed_and_removed_on_the_pages(cast, in_service):
    await actions.make_account(None, cast.fang, "fang.min", PASSWORD)
    device, browser = Authenticator(ORIGIN, SITE), await make.sign_in(Browser(app), cast.fang)
    page = await (await browser.get("/me")).click("管理通行密钥")
    made = device.create((await browser.get("/me/passkeys/options")).json)
    page = await browser.post("/me/passkeys", {"name": "", "assertion": made})
    assert page.status == 422
    page = await browser.post("/me/passkeys", {"name": "我的手机", "assertion": made}, follow=True)
    assert page.has("我的手机", "登记好了")

    other = Browser(app)
    page = await other.get("/staff/sign-in?back=/people")
    form = page.form("/staff/sign-in/passkey")
    assert form.element.get("hidden") is not None, "without a script there is no button that does nothing"
    answer = device.get((await other.get(form.element.get("data-options"))).json)
    page = await answered(form, answer)
    assert page.path == "/people" and page.status == 200

    page = await (await browser.get("/me/passkeys")).press("改名字", name="旧手机")
    assert page.has("旧手机") and not page.has("我的手机")
    key = (await Passkey.get()).id
    he = await make.sign_in(Browser(app), cast.he)
    assert (await he.post(f"/me/passkeys/{key}/removal")).status == 404
    assert (await he.post(f"/me/passkeys/{key}/name", {"name": "x"})).status == 404
    assert (await page.press("删掉")).has("还没有登记")
    verbs = await Entry.filter(kind="passkey").order_by("id").values_list("verb", flat=True)
    assert verbs == ["add_passkey", "remove_passkey"]


async def test_a_dangerous_act_is_confirmed_with_a_key(fang):
    now = clock.now()
    with clock.standing_at(now):
        browser = await make.sign_in(Browser(app), fang.person)
    with clock.standing_at(now + timedelta(minutes=16)):
        page = await browser.get("/me/passkeys", follow=True)
        assert page.path == "/confirm"
        form = page.form("/confirm/passkey")
        options = (await browser.get("/confirm/passkey")).json
        assert [one["id"] for one in options["allowCredentials"]] == [fang.passkey.key]
        page = await answered(form, "{}")
        assert page.status == 422
        options = (await browser.get("/confirm/passkey")).json
        page = await answered(page.form("/confirm/passkey"), fang.device.get(options))
        assert page.path == "/me/passkeys"


async def test_a_colleagues_key_confirms_nothing(fang, cast):
    await actions.make_account(None, cast.he, "he.jing", PASSWORD)
    theirs = Authenticator(ORIGIN, SITE)
    await registered(cast.he, theirs)
    session = await queries.session_of(await actions.open_session(fang.person, 12, Way.OFFICE))
    options = json.loads(await actions.assertion(f"{actions.CONFIRM}:{session.id}", HERE, fang.person))
    with pytest.raises(actions.NoPasskey):
        await actions.confirm_by_passkey(session, theirs.get(options), HERE)
