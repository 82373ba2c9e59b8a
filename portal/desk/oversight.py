"""What awaits whoever watches over the others: what somebody opened that is confided to few."""

from portal.desk.blocks import FEW, Block, Item
from portal.languages import _
from portal.people import glass_queries
from portal.people.models import CAUSE_NAMES, Cause, Person


async def of_told(person: Person) -> list[Block]:
    """Glasses that were broken and not looked at yet."""
    told = await glass_queries.told(person)
    if not told:
        return []
    return [
        Block(
            _("有人打开了保密内容"),
            len(told),
            "",
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
        )
    ]
