"""The calendar that is drawn once for all strangers: never older than what was answered, never with anybody's name in it."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from tortoise import Tortoise

from app import app
from portal import clock, database, editions, publishing
from portal.booking import actions
from portal.booking.models import Appointment, Draft, Hold
from portal.community.models import Community
from portal.database import transaction
from portal.law.topics import Topic
from portal.people.models import Protection
from portal.roster.models import Day, Duty, Firm, Lawyer, Slot
from portal.web import express, gate
from tests import make
from tests.forms_browser import Browser

TIMES = "/book/times?topic=debt"
TABLES = sorted(set().union(*editions.DRAWN_FROM.values()))


@pytest.fixture(autouse=True)
def monday_morning():
    with clock.standing_at(clock.at(date(2026, 11, 23), 8 * 60)):
        yield


async def free() -> int:
    """How many times a stranger could choose."""
    page = await Browser(app).get(TIMES)
    return len(page.all("//main//input[@name='slot'][not(@disabled)]"))


async def write(query) -> None:
    """Somebody changes a row, past every action."""
    async with transaction():
        await query


async def test_what_was_answered_is_seen_by_whoever_asks_next(cast):
    duty = await make.duty(cast.chen, times=3)
    assert await free() == 3
    chooser = Browser(app)
    for taken, slot in enumerate(duty.made, 1):
        await actions.hold(f"b{taken}", slot.starts_at, Topic.DEBT)
        assert await free() == 3 - taken
    await write(Hold.filter(slot_id=duty.made[0].id).delete())
    assert await free() == 1
    at = f"{duty.made[0].starts_at.astimezone(clock.CHINA):%Y%m%dT%H%M}"
    assert (await chooser.post(TIMES, {"topic": "debt", "slot": at})).status == 303
    assert await free() == 0


async def test_whatever_decides_about_times_is_seen_at_once(cast):
    duty = await make.duty(cast.chen, times=2)
    other = await make.duty(cast.lin, make.working_day(2), times=2)
    booked = await make.appointment(cast.mei, duty.made[0])
    assert await free() == 3
    await actions.cancel(cast.mei, await Appointment.get(id=booked.id).select_related("person"))
    assert await free() == 4
    later = clock.now()
    for change, back, count in (
        (Slot.filter(id=duty.made[0].id).update(withdrawn_at=later), {"withdrawn_at": None}, 3),
        (Lawyer.filter(id=cast.lin.id).update(is_active=False), {"is_active": True}, 2),
        (
            Lawyer.filter(id=cast.lin.id).update(licence_until=date(2026, 11, 1)),
            {"licence_until": date(2099, 1, 1)},
            2,
        ),
        (Firm.filter(id=cast.lanting.id).update(is_active=False), {"is_active": True}, 2),
        (
            Duty.filter(id=other.id).update(community=cast.other.places.community),
            {"community": cast.places.community},
            2,
        ),
    ):
        query = change.model.filter(*change._q_objects)
        await write(change)
        assert await free() == count, change
        await write(query.update(**back))
        assert await free() == 4
    await write(Day.create(day=other.day, is_open=False, name="停电"))
    assert await free() == 2


async def test_a_time_that_is_not_taken_up_comes_back_by_the_clock_and_one_that_is_near_goes(cast):
    duty = await make.duty(cast.chen, clock.today(), times=2)
    assert await free() == 2
    await actions.hold("b", duty.made[1].starts_at, Topic.DEBT)
    assert await free() == 1
    with clock.standing_at(clock.now() + timedelta(minutes=9, seconds=50)):
        assert await free() == 1
    with clock.standing_at(duty.made[0].starts_at - timedelta(minutes=31)):
        assert await free() == 2
    with clock.standing_at(duty.made[0].starts_at - timedelta(minutes=29)):
        assert await free() == 1  # the first is too near by now
    assert await free() == 1


async def test_what_was_changed_past_us_is_seen_within_a_minute(cast):
    duty = await make.duty(cast.chen, times=2)
    assert await free() == 2
    async with transaction():
        await Slot.filter(id=duty.made[0].id).update(withdrawn_at=clock.now())
        database._session.get().written.clear()
    assert await free() == 2
    with clock.standing_at(clock.now() + publishing.LONGEST):
        assert await free() == 1


async def test_no_page_carries_what_is_another_s(cast):
    await make.duty(cast.chen, times=3)
    stranger = await Browser(app).get(TIMES)
    mei, tao = await make.sign_in(Browser(app), cast.mei), await make.sign_in(Browser(app), cast.tao)
    for _again in range(2):
        hers, his = await mei.get(TIMES), await tao.get(TIMES)
        assert hers.has("梅秀英") and not hers.has("陶建国")
        assert his.has("陶建国") and not his.has("梅秀英")
        again = await Browser(app).get(TIMES)
        assert again.html == stranger.html and not again.has("梅秀英") and not again.has("陶建国")
    assert "portal_" not in str(again.response.headers.get("set-cookie"))


async def test_each_is_shown_the_page_as_they_read_it(cast):
    await make.duty(cast.chen, times=3)
    read = {
        "zh": await Browser(app).get(TIMES),
        "en": await Browser(app).get(TIMES, headers={"Accept-Language": "en"}),
    }
    elder = Browser(app)
    elder.keep(gate.named(gate.MODE), "elder")
    for _again in range(2):
        large = await elder.get(TIMES)
        assert 'data-mode="elder"' in large.html and "换成长辈版" not in large.html
        assert (await Browser(app).get(TIMES)).html == read["zh"].html
        assert (await Browser(app).get(TIMES, headers={"Accept-Language": "en"})).html == read["en"].html
        assert 'data-mode="standard"' in read["zh"].html and "换成长辈版" in read["zh"].html
    assert read["en"].has("Choose a time") or not read["en"].has("选一个时间")
    assert (await Browser(app).get("/book/times?topic=labour")).html != read["zh"].html
    ready = express.shelves()["/book/times"].pages
    assert {(language, mode) for _path, _query, language, mode, *_more in ready} == {
        ("zh", "standard"),
        ("zh", "elder"),
        ("en", "standard"),
    }, "strangers' pages went out the fast way"


async def test_who_typed_something_or_holds_a_time_is_shown_their_own(cast):
    duty = await make.duty(cast.chen, times=3)
    await Browser(app).get(TIMES)
    writer, stranger = Browser(app), Browser(app)
    await (
        (await writer.get("/book/story?topic=debt"))
        .form("/book/story")
        .fill(words="借了钱不还，怎么办呢？")
        .submit()
    )
    assert (await writer.get(TIMES)).has("改我写的内容") and not (await stranger.get(TIMES)).has(
        "改我写的内容"
    )
    at = f"{duty.made[0].starts_at.astimezone(clock.CHINA):%Y%m%dT%H%M}"
    await writer.post(TIMES, {"topic": "debt", "slot": at})
    assert (await writer.get(TIMES)).has("接着填完") and not (await stranger.get(TIMES)).has("接着填完")
    assert not (await Browser(app).get(TIMES)).has("接着填完")


async def test_a_sentence_that_is_shown_once_is_shown_to_one(cast):
    await make.duty(cast.chen, times=3)
    await Browser(app).get(TIMES)
    browser = Browser(app)
    assert (await browser.post("/book/clearance", {})).status == 303
    assert (await browser.get(TIMES)).has("您填的内容已经清除。")
    assert not (await Browser(app).get(TIMES)).has("您填的内容已经清除。")
    assert not (await browser.get(TIMES)).has("您填的内容已经清除。")


async def test_what_goes_out_the_fast_way_has_passed_the_gate(cast):
    await make.duty(cast.chen, times=3)
    usual = await Browser(app).get(TIMES)
    fast = await Browser(app).get(TIMES)
    ours = {name: value for name, value in fast.response.headers.items() if name != "x-request-id"}
    assert ours["cache-control"] == "no-store" and "content-security-policy" in ours
    assert ours == {name: value for name, value in usual.response.headers.items() if name != "x-request-id"}
    assert (await Browser(app).get(TIMES, headers={"Host": "elsewhere.example"})).status == 421
    plain = await Browser(app).get(TIMES, headers={"Accept-Encoding": "identity"})
    assert plain.html == fast.html and "content-encoding" not in plain.response.headers


HOST, ZH, GZIP = (b"host", b"portal.localhost"), (b"accept-language", b"zh-CN"), (b"accept-encoding", b"gzip")
ELDER = (b"cookie", gate.named(gate.MODE).encode() + b"=elder")
KNOWN = gate.named(gate.BROWSER).encode()


async def asked(*headers, method="GET", query=b"topic=debt", path="/book/times"):
    """What comes back for a head: the status, the headers but for its number and a new browser's name, the body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "scheme": "https", "http_version": "1.1", "root_path": ""}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": query, "headers": list(headers)}
    await app(scope | {"server": ("portal.localhost", 443), "client": ("192.0.2.1", 4000)}, receive, send)
    its_own = (b"x-request-id", b"set-cookie")
    named = {name: value for name, value in sent[0]["headers"] if name not in its_own}
    named[b"vary"] = b", ".join(sorted(set(named.get(b"vary", b"").split(b", "))))
    return sent[0]["status"], named, b"".join(message.get("body", b"") for message in sent)


