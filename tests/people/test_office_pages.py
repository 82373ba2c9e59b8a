"""The doors of those who hold an office, walked as a person walks them."""

import re
from datetime import timedelta

import pyotp
import pytest

from app import app, routes
from portal import clock
from portal.people import actions, queries
from portal.people.models import Credential, Person, Post, Role, Session, Way
from portal.web import gate
from tests import make
from tests.forms_browser import Browser

PASSWORD, OTHER = "three chairs two pots", "five lamps four doors"
CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
SINCE = timedelta(minutes=16)


async def signed_in(who: Person, way: Way | None = None) -> Browser:
    return await make.sign_in(Browser(app), who, way)


async def account(cast, who: Person, login: str = "fang.min") -> Credential:
    return await actions.make_account(cast.xu, who, login, PASSWORD)


def has_session(browser: Browser) -> bool:
    return any(name.endswith(gate.SESSION) for name in browser.cookies)


def digits(secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + later)


async def code_for(phone: str) -> str:
    return (await make.last_notice(phone, "people/code")).read_values()["code"]


# -- by password ---------------------------------------------------------------------------------------------------------


async def test_an_office_comes_in_by_password_and_the_old_session_ends(cast):
    await account(cast, cast.fang)
    browser = Browser(app)
    page = await browser.get("/people", follow=True)
    assert page.path == "/staff/sign-in"
    page = await page.press("登录", login="fang.min", password="wrong")
    assert page.status == 422 and page.form()["login"] == "fang.min"
    page = await page.press("登录", login="FANG.MIN", password=PASSWORD)
    assert page.path == "/people" and page.status == 200
    first = browser.cookies["portal_session"]
    await browser.post("/staff/sign-in", {"login": "fang.min", "password": PASSWORD})
    assert browser.cookies["portal_session"] != first and await queries.session_of(first) is None
    assert (await Session.filter(revoked_at=None).get()).way == Way.OFFICE


async def test_known_and_unknown_logins_are_refused_with_the_same_page(cast):
    await account(cast, cast.fang)
    pages = []
    for login in ("fang.min", "nobody"):
        page = await Browser(app).post("/staff/sign-in", {"login": login, "password": "wrong"})
        pages.append((page.status, page.html.replace(login, "")))
    assert pages[0] == pages[1]


async def test_an_office_holder_who_came_by_telephone_is_a_resident_and_finds_the_other_door(cast):
    await account(cast, cast.fang)
    browser = await signed_in(cast.fang, Way.PHONE)
    for path in ("/people", "/calls", "/firms", "/me/passkeys", "/me/second-step"):
        assert (await browser.get(path)).status == 404, path
    page = await browser.get("/me")
    assert page.has("您还担任职务") and not page.has("登录名：fang.min")
    assert (await browser.post("/me/password", {"old": PASSWORD, "new": OTHER})).status == 404
    page = await (await page.click("用登录名和密码登录")).press("登录", login="fang.min", password=PASSWORD)
    assert page.path == "/desk" and (await browser.get("/people")).status == 200


async def test_outside_a_demonstration_the_first_sign_in_leads_to_a_device_and_to_codes(cast, in_service):
    await account(cast, cast.fang)
    browser = Browser(app)
    page = await (await browser.get("/staff/sign-in")).press("登录", login="fang.min", password=PASSWORD)
    assert page.path == "/staff/sign-in/device" and not has_session(browser)
    assert not page.has("可以先不开通")
    assert (await browser.get("/people")).status == 303, "a password alone opens nothing"
    await browser.post("/staff/sign-in/without-device")
    assert not has_session(browser)
    secret = page.form("/device")["secret"]
    page = await page.press("开通", code="000000")
    assert page.status == 422 and page.form("/device")["secret"] == secret
    page = await page.press("开通", code=digits(secret))
    assert len(set(CODE.findall(page.text))) == 10 and page.headers["cache-control"] == "no-store"
    page = await page.click("收好了，继续")
    assert page.path == "/desk" and (await browser.get("/people")).status == 200
    assert not CODE.search((await browser.get("/me")).text)


