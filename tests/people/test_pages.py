"""The doors, one's own page and the people, walked as a person walks them."""

import pytest

from app import app
from portal.journal import Entry
from portal.notices import Notice
from portal.people import actions
from portal.people.models import Person
from tests import make
from tests.forms_browser import Browser

PHONE, PASSWORD = "13911112222", "three chairs two pots"


async def code_for(phone: str) -> str:
    """The code of the latest message to this number."""
    notice = await make.last_notice(phone)
    return notice.read_values()["code"]


async def signed_in(who: Person) -> Browser:
    return await make.sign_in(Browser(app), who)


# -- by telephone --------------------------------------------------------------------------------------------------------


async def test_a_resident_comes_in_by_telephone_and_lands_where_they_wanted(database):
    browser = Browser(app)
    page = await browser.get("/me", follow=True)
    assert page.path == "/sign-in"
    page = await page.press("发验证码", phone="+86 139-1111-2222")
    assert page.path == "/sign-in/code" and page.has("139 1111 2222")
    page = await page.press("登录", code="12 34")
    assert page.status == 422 and page.errors() == ["有误：验证码是 6 位数字，请对照短信再输一次。"]
    page = await page.press("登录", code=await code_for(PHONE))
    assert page.path == "/me" and page.has("怎么联系您才稳妥", PHONE)
    assert "portal_session" in browser.cookies


async def test_a_wrong_number_says_why_and_keeps_what_was_typed(database):
    page = await Browser(app).get("/sign-in?back=/book")
    page = await page.press("发验证码", phone="1391111222")
    assert page.status == 422 and page.form()["phone"] == "1391111222" and page.form()["back"] == "/book"
    assert page.errors() == ["有误：手机号是 11 位，现在写了 10 位。"]
    page = await page.press("发验证码", phone="0431-88888888")
    assert page.status == 422 and "座机" in page.errors()[0]


async def test_the_code_comes_again_until_it_was_asked_for_too_often(database):
    page = await (await Browser(app).get("/sign-in")).press("发验证码", phone=PHONE)
    for _time in range(4):
        page = await page.press("重新发送")
        assert page.has("新的验证码已经发出")
    page = await page.press("重新发送")
    assert page.status == 429 and "太多" in page.errors()[0]
    page = await page.press("登录", code=await code_for(PHONE))
    assert page.path == "/desk", "the last code still opens"


async def test_the_page_for_the_code_sends_whoever_asked_for_none_to_the_start(database):
    assert (await Browser(app).get("/sign-in/code?back=/me", follow=True)).url == "/sign-in?back=%2Fme"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\n/evil"])
async def test_nobody_is_led_off_the_site_after_signing_in(database, back):
    browser = Browser(app)
    await browser.post("/sign-in", {"phone": PHONE, "back": back})
    page = await browser.post("/sign-in/code", {"code": await code_for(PHONE), "back": back})
    assert page.status == 303 and page.location in (f"{browser.origin}/desk", f"{browser.origin}/")


async def test_the_message_is_in_the_language_of_the_page(database):
    await (await Browser(app, language="en-GB").get("/sign-in")).press("Send me a code", phone=PHONE)
    assert (await Notice.get()).language == "en"


async def test_signing_out_ends_the_session_on_the_server_too(cast):
    browser = await signed_in(cast.mei)
    secret = browser.cookies["portal_session"]
    page = await (await browser.get("/me")).press("退出")
    assert page.path == "/" and "portal_session" not in browser.cookies
    browser.keep("portal_session", secret)
    assert (await browser.get("/me")).status == 303


# -- oneself -------------------------------------------------------------------------------------------------------------


async def test_a_resident_says_how_to_be_reached_and_is_called(cast):
    page = await (await signed_in(cast.mei)).get("/me")
    page = await page.press("就这样联系我", contact_by="paper", is_neutral=True, contact_when="下午")
    form = page.form("/me/contact")
    assert (form["contact_by"], form["is_neutral"], form["contact_when"]) == ("paper", "1", "下午")
    page = await page.press("改名字", name=" 梅  姨 ")
    assert page.form("/me/name")["name"] == "梅 姨"
    page = await page.press("改名字", name="梅" * 41)
    assert page.status == 422 and page.form("/me/name")["name"] == "梅" * 41
    page = await page.press("改名字", name="梅\0")
    assert page.status == 422