async def test_what_goes_out_the_fast_way_is_what_the_usual_way_gives_and_nothing_odd_goes_there(
    cast, monkeypatch
):
    await make.duty(cast.chen, times=3)
    handed, real = [], express.hand_over

    async def noted(*given):
        handed.append(given)
        await real(*given)

    monkeypatch.setattr(express, "hand_over", noted)
    version = (await asked(HOST, ZH, GZIP))[1][b"etag"]

    async def is_fast(*headers, **how) -> bool:
        """Is it handed over once it was drawn? Either way it is what the usual way gives."""
        database.kept().pop("express", None)
        usual = await asked(*headers, **how)
        for plain in (HOST, ZH), (HOST, ZH, GZIP), (HOST, (b"accept-language", b"en")), (HOST, ZH, ELDER):
            await asked(*plain)
        before = len(handed)
        assert await asked(*headers, **how) == usual, (headers, how)
        return len(handed) > before

    for head in (
        (HOST, ZH),
        (HOST,),
        (HOST, ZH, GZIP),
        (HOST, (b"accept-language", b"en-GB,en;q=0.9"), GZIP),
        (HOST, ZH, ELDER),
        (HOST, ZH, (b"if-none-match", version)),
        (HOST, ZH, (b"cookie", KNOWN + b"=somebody")),
        (HOST, ZH, (b"cookie", KNOWN + b"=one; " + KNOWN + b"=two")),
    ):
        assert await is_fast(*head), head
    for head in (
        (ZH,),
        (HOST, HOST, ZH),
        ((b"host", b"elsewhere.example"), ZH),
        (HOST, ZH, ZH),
        (HOST, ZH, (b"cookie", gate.named(gate.SESSION).encode() + b"=" + b"x" * 43)),
        (HOST, ZH, (b"cookie", gate.named(gate.FLASH).encode() + b"=hello")),
        (HOST, ZH, (b"cookie", b"portal_community=1")),
        (HOST, ZH, (b"cookie", b"=; nonsense;;")),
        (HOST, ZH, (b"cookie", KNOWN + b"=a"), (b"cookie", KNOWN + b"=b")),
        (HOST, ZH, (b"content-length", b"3")),
        (HOST, ZH, (b"transfer-encoding", b"chunked")),
        (HOST, ZH, (b"x-long", b"x" * gate.MOST_HEADERS)),
    ):
        assert not await is_fast(*head), head
    for how in (
        {"method": "HEAD"},
        {"method": "DELETE"},
        {"query": b"topic=debt&topic=labour"},
        {"query": b"topic=debt&lawyer="},
        {"query": b"topic=" + b"x" * gate.MOST_ADDRESS},
        {"path": "/book/times/"},
    ):
        assert not await is_fast(HOST, ZH, **how), how
    assert await is_fast(HOST, ZH)
    monkeypatch.setattr(gate.crowd, "count", 10_000)
    assert (await asked(HOST, ZH))[0] == 503, "too many at once are told so"


