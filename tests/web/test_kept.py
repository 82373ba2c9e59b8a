"""What was typed while the session ended comes back, to whoever wrote it and to nobody else."""

from datetime import timedelta

from app import app
from portal import clock, work
from portal.database import rows, transaction
from portal.people import actions
from portal.people import work as people_work
from portal.people.models import KeptForm, Person, Session
from tests import make
from tests.forms_browser import Browser

WORDS = "楼上漏水三年了，找过物业两次。\n“他说\\不关他的事”。"


async def end_sessions() -> None:
    async with transaction():
        await Session.all().update(revoked_at=clock.now())


async def lost(browser: Browser, words: str = WORDS):
    """A form of somebody whose session has just ended: where it led."""
    await end_sessions()
    return await browser.post("/me/name", {"name": words})


async def test_what_was_typed_comes_back_after_signing_in_and_is_sent_with_one_press(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    page = await lost(browser, "梅  阿姨\n二行")
    kept = await KeptForm.get()
    assert page.status == 303 and page.location.endswith(f"/sign-in?back=%2Fkept%2F{kept.id}")
    assert (await Person.get(id=cast.mei.id)).name == cast.mei.name, "nothing was done meanwhile"
    await make.sign_in(browser, cast.mei)
    page = await browser.get(f"/kept/{kept.id}")
    assert page.has("您刚才填写的内容还在", "梅 阿姨") and page.headers["cache-control"] == "no-store"
    page = await page.press("接着提交")
    assert page.path == "/me" and page.has("名字记下了")
    assert (await Person.get(id=cast.mei.id)).name == "梅 阿姨 二行"
    assert not await KeptForm.exists() and (await browser.get(f"/kept/{kept.id}")).status == 404


async def test_it_lies_sealed_in_the_database(cast):
    await lost(await make.sign_in(Browser(app), cast.mei))
    (row,) = await rows("SELECT * FROM kept_form")
    for word in ("漏水", "/me/name", str(cast.mei.id), "name"):
        assert word not in str(dict(row)).replace("browser", ""), word


async def test_nobody_else_is_given_it_whatever_browser_or_person_they_are(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    await lost(browser)
    path = f"/kept/{(await KeptForm.get()).id}"
    await make.sign_in(browser, cast.tao)
    other = await make.sign_in(Browser(app), cast.mei)
    for who in (browser, other):
        assert (await who.get(path)).status == 404
        for verb in ("submission", "removal"):
            assert (await who.post(f"{path}/{verb}")).status == 404
    assert (await Browser(app).get(path)).status == 303
    assert await KeptForm.exists()


async def test_a_stranger_s_form_is_kept_for_whoever_signs_in_on_that_browser(cast):
    browser = Browser(app)
    page = await browser.post("/me/name", {"name": "新名字"})
    path = f"/kept/{(await KeptForm.get()).id}"
    assert path.replace("/", "%2F") in page.location
    await make.sign_in(browser, cast.yu)
    assert (await browser.get(path)).has("新名字")


async def test_it_is_gone_after_an_hour_and_cleared_away(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    await lost(browser)
    path = f"/kept/{(await KeptForm.get()).id}"
    await make.sign_in(browser, cast.mei)
    with clock.standing_at(clock.now() + timedelta(minutes=61)):
        assert (await browser.get(path)).status == 404
        assert await work.once(people_work.JOBS) == {"kept forms": 1}
    assert not await KeptForm.exists()


async def test_passwords_and_codes_are_never_kept(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    await end_sessions()
    page = await browser.post(
        "/me/password", {"old": "three chairs two pots", "new": "five lamps"}, headers={"Referer": "x"}
    )
    assert page.location.endswith("/sign-in?back=%2F") and not await KeptForm.exists()
    await browser.post("/me/name", {"name": "梅", "passphrase": "石榴树下", "code": "123456", "login": "mei"})
    typed = (await KeptForm.get()).typed["fields"]
    assert typed == [["name", "梅"], ["login", "mei"]]


async def test_a_button_without_words_leads_back_to_its_page(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    await end_sessions()
    page = await browser.post("/me/contact", {}, headers={"Referer": f"{browser.origin}/me?a=1"})
    assert page.location.endswith("/sign-in?back=%2Fme%3Fa%3D1") and not await KeptForm.exists()
    page = await browser.post("/me/contact", {}, headers={"Referer": "https://evil.example/me"})
    assert page.location.endswith("/sign-in?back=%2F")


async def test_what_is_too_long_or_cannot_be_stored_is_not_kept(cast):
    browser = Browser(app)
    for words in ("a" * 200_000, "a\0b"):
        assert (await browser.post("/me/name", {"name": words})).status == 303
    assert not await KeptForm.exists()
    await browser.post("/me/name", {"name": "字" * 50_000})
    assert await KeptForm.exists()


async def test_nobody_fills_the_house_with_kept_forms(cast):
    browser = Browser(app)
    for n in range(22):
        assert (await browser.post("/me/name", {"name": f"{n}"})).status == 303
    assert await KeptForm.all().count() == 20


async def test_a_write_from_elsewhere_is_refused_before_anything_is_kept(cast):
    browser = Browser(app)
    page = await browser.post("/me/name", {"name": "别人写的"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403 and not await KeptForm.exists()


async def test_of_two_presses_only_one_sends_it(cast):
    await Browser(app).post("/me/name", {"name": "梅"})
    form = await KeptForm.get()
    assert [await actions.forget_form(form), await actions.forget_form(form)] == [True, False]


async def test_it_can_be_thrown_away(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    await lost(browser)
    await make.sign_in(browser, cast.mei)
    page = await (await browser.get(f"/kept/{(await KeptForm.get()).id}")).press("不要了，删掉")
    assert page.has("没有提交") and not await KeptForm.exists()


async def test_what_was_written_behind_a_passphrase_is_not_kept_for_whoever_holds_the_telephone(cast):
    browser = await make.sign_in(Browser(app), cast.mei)
    protection = await actions.protect(cast.mei, "石榴树下三块砖", "none")
    async with transaction():
        await Session.all().update(protection_id=protection.id)
    assert (await lost(browser)).status == 303 and not await KeptForm.exists()