async def test_another_device_is_signed_out_from_here_and_nobody_elses_is(cast):
    here, there, yu = await signed_in(cast.mei), await signed_in(cast.mei), await signed_in(cast.yu)
    page = await here.get("/me")
    [form] = [one.get("action") for one in page.all('//form[contains(@action, "/revocation")]')]
    assert (await yu.post(form)).status == 404
    assert (await there.get("/me")).status == 200
    await page.press("让它退出")
    assert (await there.get("/me")).status == 303
    assert (await here.post("/me/sessions/nonsense/revocation")).status == 404


async def test_language_and_mode_are_kept_for_a_year_and_for_messages(cast):
    browser = await signed_in(cast.mei)
    page = await (await browser.get("/privacy")).press("English")
    assert page.path == "/privacy" and page.title.startswith("How we keep your information")
    page = await page.press("Larger text")
    assert 'data-mode="elder"' in page.html
    kept = await Person.get(id=cast.mei.id)
    assert (kept.language, kept.mode) == ("en", "elder")
    await browser.post("/preferences", {"language": "xx", "mode": "<b>", "back": "//evil.example"})
    assert (await Person.get(id=cast.mei.id)).language == "en"


# -- people --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["yu", "dou", "jiang", "kong"])
async def test_whoever_is_not_staff_finds_no_people(cast, who):
    browser = await signed_in(getattr(cast, who))
    for path in ("/people", "/people/new", f"/people/{cast.mei.number}", "/community"):
        assert (await browser.get(path)).status == 404, path


async def test_staff_find_a_person_and_every_look_is_written_down(cast):
    page = await (await signed_in(cast.fang)).get("/people")
    assert not page.has("梅秀英")
    page = await page.form("/people").fill(q="梅").submit()
    assert page.has("梅**", "138****0001") and not page.has("梅秀英") and cast.mei.phone not in page.html
    page = await page.click("梅**")
    assert page.has("梅秀英", "138****0001") and cast.mei.phone not in page.html
    page = await page.press("显示电话")
    assert page.has(cast.mei.phone)
    looks = await Entry.filter(kind="person", subject=str(cast.mei.id)).order_by("id")
    assert [(look.verb, look.actor) for look in looks] == [
        ("open", cast.fang.id),
        ("unmask", cast.fang.id),
    ]


async def test_whoever_asked_for_care_is_shown_with_a_warning(cast):
    await actions.choose_contact(cast.mei, "sms", True)
    page = await (await signed_in(cast.fang)).get(f"/people/{cast.mei.number}")
    assert page.has("联系要小心")


async def test_a_resident_is_registered_at_the_desk_or_found(cast):
    browser = await signed_in(cast.fang)
    page = await (await browser.get("/people")).click("登记一位居民")
    page = await page.press("登记", name="", phone="138")
    assert page.status == 422 and len(page.errors()) == 2
    page = await page.press("登记", name="石奶奶", phone="")
    assert page.has("石奶奶", "没有登记", "到服务中心取纸条")
    page = await (await browser.get("/people/new")).press("登记", name="小梅", phone=cast.mei.phone)
    assert page.has("已经登记过", "梅秀英")


async def test_a_telephone_is_changed_at_the_desk(cast):
    page = await (await signed_in(cast.fang)).get(f"/people/{cast.mei.number}")
    page = await page.press("换成这个电话", phone=cast.tao.phone)
    assert page.status == 422 and "别人名下" in page.errors()[0]
    page = await page.press("换成这个电话", phone=PHONE)
    assert page.has("139****2222")


@pytest.mark.parametrize(
    "path",
    [
        "/people/nonsense",
        "/people/AAAA-AAAA",
        "/people/%00",
        "/people?page=0",
        "/people?page=1e9&q=%00%F0%9F",
    ],
)
async def test_odd_addresses_are_answered_kindly(cast, path):
    assert (await (await signed_in(cast.fang)).get(path)).status in (200, 404, 422)
