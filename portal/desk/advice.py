"""What awaits staff about 处方: to be handed over, not written, asked about once more, of no help."""

from typing import Any

from portal import locality
from portal.booking.models import Appointment
from portal.consultations import nagging
from portal.consultations.models import Consultation, Delivery
from portal.consultations.queries import aftercare
from portal.desk.blocks import Block, Item, few, protected, topic
from portal.languages import _
from portal.people.models import Person


async def of_advice(person: Person) -> list[Block]:
    """What was written and waits for its resident, and what they still wait for."""

    def ours(kind: Any) -> Any:
        return locality.narrow(kind.visible_to(person), person)

    to_hand_over, first_to_hand_over = await few(aftercare.to_hand_over(ours(Consultation)))
    unwritten, first_unwritten = await few(await nagging.overdue(ours(Appointment)))
    unanswered, first_unanswered = await few(aftercare.unanswered(ours(Consultation)).order_by("created_at"))
    unhelped, first_unhelped = await few(aftercare.to_recall(ours(Consultation)))
    return [
        Block(
            _("要交给居民的处方"),
            to_hand_over,
            _("写好的处方都交到了。"),
            [
                _line(one, _("打电话念") if one.deliver_by == Delivery.CALL else _("待打印"), one.ended_at)
                for one in first_to_hand_over
            ],
        ),
        Block(
            _("来访后没写处方的"),
            unwritten,
            _("来访的处方都写了。"),
            [
                Item(
                    "appointments:show",
                    {"number": one.number},
                    one.lawyer.person.name,
                    one.started_at,
                    "" if one.lawyer.is_active else _("律师已停用"),
                    "bad",
                    _("请联系律师或律所"),
                )
                for one in first_unwritten
            ],
        ),
        Block(
            _("追问没有人答"),
            unanswered,
            _("追问都有律师在答。"),
            [_line(one, _("请联系律所")) for one in first_unanswered],
        ),
        Block(
            _("说没有帮助的"),
            unhelped,
            _("没有等着联系的。"),
            [_line(one, _("请联系本人")) for one in first_unhelped],
        ),
    ]


def _line(one: Consultation, wanted: str, at: Any = None) -> Item:
    """One line about a consultation that was advised, with what is wanted of staff."""
    title = protected() if one.protection_id else topic(one.topic)
    return Item("consultations:show", {"number": one.number}, title, at, wanted, "info")
