"""What awaits whoever watches over the others: what somebody opened that is confided to few."""

from portal.desk.blocks import FEW, Block, Item, few, since
from portal.languages import _
from portal.people import glass_queries
from portal.people.models import CAUSE_NAMES, Cause, Person
from portal.privacy.models import Disposal, DisposalState
from portal.privacy.schedule import SCHEDULE


async def of_told(person: Person) -> list[Block]:
    """Glasses that were broken and not looked at yet; what waits for a second person to let it go."""
    told = await glass_queries.told(person)
    return [
        Block(
            _("有人打开了保密内容") if told else _("打开保密内容的记录"),
            len(told),
            _("没有等您核对的。"),
            [
                Item(
                    "glass:index",
                    {},
                    f"{one.person.name} · {CAUSE_NAMES[Cause(one.cause)]}",
                    one.created_at,
                    _("待核对"),
                    "warn",
                )
                for one in told[:FEW]
            ],
            "glass:index",
            action=_("去核对"),
            is_urgent=True,
        ),
        await _disposals(person),
    ]


async def _disposals(person: Person) -> Block:
    """Words whose time is over and which a second person lets go, or keeps."""
    proposed = Disposal.visible_to(person).filter(state=DisposalState.PROPOSED)
    count, found = await few(proposed.exclude(proposed_by_id=person.id).order_by("created_at"))
    return Block(
        _("等复核的到期销毁"),
        count,
        _("没有等复核的销毁。"),
        [
            Item(
                "privacy:disposal",
                {"number": one.number},
                str(SCHEDULE[one.kind].title),
                state=_("待复核"),
                tone="warn",
                note=since(one.created_at),
            )
            for one in found
        ],
        "privacy:desk",
        action=_("去复核"),
    )
