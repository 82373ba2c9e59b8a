"""Who reads what of a dispute at which level: words planted in each of its parts, looked for on every page of everybody."""

from datetime import date, timedelta

import pytest

from app import app
from portal import clock, journal
from portal.community.queries import find
from portal.conflicts.models import Side
from portal.database import transaction
from portal.disputes import actions
from portal.disputes.actions import Report
from portal.disputes.actions.reports import Named
from portal.disputes.models import Agreement, Dispute, Level, Sitting, SittingState
from portal.people.models import Protection, Proxy, Role, Scope, Session, Way
from tests import canaries, make
from tests.forms_browser import Browser

TODAY = date(2026, 11, 3)
PLANTED = {
    "words": "栀子花盆砸了下来",
    "place": "栀子苑后门左拐302",
    "name": "栀子清",
    "phone": "13812340987",
    "reason": "栀子两家不肯让",
    "minutes": "栀子记下的话",
    "agreed": "栀子搬到阳台里面",
}
LINE, PLACE = set(), {"place"}
FACTS = {"words", "reason", "agreed"}
INSIDE = FACTS | PLACE | {"name", "minutes"}
OWN = {"words", "place", "name", "agreed"}  # her own words; the sheet of the agreement names both sides

STAFF = {name: INSIDE for name in ("fang", "he", "guo")}
# level → who sees what; nobody else finds it at all
SEEN = {
    Level.UNIT: {"mei": OWN, "dou": INSIDE, "bai": PLACE, "sun": PLACE, **STAFF},
    Level.BUILDING: {"mei": OWN, "dou": LINE, "bai": INSIDE, "sun": PLACE, **STAFF},
    Level.GRID: {"mei": OWN, "dou": LINE, "bai": LINE, "sun": INSIDE, **STAFF},
    Level.COMMUNITY: {"mei": OWN, "dou": LINE, "bai": LINE, "sun": LINE, **STAFF},
    Level.STREET: {"mei": OWN, "dou": LINE, "bai": LINE, "sun": LINE, "jiang": INSIDE, **STAFF},
}


@pytest.fixture(autouse=True)
def november():
    with clock.standing_at(clock.at(TODAY, 10 * 60)):
        yield


async def planted(cast, level: Level = Level.UNIT) -> Dispute:
    """A dispute of Mei's that came up to this level step by step, with something planted everywhere."""
    place = await find(cast.places.compound, "1", "1")
    parties = [Named(Side.A, cast.mei.name, "", cast.mei), Named(Side.B, PLANTED["name"], PLANTED["phone"])]
    said = Report("neighbours", PLANTED["words"], place, PLANTED["place"], parties)
    dispute = await actions.report(cast.mei, said)
    standing = {
        Level.UNIT: cast.dou,
        Level.BUILDING: cast.bai,
        Level.GRID: cast.sun,
        Level.COMMUNITY: cast.guo,
    }
    for now in range(Level.UNIT, level):
        await actions.raise_(standing[Level(now)], dispute, PLANTED["reason"])
    async with transaction():
        await Sitting.create(
            dispute=dispute,
            mediator=cast.he,
            starts_at=clock.now() - timedelta(days=1),
            place="调解室",
            state=SittingState.HELD,
            attended="都到了",
            minutes=PLANTED["minutes"],
        )
        await Agreement.create(
            dispute=dispute,
            form="oral",
            content=PLANTED["agreed"],
            performance="",
            reached_on=TODAY,
            year=2026,
            serial=1,
        )
    return dispute


async def pages(dispute: Dispute) -> list[str]:
    """Everything a number and a curious mind lead to."""
    here = f"/disputes/{dispute.number}"
    sitting, agreement = await Sitting.get(dispute_id=dispute.id), await Agreement.get(dispute_id=dispute.id)
    return [
        here,
        f"{here}/sittings/{sitting.id}",
        f"{here}/sittings/new",
        f"{here}/settlement",
        f"{here}/agreement/{agreement.number}",
        "/disputes",
        f"/disputes?q={dispute.number}",
        "/desk",
        "/",
        f"/lookup?number={dispute.number}",
    ]


async def finds(who, dispute: Dispute, way: Way | None = None) -> bool:
    browser = await make.sign_in(Browser(app), who, way)
    return (await browser.get(f"/disputes/{dispute.number}")).status == 200


@pytest.mark.parametrize("level", SEEN)
async def test_each_level_shows_each_person_just_this(cast, level):
    dispute = await planted(cast, level)
    asked = await pages(dispute)
    for name, who in canaries.everybody(cast).items():
        met = await canaries.seen(who, asked, PLANTED)
        expected = SEEN[level].get(name, set())
        assert met == (expected - {"reason"} if level == Level.UNIT else expected), name
        assert who is None or await finds(who, dispute) is (name in SEEN[level]), name


async def test_a_list_and_a_desk_tell_neither_words_nor_names_nor_rooms(cast):
    await planted(cast, Level.COMMUNITY)
    for who in (cast.fang, cast.he, cast.guo, cast.dou, cast.sun, cast.jiang):
        assert await canaries.seen(who, ["/disputes", "/desk", "/"], PLANTED) == set(), who.name


