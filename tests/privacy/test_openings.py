"""Who opened what is mine: every reading by somebody else, with office and reason, and nobody else's."""

from app import app
from portal import clock, journal
from portal.database import transaction
from portal.people.actions import enter_link, give_link, glass
from portal.people.models import Cause, Link, Protection
from portal.privacy import queries
from tests import make
from tests.forms_browser import Browser


async def at(somebody) -> Browser:
    return await make.sign_in(Browser(app), somebody)


async def test_the_resident_sees_who_looked_in_which_office_and_why(cast):
    mine = await make.consultation(
        cast.mei, await make.slot(cast.chen), community_id=cast.places.community.id
    )
    theirs = await make.consultation(cast.tao, None)
    await journal.opened(cast.chen.person, mine)
    await journal.opened(cast.mei, mine)
    await journal.opened(cast.chen.person, theirs)
    await glass.break_glass(cast.fang, mine, Cause.COMPLAINT, "居民投诉律师没来，要核对。")
    await journal.opened(cast.fang, mine)
    found = await queries.openings(cast.mei)
    assert [(one.name, str(one.did), str(one.because)) for one in found] == [
        ("方敏", "打开看了", "处理投诉"),
        ("方敏", "说明理由，打开了平时看不到的内容", "处理投诉"),
        ("陈明理", "打开看了", ""),
    ]
    page = await (await at(cast.mei)).get("/me/openings")
    assert page.has("接单员 方敏", "律师 陈明理", mine.number, "处理投诉")
    assert not page.has(theirs.number)
    assert (await (await at(cast.yu)).get("/me/openings")).has("还没有人看过")


async def test_the_office_is_the_one_held_on_that_day(cast):
    mine = await make.consultation(cast.mei)
    await journal.opened(cast.fang, mine)
    async with transaction():
        await type(cast.fang.posts[0]).filter(person_id=cast.fang.id).update(ended_on=clock.today())
    assert (await queries.openings(cast.mei))[0].office == ""


async def test_readings_of_what_is_protected_are_told_only_after_its_passphrase(cast):
    async with transaction():
        quiet = await Protection.create(person=cast.mei, passphrase="x")
    mine = await make.consultation(cast.mei, None, protection_id=quiet.id)
    await journal.opened(cast.chen.person, mine)
    assert await queries.openings(cast.mei) == []
    cast.mei.unlocked = quiet.id
    assert len(await queries.openings(cast.mei)) == 1


async def test_each_opening_by_the_link_of_a_message_is_listed_and_stays_when_the_link_is_gone(cast):
    booked = await make.appointment(cast.mei, await make.slot(cast.chen))
    other = await make.appointment(cast.tao, await make.slot(cast.lin))
    for who, record in ((cast.mei, booked), (cast.tao, other)):
        async with transaction():
            address = await give_link(None, who, "appointment", record.id)
        await enter_link("b" * 64, address.rsplit("/", 1)[1], who.phone[-4:])
    async with transaction():
        await Link.all().delete()
    (one,) = await queries.openings(cast.mei)
    assert (one.number, str(one.did), str(one.what), one.by_link) == (
        booked.number,
        "用链接打开",
        "预约",
        True,
    )
    page = await (await at(cast.mei)).get("/me/openings")
    assert page.has("用链接打开", booked.number, "拿着您手机的人") and not page.has(other.number)
