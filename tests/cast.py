"""The people everybody knows in these tests. Yu is the stranger: whatever happens, Yu sees nothing of it.

Mei and Tao are neighbours who do not agree. Chen and Wu are lawyers of one firm, Lin of another. Fang dispatches, He
mediates, Guo leads, Xu administers. Sun minds grid one, Bai its building 1, Dou the first unit there; Qiu minds grid
two. Jiang watches from the street, Kong audits.

`other` is a second community in another street, where nobody has to do with any of them: An lives there, Ge is a lawyer
of a third firm, Tang dispatches, Pan leads, Shi minds its first grid.
"""

from types import SimpleNamespace

from portal.people.models import Role
from tests import make


async def assemble() -> SimpleNamespace:
    """Everyone, and the places they live in and mind."""
    places = await make.places()
    hengdao, lanting = await make.firm("衡道律师事务所"), await make.firm("兰亭律师事务所")
    unit, building = places.units[0], places.buildings[0]
    return SimpleNamespace(
        places=places,
        hengdao=hengdao,
        lanting=lanting,
        yu=await make.person("于生", phone="13800000009"),
        mei=await make.person("梅秀英", phone="13800000001"),
        tao=await make.person("陶建国", phone="13800000002"),
        chen=await make.lawyer("陈明理", hengdao, topics=["debt", "contract"]),
        wu=await make.lawyer("吴清和", hengdao),
        lin=await make.lawyer("林知远", lanting, topics=["marriage_family"]),
        fang=await make.person("方敏", Role.DISPATCHER),
        he=await make.person("何静", Role.MEDIATOR),
        guo=await make.person("郭领", Role.LEAD),
        xu=await make.person("许管", Role.ADMINISTRATOR),
        sun=await make.person("孙网格", Role.GRID_OFFICER, grid=places.grids[0]),
        bai=await make.person("白楼栋", Role.BUILDING_HEAD, building=building),
        dou=await make.person("窦单元", Role.UNIT_HEAD, unit=unit),
        qiu=await make.person("邱网格", Role.GRID_OFFICER, grid=places.grids[1]),
        jiang=await make.person("江街道", Role.STREET, street=places.street),
        kong=await make.person("孔审计", Role.AUDITOR),
        other=await elsewhere(),
    )


async def elsewhere() -> SimpleNamespace:
    """The second community and its people."""
    places = await make.places("槐树", await make.street("和平街道"))
    firm, there = await make.firm("远山律师事务所"), {"community": places.community}
    return SimpleNamespace(
        places=places,
        firm=firm,
        an=await make.person("安居民", phone="13800000011", **there),
        ge=await make.lawyer("葛远山", firm, topics=["debt"], community=places.community),
        tang=await make.person("唐接单", Role.DISPATCHER, **there),
        pan=await make.person("潘领", Role.LEAD, **there),
        shi=await make.person("史网格", Role.GRID_OFFICER, grid=places.grids[0], **there),
    )
