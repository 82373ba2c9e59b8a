"""What awaits whoever keeps others at work: accounts still to be opened, a firm's mornings, the figures."""

from datetime import timedelta

from portal import clock
from portal.desk.blocks import FEW, Block, Item, few
from portal.languages import _
from portal.people import office_queries
from portal.people.models import ROLE_NAMES, Person, Role
from portal.roster import swap_queries


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
    """The coming mornings of the firm's lawyers: those not confirmed and those for which somebody is looked for, first."""
    firms = {"lawyer__firm_id__in": [key for key in person.minds(Role.FIRM_COORDINATOR) if key]}
    today = clock.today()
    rows = await swap_queries.coming(today, today + timedelta(weeks=4), **firms)
    unsure = {row["id"] for row in await swap_queries.unsure(**firms)}
    said = {True: _("在找人顶班"), False: _("还没确认")}
    rows.sort(key=lambda row: row["swap"] is None and row["id"] not in unsure)
    return [
        Block(
            _("本所接下来的值班"),
            len(rows),
            _("接下来没有排给本所律师的上午。"),
            [
                Item(
                    "roster:duty",
                    {"id": row["id"]},
                    row["name"],
                    clock.at(row["day"], row["from_minute"]),
                    said[row["swap"] is not None] if row["swap"] or row["id"] in unsure else "",
                    "warn",
                    says="countdown",
                )
                for row in rows[:FEW]
            ],
            "roster:own_firm",
            action=_("本所的排班"),
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
