"""Whether somebody sits at the clinic's desk on the coming mornings, for those who answer for it."""

from datetime import timedelta
from typing import Any

from portal import clock, locality
from portal.desk.blocks import FEW, Block, Item, Progress
from portal.languages import _
from portal.people.models import Person
from portal.roster import queries, swap_queries

NEAR = 3  # working days in which an empty morning is an emergency


async def of_mornings(person: Person) -> list[Block]:
    """The empty mornings of the next four weeks, those whose lawyer has not said that they come, and those for which a
    substitute is wanted."""
    first = clock.today() + timedelta(days=1)
    days = [day for day in await queries.coverage(first, first + timedelta(days=27)) if day.is_open]
    near = {day.on for day in days[:NEAR]}
    holes = [day for day in days if day.is_hole]
    covered = _("%(whole)s 个上午，%(done)s 个有律师") % {
        "whole": len(days),
        "done": len(days) - len(holes),
    }
    unsure = await swap_queries.unsure(community_id=locality.current())
    calls = await swap_queries.standing(duty__community_id=locality.current())
    return [
        Block(
            _("没有律师值班的上午"),
            len(holes),
            _("后面四个星期，每个工作日上午都有律师。"),
            [
                Item(
                    "roster:index",
                    {},
                    _("还没有人值班"),
                    clock.at(day.on, 9 * 60),
                    _("空缺"),
                    "bad" if day.on in near else "warn",
                    says="countdown",
                )
                for day in holes[:FEW]
            ],
            "roster:index",
            action=_("去排班"),
            is_urgent=any(day.on in near for day in holes),
            progress=Progress(len(days) - len(holes), len(days), covered),
        ),
        Block(
            _("还没确认的值班"),
            len(unsure),
            "",
            [
                _morning(one["id"], one["name"], one["day"], one["from_minute"], _("请打电话问"))
                for one in unsure[:FEW]
            ],
            is_urgent=True,
        ),
        Block(
            _("在找人顶班"),
            len(calls),
            "",
            [
                _morning(
                    one.duty.id,
                    one.duty.lawyer.person.name,
                    one.duty.day,
                    one.duty.from_minute,
                    _("还没有人接"),
                )
                for one in calls[:FEW]
            ],
        ),
    ]


def _morning(duty: Any, name: str, day: Any, minute: int, state: str) -> Item:
    return Item("roster:duty", {"id": duty}, name, clock.at(day, minute), state, "warn", says="countdown")