async def test_the_second_step_is_enrolled_asked_for_and_dropped_in_a_demonstration(cast):
    await account(cast, cast.fang)
    browser = await signed_in(cast.fang)
    page = await (await browser.get("/me")).click("开通两步验证")
    secret = page.form("/second-step")["secret"]
    assert page.all('//img[starts-with(@src, "data:image/svg+xml")]')
    page = await page.press("开通", code="000000")
    assert page.status == 422 and page.form("/second-step")["secret"] == secret
    codes = CODE.findall((await page.press("开通", code=digits(secret))).text)
    assert (await browser.get("/me")).has("已开通", "备用码还剩 10 个")
    other = Browser(app)
    page = await (await other.get("/staff/sign-in?back=/people")).press(
        "登录", login="fang.min", password=PASSWORD
    )
    assert page.path == "/staff/sign-in/second-step" and not has_session(other)
    page = await page.press("登录", code="000000")
    assert page.status == 422
    page = await page.press("登录", code=digits(secret, 30))
    assert page.path == "/people"
    third = Browser(app)
    page = await (await third.get("/staff/sign-in")).press("登录", login="fang.min", password=PASSWORD)
    assert (await page.press("登录", code=codes[0])).path == "/desk"
    page = await (await browser.get("/me")).press("关闭两步验证")
    assert page.has("没有开通")


async def test_in_service_a_device_is_replaced_and_never_dropped(cast, in_service):
    await account(cast, cast.fang)
    secret = pyotp.random_base32()
    old = await actions.enrol_totp(cast.fang, secret, digits(secret))
    browser = await signed_in(cast.fang)
    page = await browser.get("/me")
    assert not page.has("关闭两步验证")
    assert (await browser.post("/me/second-step/removal")).status == 403
    page = await page.press("换一批备用码")
    new = CODE.findall(page.text)
    assert len(new) == 10 and not set(new) & set(old)
    page = await (await browser.get("/me")).click("换一个验证器")
    assert page.has("旧的就不管用了")


async def test_few_codes_left_are_a_warning(cast):
    await account(cast, cast.fang)
    secret = pyotp.random_base32()
    codes = await actions.enrol_totp(cast.fang, secret, digits(secret))
    browser = await signed_in(cast.fang)
    for code in codes[:7]:
        await actions.sign_in("fang.min", PASSWORD, code)
    assert (await browser.get("/me")).has("备用码还剩 3 个。")
    await actions.sign_in("fang.min", PASSWORD, codes[7])
    assert (await browser.get("/me")).has("备用码只剩 2 个，请换一批新的")


async def test_a_new_password_is_made_on_ones_own_page(cast):
    await account(cast, cast.fang)
    page = await (await signed_in(cast.fang)).get("/me")
    page = await page.press("换密码", old="wrong", new=OTHER)
    assert page.status == 422 and page.errors() == ["有误：现在的密码不对。"]
    page = await page.press("换密码", old=PASSWORD, new="short")
    assert page.errors() == ["有误：密码至少要 10 个字符。"]
    assert PASSWORD not in page.html, "a password is never written back"
    assert (await page.press("换密码", old=PASSWORD, new=OTHER)).has("密码换好了")
    mei = await signed_in(cast.mei)
    assert (await mei.post("/me/password", {"old": "a", "new": "b"})).status == 404
    assert (await mei.get("/me/second-step")).status == 404


# -- invitations ---------------------------------------------------------------------------------------------------------


async def invited(cast, whom: Person) -> str:
    """The link that the lead is shown for somebody."""
    page = await (await signed_in(cast.guo)).get(f"/people/{whom.number}")
    page = await page.press("给一个邀请链接" if page.has("给一个邀请链接") else "给一个新的邀请链接")
    assert page.headers["cache-control"] == "no-store"
    assert page.all('//img[starts-with(@src, "data:image/svg+xml")]')
    [link] = re.findall(r"https?://\S+/invitations/\S+", page.text)
    return "/invitations/" + link.rsplit("/", 1)[1]


async def test_an_invitation_leads_in_three_calm_pages_to_an_office(cast, in_service):
    path = await invited(cast, cast.dou)
    browser = Browser(app)
    page = await browser.get(path, follow=True)
    assert page.path == "/invitation" and page.has("窦单元，请开通您的账号")
    assert path.rsplit("/", 1)[1] not in page.html
    for typed, refused in (
        ({"login": "窦", "password": PASSWORD, "again": PASSWORD}, "登录名"),
        ({"login": "dou", "password": "short", "again": "short"}, "至少要 10 个"),
        ({"login": "dou", "password": PASSWORD, "again": OTHER}, "不一样"),
        ({"login": "dou", "password": "", "again": ""}, "请填写密码"),
    ):
        page = await page.press("下一步", **typed)
        assert page.status == 422 and refused in page.errors()[0]
        assert PASSWORD not in page.html
    page = await page.press("下一步", login="Dou", password=PASSWORD, again=PASSWORD)
    assert page.path == "/staff/sign-in/device"
    page = await page.press("开通", code=digits(page.form("/device")["secret"]))
    assert len(CODE.findall(page.text)) == 10
    page = await page.click("收好了，继续")
    assert page.path == "/desk" and page.has("报一件纠纷")
    assert (await Browser(app).get(path, follow=True)).status == 404, "a link opens once"


