"""Who may be meant is asked inside a firm, about whom it may not stand beside, and a name of before decides nothing."""

from portal.booking.models import MATTER
from portal.conflicts import possible, queries
from portal.conflicts.models import Party, Side
from portal.conflicts.rules import Names
from portal.database import transaction
from portal.records import new_id


async def test_a_firm_is_asked_about_its_own_people_on_the_other_side_and_about_nobody_twice(cast):
    where = {"matter_kind": MATTER, "building_id": cast.places.buildings[0].id}

    async def stands(firm, side: Side, name: str, matter=None, **columns) -> Party:
        key = matter or new_id()
        return await Party.create(**where, matter=key, side=side, name=name, firm_id=firm.id, **columns)

    matter = new_id()
    async with transaction():
        await stands(cast.hengdao, Side.CLIENT, "梅秀英", matter, person=cast.mei)
        await stands(cast.hengdao, Side.OTHER, "陶建国", matter)
        asked = await stands(cast.hengdao, Side.CLIENT, "陶建郭")
        await stands(cast.hengdao, Side.OTHER, "陶建郭")  # stood against then as now
        await stands(cast.lanting, Side.CLIENT, "陶建郭")  # another firm's, and no business of this one
        await stands(cast.hengdao, Side.OTHER, "梅秀瑛", person=cast.mei)  # herself
    assert [one.id for one in await possible.maybe(cast.hengdao.id, MATTER, matter)] == [asked.id]


async def test_a_name_somebody_had_before_keeps_no_firm_out(cast):
    async with transaction():
        said = {"side": Side.CLIENT, "name": "陶改名", "firm_id": cast.hengdao.id, "is_former": True}
        await Party.create(matter_kind=MATTER, matter=new_id(), **said)
    assert await queries.check([cast.hengdao.id], Names(), Names.of(["陶改名"])) == {}