async def test_offices_are_left_at_the_door_by_whoever_comes_in_by_telephone(cast):
    dispute = await planted(cast)
    async with transaction():
        await Dispute.filter(id=dispute.id).update(handler_id=cast.he.id)
    for who in (cast.he, cast.fang, cast.dou):
        assert not await finds(who, dispute, Way.PHONE)
        assert await canaries.seen(who, await pages(dispute), PLANTED, Way.PHONE) == set()


async def test_telephones_are_whole_for_whoever_handles_it_when_they_ask_and_it_is_written_down(cast):
    dispute = await planted(cast, Level.COMMUNITY)
    he, fang = await make.sign_in(Browser(app), cast.he), await make.sign_in(Browser(app), cast.fang)
    page = await fang.get(f"/disputes/{dispute.number}")
    assert not page.has("138****0987") and not page.has("显示电话")
    mei = await make.sign_in(Browser(app), cast.mei)
    for browser in (fang, mei):
        assert (await browser.post(f"/disputes/{dispute.number}/phones")).status == 404
    await (await he.get(f"/disputes/{dispute.number}")).press("受理")
    page = await he.get(f"/disputes/{dispute.number}")
    assert page.has("138****0987") and PLANTED["phone"] not in page.html
    page = await page.press("显示电话")
    assert page.has(PLANTED["phone"])
    assert PLANTED["phone"] not in (await he.get(f"/disputes/{dispute.number}")).html
    looked = [entry for entry in await journal.of(dispute) if entry["verb"] == "unmask"]
    assert [entry["actor"] for entry in looked] == [cast.he.id]


async def test_who_stands_in_for_the_reporter_sees_whose_and_where_and_not_a_word(cast):
    dispute = await planted(cast)
    async with transaction():
        await Proxy.create(
            resident=cast.mei, agent=cast.tao, scopes=[Scope.MEDIATION], ends_on=TODAY + timedelta(days=9)
        )
    assert await canaries.seen(cast.tao, await pages(dispute), PLANTED) == PLACE
    page = await (await make.sign_in(Browser(app), cast.tao)).get(f"/disputes/{dispute.number}")
    assert page.has("梅秀英反映的事")
    async with transaction():
        await Proxy.all().update(scopes=[Scope.BOOK])
    assert not await finds(cast.tao, dispute)


async def test_a_protected_one_has_no_name_and_no_place_and_is_nobodys_who_cannot_say_the_words(cast):
    dispute = await planted(cast, Level.BUILDING)
    async with transaction():
        protection = await Protection.create(person=cast.mei, passphrase="-", contact_by="none")
        await Dispute.filter(id=dispute.id).update(protection_id=protection.id)
        await Proxy.create(
            resident=cast.mei, agent=cast.tao, scopes=[Scope.MEDIATION], ends_on=TODAY + timedelta(days=9)
        )
    asked = await pages(dispute)
    for name, who in canaries.everybody(cast).items():
        met = await canaries.seen(who, asked, PLANTED)
        if name in STAFF:
            assert met == FACTS | {"minutes"}, name
        else:
            assert met == set() and (who is None or not await finds(who, dispute)), name
    fang = await make.sign_in(Browser(app), cast.fang)
    page = await fang.get("/disputes")
    assert page.has("受保护居民") and not page.has("银杏苑") and not page.has("1号楼")
    mei = await make.sign_in(Browser(app), cast.mei)
    async with transaction():
        until = clock.now() + timedelta(minutes=15)
        await Session.filter(person_id=cast.mei.id).update(protection_id=protection.id, unlocked_until=until)
    assert (await mei.get(f"/disputes/{dispute.number}")).has(PLANTED["words"])


async def test_what_another_community_settles_is_out_of_reach_even_of_its_own_staff(cast):
    """Tang works elsewhere and lives here: their own report is theirs to follow, not to settle."""
    place = await find(cast.places.compound, "1", "1")
    dispute = await actions.report(cast.other.tang, Report("neighbours", PLANTED["words"], place))
    tang = await make.sign_in(Browser(app), cast.other.tang)
    page = await tang.get(f"/disputes/{dispute.number}")
    assert page.has("您反映的事") and not page.has("接下来")
    assert (await tang.post(f"/disputes/{dispute.number}/acceptance")).status == 403
    assert (await tang.get(f"/disputes/{dispute.number}/settlement")).status == 403


async def test_the_street_settles_what_was_raised_to_it_and_not_what_lies_in_another(cast):
    """Somebody of the other street lives here: their own report is theirs to follow, at whatever level it stands."""
    other = await make.person("和街道", Role.STREET, street=cast.other.places.street)
    place = await find(cast.places.compound, "1", "1")
    dispute = await actions.report(other, Report("neighbours", PLANTED["words"], place))
    await actions.raise_(cast.guo, dispute, PLANTED["reason"], Level.STREET)
    theirs = await make.sign_in(Browser(app), other)
    page = await theirs.get(f"/disputes/{dispute.number}")
    assert page.has("您反映的事") and not page.has("接下来")
    for end in ("acceptance", "raising", "escalation"):
        sent = {"reason": "试试看", "level": "5", "to": "6"}
        assert (await theirs.post(f"/disputes/{dispute.number}/{end}", sent)).status in (403, 422), end
    jiang = await make.sign_in(Browser(app), cast.jiang)
    page = await (await jiang.get(f"/disputes/{dispute.number}")).press("受理")
    assert page.status == 200 and (await Dispute.get(id=dispute.id)).handler_id == cast.jiang.id
