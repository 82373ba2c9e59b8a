"""Files are kept once, within bounds, sealed, with what they belong to, and leave nothing behind when they go."""

import asyncio
import io
from dataclasses import replace

import pytest
from PIL import Image

from portal import clock, database, journal, secrecy, settings
from portal.attachments import actions, queries, rules
from portal.attachments.inspection import inspect
from portal.attachments.models import Attachment, Content, Kind, Place
from portal.consultations.queries.attachments import in_form
from portal.database import rows, transaction
from portal.errors import Missing
from portal.limits import Tally
from tests import make
from tests.attachments import files
from tests.journeys.steps import stranger

PHOTO, PAPER = files.photograph(), files.written(files.paper())
HERE = Place.at("browser one")


def photos(count: int) -> list[tuple[str, bytes]]:
    """So many different photographs."""
    return [
        (f"{n}.jpg", files.plain("JPEG", Image.new("RGB", (40, 40), (n * 20 % 255, n, 200)), quality=95))
        for n in range(count)
    ]


async def test_what_is_handed_in_is_listed_and_opens(cast):
    handed = await actions.hand_in(HERE, [("借条.JPG", PHOTO), ("合同.pdf", PAPER)], cast.mei)
    assert handed == (2, [])
    first, second = await queries.listed(HERE)
    assert (first["name"], first["kind"], first["by_id"], first["by"]) == (
        "借条",
        Kind.JPEG,
        cast.mei.id,
        "梅秀英",
    )
    assert (second["name"], second["kind"]) == ("合同", Kind.PDF)
    one = await queries.found(HERE, first["id"])
    assert one is not None
    kept = await queries.body(one)
    assert len(kept) == first["size"] and Image.open(io.BytesIO(kept)).size == (640, 400)
    stored = "".join(
        str(list(row.values())) for row in await rows("SELECT name, kind, matter_kind FROM attachment")
    )
    assert "借条" not in stored and "合同" not in stored


async def test_the_same_file_twice_is_kept_once_and_elsewhere_again(cast):
    await actions.hand_in(HERE, [("a.jpg", PHOTO), ("b.jpg", PHOTO)], cast.mei)
    assert (await actions.hand_in(HERE, [("c.jpg", PHOTO)], cast.mei)).kept == 1
    assert len(await queries.listed(HERE)) == 1
    await actions.hand_in(Place.at("browser two"), [("a.jpg", PHOTO)], cast.tao)
    assert await Content.all().count() == 2


async def test_a_file_that_is_not_taken_is_named_and_costs_the_others_nothing(cast):
    handed = await actions.hand_in(
        HERE,
        [("a.jpg", PHOTO), ("b\u202egpj.exe", b"MZ"), ("/x/c.pdf", files.locked_paper()), ("big.jpg", b"\xff" * (rules.MOST_BYTES + 1))],
        cast.mei,
    )  # fmt: skip
    assert handed.kept == 1 and len(handed.refused) == 3
    assert "“bgpj”" in handed.refused[0] and "不是照片" in handed.refused[0]
    assert "“c”" in handed.refused[1] and "密码" in handed.refused[1]
    assert "10 MB" in handed.refused[2]


async def test_ten_are_enough(cast):
    handed = await actions.hand_in(HERE, photos(12), cast.mei)
    assert handed.kept == 10 and len(handed.refused) == 2 and "10 份" in handed.refused[0]
    assert len(await queries.listed(HERE)) == 10


async def test_of_two_who_hand_in_at_once_the_bounds_hold_for_both(cast):
    several = photos(16)
    await asyncio.gather(*(actions.hand_in(HERE, several[n::2], cast.mei) for n in range(2)))
    assert len(await queries.listed(HERE)) == 10


async def test_together_they_fit_in_what_one_matter_may_keep(cast, monkeypatch):
    size = len((await inspect(PHOTO))[1])
    monkeypatch.setattr(rules, "MEGABYTE", 1)
    settings.use(replace(settings.current(), papers_megabytes=size + 100))
    handed = await actions.hand_in(HERE, [("a.jpg", PHOTO), ("b.pdf", PAPER)], cast.mei)
    assert handed.kept == 1 and "地方不够" in handed.refused[0]


async def test_strangers_fill_only_so_much_and_only_so_fast(database, monkeypatch):
    monkeypatch.setattr(rules, "A_FEW", 2)
    handed = await actions.hand_in(HERE, photos(3), None, "address one")
    assert handed.kept == 2 and len(handed.refused) == 1
    assert (await actions.hand_in(HERE, photos(1), None, "address two")).kept == 1
    monkeypatch.setattr(rules, "MOST_UNSIGNED", 2_000)
    refused = (await actions.hand_in(Place.at("another"), [("d.jpg", PHOTO)], None, "address three")).refused
    assert "先约好时间" in refused[0]
    assert "address" in "".join(await Tally.all().values_list("key", flat=True))  # type: ignore[arg-type]


async def test_each_resident_hands_in_so_many_an_hour_of_their_own(cast, monkeypatch):
    monkeypatch.setattr(rules, "A_FEW", 1)
    handed = await actions.hand_in(HERE, photos(2), cast.mei)
    assert handed.kept == 1 and len(handed.refused) == 1
    assert (await actions.hand_in(Place.at("browser two"), photos(1), cast.tao)).kept == 1