async def test_who_comes_while_the_page_is_drawn_anew_waits_for_it(cast, monkeypatch):
    duty = await make.duty(cast.chen, times=3)
    assert await free() == 3
    drawn, keep = [], express.Shelf.keep
    monkeypatch.setattr(express.Shelf, "keep", lambda *given: (drawn.append(given), keep(*given))[1])
    await actions.hold("b", duty.made[0].starts_at, Topic.DEBT)
    assert await asyncio.gather(*(free() for _ in range(20))) == [2] * 20
    assert len(drawn) == 1 and not express.shelves()["/book/times"].turns


async def test_a_database_that_is_away_is_told_kindly_the_fast_way_too(cast, monkeypatch):
    await make.duty(cast.chen, times=3)
    assert await free() == 3

    async def lost():
        raise database.Unavailable("gone")

    monkeypatch.setattr(publishing, "look", lost)
    assert (await Browser(app).get(TIMES)).status == 503


async def test_a_community_that_is_renamed_is_renamed_everywhere(cast):
    await make.duty(cast.chen, times=3)
    assert (await Browser(app).get(TIMES)).has("服务中心一楼法律诊所")
    await write(Community.filter(id=cast.places.community.id).update(desk="二楼二零一室"))
    assert (await Browser(app).get(TIMES)).has("二楼二零一室")


