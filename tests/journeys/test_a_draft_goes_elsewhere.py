"""Half a story is kept for another telephone: only when asked for, by code, moved whole, and never where it could harm."""

import pytest

from portal.attachments.models import Attachment
from portal.booking.models import Draft, Hold
from portal.consultations.intake import Intake
from portal.consultations.rules.elsewhere import may_go_elsewhere
from portal.people.models import Person
from tests import make
from tests.attachments import files
from tests.journeys.steps import prove, stranger

PHONE = "13811112222"
KEEP, OFFER = "先存着，换个手机也能接着写", "您有一份没写完的"
WORDS = "表弟借了我三万元，有借条。"
PHOTO = ("转账.jpg", files.photograph(), "image/jpeg")


async def story(browser):
    return await browser.get("/book/story?topic=debt")


async def kept(browser, words=WORDS, **more):
    """Told on this telephone and kept for PHONE, as somebody nobody knew yet."""
    page = await (await story(browser)).press(KEEP, words=words, **more)
    if "/sign-in" in page.path:
        page = await prove(page, PHONE)
    assert page.path == "/book/elsewhere"
    return await page.press("存起来")


async def came_in(browser):
    """The other telephone, after the code; on the home page."""
    await prove(await browser.get("/sign-in"), PHONE)
    return await browser.get("/")


async def test_half_a_story_with_its_papers_and_its_time_goes_on_elsewhere_and_the_first_telephone_is_told(
    cast,
):
    made = (await make.duty(cast.chen)).made
    first, second = stranger(), stranger()
    page = await (await story(first)).press("先交照片、材料", words=WORDS)
    page = await page.form("/book/attachments").fill(attachments=PHOTO).submit()
    page = await (await page.click("往下走")).form("/book/times?topic=debt").submit()
    page = await prove(page, PHONE)
    assert page.path == "/book/confirm"
    assert not (await first.get("/")).has(OFFER)
    page = await page.press(KEEP, name="王秀英", needs="听力不好", mode="phone")
    page = await page.press("存起来")
    assert page.has("存好了", "138****2222", "用这个号码登录") and not page.has(OFFER)

    assert not (await second.get("/")).has(OFFER)
    page = await came_in(second)
    assert page.has(OFFER) and not page.has("表弟", "三万")
    assert (await second.get("/desk")).has(OFFER)
    assert (await (await second.get("/me")).click("没写完的预约")).has(OFFER)
    page = await page.press("接着写")
    assert page.path == "/book/story" and page.form("/book/story")["words"] == WORDS
    page = await second.get("/book/confirm")
    form = page.form("/book/confirm")
    assert (form["name"], form["needs"], form["mode"]) == ("王秀英", "听力不好", "phone") and page.has("转账")
    assert await Hold.filter(slot_id=made[0].id).count() == 1 and not page.has("给您留的时间过了")

    page = await first.get("/book/confirm", follow=True)
    assert page.path == "/book" and page.has("挪到另一个手机上去了")
    page = await story(first)
    assert page.has("挪到另一个手机上去了", OFFER) and page.form("/book/story")["words"] == "", (
        "it could be taken back"
    )
    page = await form.fill(consent=["sensitive", "firm"]).submit("确认预约")
    assert page.has("约好了") and await Attachment.filter(browser="").count() == 1
    assert not (await second.get("/")).has(OFFER) and not (await first.get("/")).has(OFFER)


async def test_nothing_is_offered_that_was_not_asked_for(cast):
    first, second = stranger(), stranger()
    await prove(await first.get("/sign-in"), PHONE)
    page = await (await story(first)).press(KEEP, words=WORDS)
    assert page.has("谁收到这个号码的验证码")
    assert not (await came_in(second)).has(OFFER)
    await page.press("存起来")
    page = await second.get("/")
    assert page.has(OFFER)
    yu = await make.sign_in(stranger(), cast.yu)
    assert not (await yu.get("/")).has(OFFER)
    for path in ("/book/elsewhere/arrival", "/book/elsewhere/withdrawal"):
        await yu.post(path)
    page = await page.press("不要了")
    assert page.has("只留在原来那个手机上") and not (await second.get("/")).has(OFFER)
    assert (await story(first)).form("/book/story")["words"] == WORDS