async def test_a_link_that_is_looked_at_is_not_used_up(cast):
    path = await invited(cast, cast.dou)
    for _look in range(3):
        assert (await Browser(app).get(path, follow=True)).status == 200


async def test_made_up_used_and_expired_links_look_alike(cast):
    used = await invited(cast, cast.dou)
    await actions.accept(used.rsplit("/", 1)[1], "dou", PASSWORD)
    old = await invited(cast, cast.bai)
    await invited(cast, cast.bai)
    seen = set()
    for path in (used, old, "/invitations/nonsense", "/invitations/%00", "/invitations/" + "x" * 2000):
        page = await Browser(app).get(path, follow=True)
        seen.add((page.status, page.html))
    assert len(seen) == 1 and next(iter(seen))[0] == 404
    assert (await Browser(app).post("/invitation", {"login": "x", "password": PASSWORD})).status == 404


async def test_no_page_shows_a_password_any_more(cast):
    browser = await signed_in(cast.guo)
    assert (await browser.post(f"/people/{cast.dou.number}/account", {"login": "dou"})).status == 404
    page = await browser.get(f"/people/{cast.dou.number}")
    assert not page.all("//main//input[@name='password' or @name='login']")


async def test_staff_of_another_community_cannot_invite(cast):
    for who in (cast.other.pan, cast.other.tang, cast.mei, cast.dou, cast.jiang, cast.kong):
        refused = await (await signed_in(who)).post(f"/people/{cast.dou.number}/invitation")
        assert refused.status == 404, who.name
    assert (await (await signed_in(cast.fang)).post(f"/people/{cast.guo.number}/invitation")).status == 403
    assert (await (await signed_in(cast.fang)).get(f"/people/{cast.guo.number}")).has("还没有账号")


# -- offices -------------------------------------------------------------------------------------------------------------


async def test_a_dispatcher_appoints_a_unit_head_but_sees_no_higher_office(cast):
    page = await (await signed_in(cast.fang)).get(f"/people/{cast.mei.number}")
    page = await page.click("安排职务")
    assert page.form().choices("role") == ["", "unit_head", "building_head", "grid_officer"]
    page = await page.press("下一步", role="unit_head")
    page = await page.press("从今天起任职", place="")
    assert page.status == 422
    page = await page.press("从今天起任职", place=str(cast.places.units[1].id))
    assert page.has("单元长", "银杏苑 1号楼 2单元")
    refused = await page.browser.post(f"/people/{cast.mei.number}/posts", {"role": "lead"})
    assert refused.status == 422 and not await Post.filter(person_id=cast.mei.id, role=Role.LEAD).exists()
    page = await page.press("结束职务")
    assert page.has("已结束") and (await make.reload(cast.mei)).roles == frozenset()


async def test_a_lead_is_offered_their_own_community_and_an_administrator_every_one(cast):
    path = f"/people/{cast.mei.number}/posts/new?role="
    here, there = str(cast.places.community.id), str(cast.other.places.community.id)
    lead, administrator = await signed_in(cast.guo), await signed_in(cast.xu)
    assert (await lead.get(path + "mediator")).form("/posts").choices("place") == ["", here]
    offered = (await administrator.get(path + "mediator")).form("/posts").choices("place")
    assert set(offered) == {"", here, there, "everywhere"}
    units = (await lead.get(path + "unit_head")).form("/posts").choices("place")
    assert set(units) == {"", *(str(unit.id) for unit in cast.places.units)}
    for place in (there, "everywhere", ""):
        refused = await lead.post(f"/people/{cast.mei.number}/posts", {"role": "mediator", "place": place})
        assert refused.status == 422
    assert not (await lead.get(path + "street")).all("//select[@name='place']")
    await (await administrator.get(path + "lead")).press("从今天起任职", place="everywhere")
    assert (await Post.get(person_id=cast.mei.id)).community_id is None


async def test_nobody_is_left_without_a_desk(cast):
    coordinator = await make.person("冯联络", Role.FIRM_COORDINATOR, firm=cast.hengdao)
    for who in (coordinator, cast.kong, cast.jiang, cast.xu):
        page = await (await signed_in(who)).get("/desk")
        assert page.status == 200 and page.all(
            "//main//section[contains(@class, 'block') or contains(@class, 'desk__calm')]//a | //main/div[@class='cluster']//a"
        ), who.name