def test_why_a_file_is_not_kept_beside_others():
    much = 100 * rules.MEGABYTE
    assert rules.why_not(9, 0, rules.MOST_BYTES, much) == ""
    assert rules.why_not(0, 0, rules.MOST_BYTES + 1, much) == rules.TOO_LARGE
    assert rules.why_not(10, 0, 1, much) == rules.TOO_MANY
    assert rules.why_not(0, much, 0, much) == "" and rules.why_not(0, much, 1, much) == rules.NO_ROOM


async def test_in_one_browser_nobody_sees_or_takes_away_what_somebody_else_brought(cast):
    secret = secrecy.token()
    key = secrecy.keyed("browser", secret)
    await actions.hand_in(Place.at(key), [("海棠树.jpg", PHOTO)], cast.mei)
    (one,) = await Attachment.all()
    tao = await make.sign_in(stranger(), cast.tao)
    tao.keep("portal_browser", secret)
    assert not (await tao.get("/book/attachments")).has("海棠树")
    assert (await tao.post(f"/book/attachments/{one.id}/removal")).status == 404
    assert len(await in_form(key, cast.mei)) == 1 and await in_form(key, cast.tao) == []


async def test_staff_take_papers_in_for_everybody_all_day(cast, monkeypatch):
    monkeypatch.setattr(rules, "A_FEW", 1)
    assert (await actions.hand_in(HERE, photos(3), cast.fang)).kept == 3


async def test_what_was_handed_in_goes_along_with_what_is_asked(cast):
    await actions.hand_in(HERE, photos(2), None, "address")
    made = await make.consultation(cast.mei)
    async with transaction():
        assert await actions.carry(HERE, made, cast.mei) == 2
    assert await queries.listed(HERE) == []
    assert {row["by_id"] for row in await queries.listed(Place.of(made))} == {cast.mei.id}
    told = [entry for entry in await journal.of(made) if entry["verb"] == "hand_in"]
    assert [entry["detail"] for entry in told] == [{"papers": 2}]


async def test_what_somebody_else_brought_in_the_same_browser_stays_behind(cast):
    one, two, three = photos(3)
    await actions.hand_in(HERE, [one], None, "address")
    await actions.hand_in(HERE, [two], cast.mei)
    await actions.hand_in(HERE, [three], cast.tao)
    made = await make.consultation(cast.tao)
    async with transaction():
        assert await actions.carry(HERE, made, cast.tao) == 2
    assert {row["name"] for row in await queries.listed(Place.of(made))} == {"0", "2"}
    assert [row["name"] for row in await queries.listed(HERE)] == ["1"]


async def test_when_the_booking_fails_the_files_stay_with_the_form(cast):
    await actions.hand_in(HERE, photos(1), cast.mei)
    made = await make.consultation(cast.mei)
    with pytest.raises(RuntimeError):
        async with transaction():
            await actions.carry(HERE, made, cast.mei)
            raise RuntimeError
    assert len(await queries.listed(HERE)) == 1 and await queries.listed(Place.of(made)) == []


async def test_what_is_taken_back_is_gone_but_for_the_fact(cast):
    made = await make.consultation(cast.mei)
    place = Place.of(made)
    await actions.hand_in(place, photos(2), cast.mei)
    one = await Attachment.all().order_by("created_at").first()
    assert one is not None
    await actions.take_back(cast.mei, place, one)
    await one.refresh_from_db()
    assert one.removed_at is not None and one.name == "" and not await Content.filter(id=one.id).exists()
    assert len(await queries.listed(place)) == 1 and await queries.found(place, one.id) is None
    assert [entry["verb"] for entry in await journal.of(made)][-2:] == ["hand_in", "take_back"]
    with pytest.raises(Missing):
        await actions.take_back(cast.mei, place, one)
    assert (await actions.hand_in(place, photos(1), cast.mei)).kept == 1, "the same may be handed in again"


async def test_one_place_is_no_way_to_the_files_of_another(cast):
    mine, theirs = await make.consultation(cast.mei), await make.consultation(cast.tao)
    await actions.hand_in(Place.of(mine), photos(1), cast.mei)
    (row,) = await queries.listed(Place.of(mine))
    one = await queries.found(Place.of(mine), row["id"])
    assert one and await queries.found(Place.of(theirs), one.id) is None
    assert await queries.found(Place.at(""), one.id) is None and await queries.listed(Place()) == []
    with pytest.raises(Missing):
        await actions.take_back(cast.tao, Place.of(theirs), one)


async def test_a_form_that_is_forgotten_leaves_nothing(cast):
    await actions.hand_in(HERE, photos(2), cast.mei)
    await actions.hand_in(Place.at("browser two"), photos(1), cast.mei)
    assert await actions.forget(HERE) == 2
    assert await Attachment.all().count() == await Content.all().count() == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("IMG_2041.HEIC", "IMG_2041"),
        ("C:\\Users\\梅\\借条 1.jpg", "借条 1"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.exe", "agnp"),
        ("  微信图片_2026.jpg.png ", "微信图片_2026.jpg"),
        ("\x00\n", ""),
        (".jpg", ""),
        ("合同（第 3 版）.pdf", "合同（第 3 版）"),
        ("字" * 200 + ".pdf", "字" * 60),
        ("𠮷野家.pdf", "𠮷野家"),
        ("\ud800x.pdf", "x"),
    ],
)
def test_a_name_is_what_people_call_it(given, kept):
    assert rules.named(given) == kept


async def test_a_file_without_a_name_is_counted(cast):
    with clock.standing_at(clock.now()):
        await actions.hand_in(HERE, [("", PHOTO), (".pdf", PAPER)], cast.mei)
    assert [row["name"] for row in await queries.listed(HERE)] == ["第 1 份", "第 2 份"]
    assert database.in_transaction() is False
