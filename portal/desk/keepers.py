"""What awaits whoever keeps others at work: accounts still to be opened, a firm's mornings, the figures."""

from portal import clock
from portal.desk.blocks import Block, Item, few
from portal.languages import _
from portal.people import office_queries
from portal.people.models import ROLE_NAMES, Person, Role
from portal.roster.models import Duty


async def of_inviter(person: Person) -> list[Block]:
    """Office holders who have no account yet, for whoever may invite them."""
    count, first = await few(office_queries.without_account(person).order_by("created_at"))
    return [
        Block(
            _("还没有账号的任职人员"),
            count,
            _("任职的人都有账号了。") if Role.ADMINISTRATOR in person.roles else "",
            [Item("people:show", {"number": one.number}, one.name or one.number) for one in first],
            "people:index",
            action=_("全部人员"),
        )
    ]


async def of_coordinator(person: Person) -> list[Block]:
    """The coming mornings of the firm's lawyers."""
    firm = Duty.visible_to(person).filter(day__gte=clock.today(), withdrawn_at=None)
    count, coming = await few(firm.select_related("lawyer__person").order_by("day", "from_minute"))
    return [
        Block(
            _("本所接下来的值班"),
            count,
            _("接下来没有排给本所律师的上午。"),
            [
                Item(
                    "roster:public",
                    {},
                    one.lawyer.person.name,
                    clock.at(one.day, one.from_minute),
                    says="countdown",
                )
                for one in coming
            ],
            "roster:public",
            action=_("值班律师"),
        )
    ]


async def of_reader(person: Person) -> list[Block]:
    """The figures, for whoever watches over them and over no case."""
    names = [str(ROLE_NAMES[role]) for role in (Role.STREET, Role.AUDITOR) if role in person.roles]
    return [
        Block(
            _("看板"),
            0,
            _("%(office)s看得到数目和口径，看不到个案的内容。") % {"office": "、".join(names)},
            route="reporting:board",
            action=_("打开看板"),
        )
    ]