# -- showing again who one is --------------------------------------------------------------------------------------------


def test_dangerous_acts_ask_again_who_is_there():
    fresh = {route.name for route in routes if getattr(route, "fresh", False)}
    assert fresh >= {
        *("people:invite", "people:phone", "people:office", "people:grant", "people:end_post"),
        *("me:second_step", "me:enrol", "me:drop_second_step", "me:recovery_codes"),
        *("me:passkeys", "me:passkey_options", "me:add_passkey", "me:rename_passkey", "me:remove_passkey"),
        *("roster:add_lawyer", "roster:change_lawyer", "community:found", "community:describe"),
    }


async def test_after_a_quarter_of_an_hour_a_dangerous_act_asks_for_the_password_and_keeps_what_was_typed(
    cast,
):
    await account(cast, cast.fang)
    now = clock.now()
    with clock.standing_at(now):
        browser = await signed_in(cast.fang)
        page = await browser.get(f"/people/{cast.mei.number}")
    with clock.standing_at(now + SINCE):
        page = await page.press("换成这个电话", phone="13911112222")
        assert page.path == "/confirm" and page.has("请确认是您本人")
        assert (await Person.get(id=cast.mei.id)).phone == cast.mei.phone
        before = browser.cookies["portal_session"]
        page = await page.press("是我，继续", password="wrong")
        assert page.status == 422 and "现在的密码不对" in page.errors()[0]
        page = await page.press("是我，继续", password=PASSWORD)
        assert page.path.startswith("/kept/") and page.has("13911112222")
        assert browser.cookies["portal_session"] != before and await queries.session_of(before) is None
        page = await page.press("接着提交")
        assert page.has("电话改好了")
        assert (await Person.get(id=cast.mei.id)).phone == "13911112222"


async def test_a_page_that_asks_first_is_shown_afterwards(cast):
    await account(cast, cast.fang)
    secret = pyotp.random_base32()
    codes = await actions.enrol_totp(cast.fang, secret, digits(secret))
    now = clock.now()
    with clock.standing_at(now):
        browser = await signed_in(cast.fang)
    with clock.standing_at(now + SINCE):
        page = await browser.get("/me/second-step", follow=True)
        assert page.path == "/confirm"
        page = await page.press("是我，继续", password=PASSWORD, code="000000")
        assert page.status == 422
        page = await page.press("是我，继续", password=PASSWORD, code=codes[0])
        assert page.path == "/me/second-step"


async def test_a_resident_confirms_with_a_code_to_the_telephone_that_is_known(cast):
    browser = await signed_in(cast.mei)
    page = await browser.get("/confirm?back=/me")
    page = await page.press("发验证码")
    page = await page.press("是我，继续", code="000000")
    assert page.status == 422
    page = await page.press("是我，继续", code=await code_for(cast.mei.phone))
    assert page.path == "/me"


async def test_whoever_has_no_telephone_is_asked_to_come_and_no_message_leaves(cast):
    who = await make.person("石奶奶", phone=None)
    browser = await signed_in(who, Way.CARD)
    assert (await browser.get("/confirm")).has("到服务中心")
    await browser.post("/confirm/message")
    assert (await browser.post("/confirm/code", {"code": "123456"})).status == 422


async def test_a_code_to_a_telephone_does_not_confirm_an_office(cast):
    await account(cast, cast.fang)
    browser = await signed_in(cast.fang)
    await browser.post("/confirm/message")
    assert await make.last_notice(cast.fang.phone) is None
    await browser.post("/sign-in", {"phone": cast.fang.phone})
    before = (await Session.get(person_id=cast.fang.id)).confirmed_at
    with clock.standing_at(clock.now() + SINCE):
        await browser.post("/sign-in", {"phone": cast.fang.phone})
        code = await code_for(cast.fang.phone)
        assert (await browser.post("/confirm/code", {"code": code})).status == 422
        assert not (await browser.get("/confirm")).all("//input[@name='code']")
    assert (await Session.get(person_id=cast.fang.id)).confirmed_at == before


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_confirming_leads_nowhere_else(cast, back):
    await account(cast, cast.fang)
    browser = await signed_in(cast.fang)
    page = await browser.post("/confirm", {"password": PASSWORD, "back": back})
    assert page.status == 303 and page.location == f"{browser.origin}/desk"