@pytest.mark.parametrize(
    "typed",
    [
        {"words": "他又打我，我怕。"},
        {"dangers": ["violence"]},
        {"dangers": ["deadline"]},
        {"is_neutral": True},
    ],
)
async def test_what_names_a_danger_is_kept_for_no_other_telephone(typed, cast):
    first, second = stranger(), stranger()
    page = await kept(first)
    assert page.has("存好了")
    await (await story(first)).form("/book/story").fill(**{"words": WORDS, **typed}).submit()
    assert not (await came_in(second)).has(OFFER)
    page = await first.get("/book/elsewhere")
    assert page.has("这一份只留在这个手机上", "设了口令") and not page.has("三万")
    await first.post("/book/elsewhere")
    await second.post("/book/elsewhere/arrival")
    assert not await Draft.filter(person_id__isnull=False).exists()
    await (await story(first)).press(
        "下一步：选时间", words=WORDS, **{name: [] for name in typed if name == "dangers"}
    )
    assert not (await second.get("/")).has(OFFER), "what was asked for before counts no more"
    assert not (await second.get("/book/story?topic=debt")).has("三万")


async def test_when_both_were_typed_on_nothing_is_lost(cast):
    first, second = stranger(), stranger()
    await kept(first)
    await (await story(second)).press("下一步：选时间", words="这是另一件事，房租。")
    page = await (await came_in(second)).press("接着写")
    assert page.has("原来写的另外存着", "另存着一份") and page.form("/book/story")["words"] == WORDS
    page = await page.press("换成那一份")
    assert page.form("/book/story")["words"] == "这是另一件事，房租。" and page.has("另存着一份")
    page = await page.press("换成那一份")
    assert page.form("/book/story")["words"] == WORDS
    assert (await kept(first, "又写了一些，还是这件事。")).has("存好了")
    page = await second.get("/")
    assert page.has(OFFER) and await Draft.filter(person_id__isnull=False).count() == 1, "the newest alone"
    refused = await page.press("接着写")
    assert refused.status == 409 and refused.has("另存着一份没写完的")
    assert (await story(second)).form("/book/story")["words"] == WORDS
    page = await (await story(second)).press("清除那一份")
    page = await (await second.get("/")).press("接着写")
    assert page.form("/book/story")["words"] == "又写了一些，还是这件事。" and page.has("另存着一份")
    await (await story(second)).press("清除我填的内容")
    assert not (await story(second)).has("另存着一份")


async def test_papers_of_whoever_else_was_signed_in_there_stay_behind(cast):
    first, second = stranger(), stranger()
    await make.sign_in(first, cast.yu)
    page = await (await story(first)).press("先交照片、材料", words=WORDS)
    await page.form("/book/attachments").fill(attachments=PHOTO).submit()
    await first.post("/sign-out")
    await kept(first)
    await (await came_in(second)).press("接着写")
    assert not (await second.get("/book/attachments")).has("转账")
    assert await Attachment.filter(by_id=cast.yu.id).exclude(browser="").count() == 1


def test_only_what_harms_nobody_may_go_elsewhere():
    anybody, watched = Person(), Person(is_neutral=True)
    assert may_go_elsewhere(Intake(words=WORDS), anybody) and may_go_elsewhere(Intake(), None)
    for kept_here in (
        Intake(dangers=("violence",)),
        Intake(dangers=("deadline",)),
        Intake(words="他又打我，我怕。"),
        Intake(passphrase="口令"),
        Intake(is_neutral=True),
    ):
        assert not may_go_elsewhere(kept_here, anybody)
    assert not may_go_elsewhere(Intake(words=WORDS), watched)