# -- nobody has to remember it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
async def test_whoever_writes_to_a_table_counts_on_what_is_drawn_from_it(cast, table):
    about = [name for name, drawn in editions.DRAWN_FROM.items() if table in drawn]
    for sql in (
        f"UPDATE {table} SET created_at = created_at WHERE 1 = 0",
        f'DELETE FROM "{table}" WHERE 1 = 0',
    ):
        before = await publishing.look()
        async with transaction():
            await database.change(sql)
        after = await publishing.look()
        assert {name for name in after if after[name] != before.get(name)} == set(about), sql


async def test_a_write_that_is_rolled_back_and_one_elsewhere_count_nothing(cast):
    before = await publishing.look()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await Slot.all().update(withdrawn_at=clock.now())
            raise ZeroDivisionError
    async with transaction():
        await Draft.filter(browser="nobody").delete()
    assert await publishing.look() == before


async def test_rows_that_go_with_others_count_too(cast):
    """Whoever deletes an appointment, a place on the waitlist, a pattern deletes or changes what the calendar is drawn from."""
    models = {model._meta.db_table: model for model in Tortoise.apps["portal"].values()}
    assert {"times"} <= editions.changed_by("appointment", True) & editions.changed_by("wait", True)
    assert not editions.changed_by("appointment", False) and not editions.changed_by("notice", True)
    assert editions.changed_by("community", True) >= {"communities"}
    assert set(TABLES) <= models.keys()
    assert Protection._meta.db_table not in TABLES


async def test_a_look_serves_only_those_who_came_before_it_began(cast, monkeypatch):
    monkeypatch.setattr(database, "glance", lambda sql: None)  # as on PostgreSQL
    asked, seen = [], []
    real = database.rows

    async def slowly(sql, *values):
        asked.append(datetime.now())
        return await real(sql, *values)

    monkeypatch.setattr(database, "rows", slowly)
    looks = publishing.Looks()

    async def one() -> None:
        seen.append(await looks.look())

    await asyncio.gather(*(one() for _ in range(50)))
    assert len(seen) == 50 and len(asked) <= 2
    async with transaction():
        await Slot.all().update(withdrawn_at=None)
    assert (await looks.look()).get("times", 0) > seen[-1].get("times", 0)
