"""What awaits the people of the service centre, and the lead who answers for them."""

from datetime import timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal import clock, locality
from portal.consultations.models import Consultation
from portal.consultations.models import State as ConsultationState
from portal.desk.blocks import FEW, Block, Item, consultation, dispute, feedback, few, placed
from portal.disputes import queries as disputes
from portal.disputes import rules as dispute_rules
from portal.disputes.models import OPEN, Dispute, Level
from portal.disputes.models import State as DisputeState
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.languages import _
from portal.notices import Channel, Notice
from portal.notices import State as NoticeState
from portal.people.models import Person
from portal.roster import queries as roster

# what a person must carry: to telephone, to hand over on paper, or what no gateway would take
BY_HAND = Q(channel__in=[Channel.CALL, Channel.PAPER], state=NoticeState.OWED) | Q(state=NoticeState.FAILED)


def to_carry() -> QuerySet[Notice]:
    """Messages to people of the community that is meant which somebody must carry."""
    return Notice.filter(BY_HAND, person__community_id=locality.current())


async def of_staff(person: Person) -> list[Block]:
    """Danger first, then what nobody has taken up, what is late, who must be telephoned."""
    now = clock.now()

    def ours(kind: Any) -> Any:
        return locality.narrow(kind.visible_to(person), person)

    def at(kind: Any) -> Any:
        return placed(ours(kind))

    asked = ours(Consultation).filter(state=ConsultationState.ASKED).order_by("created_at")
    urgent, first_urgent = await few(
        ours(Consultation)
        .filter(is_urgent=True, state__in=[ConsultationState.ASKED, ConsultationState.STARTED])
        .order_by("created_at")
    )
    dangerous, first_dangerous = await few(
        at(Dispute).filter(is_dangerous=True, state__in=OPEN).order_by("created_at")
    )
    untimed, first_untimed = await few(asked.filter(appointment_id=None))
    reported, first_reported = await few(
        at(Dispute).filter(state=DisputeState.REPORTED, level__gte=Level.COMMUNITY).order_by("created_at")
    )
    received, first_received = await few(
        at(Feedback).filter(state=FeedbackState.RECEIVED).order_by("created_at")
    )
    late, first_late = await few(
        at(Feedback).filter(state=FeedbackState.DISPATCHED, due_at__lt=now).order_by("due_at")
    )
    calls = await to_carry().count()
    return [
        Block(
            _("有危险，先处理"),
            urgent + dangerous,
            _("没有标记危险的事项。"),
            [
                *[consultation(one) for one in first_urgent],
                *[dispute(one) for one in first_dangerous],
            ],
            is_urgent=True,
        ),
        Block(
            _("没约上时间的咨询"),
            untimed,
            _("来咨询的人都约到了时间。"),
            [consultation(one) for one in first_untimed],
            "consultations:index",
            action=_("咨询登记"),
        ),
        Block(
            _("待派发的诉求"),
            received,
            _("收到的诉求都派下去了。"),
            [feedback(one) for one in first_received],
            "feedback:index",
            "state=received",
            _("去派发"),
        ),
        Block(
            _("超时的诉求"),
            late,
            _("没有超时的诉求。"),
            [feedback(one) for one in first_late],
            "feedback:index",
            "due=late",
            _("全部超时"),
            is_urgent=True,
        ),
        Block(
            _("报到社区、待受理的纠纷"),
            reported,
            _("没有等着受理的纠纷。"),
            [dispute(one) for one in first_reported],
            "disputes:index",
            "state=reported",
            _("全部待受理"),
        ),
        Block(
            _("要打的电话、要送的纸条"),
            calls,
            _("该通知的都通知到了。"),
            [],
            "desk:calls",
            action=_("打开名单"),
        ),
    ]


async def of_lead(person: Person) -> list[Block]:
    """Mornings in the next four weeks on which nobody sits at the clinic's desk, and this month's rates."""
    today = clock.today()
    first = today + timedelta(days=1)
    holes = [day for day in await roster.coverage(first, first + timedelta(days=27)) if day.is_hole]
    rates = dispute_rules.rates(await disputes.counts(locality.overseen(person), today.replace(day=1), first))
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
                    "bad" if (day.on - first).days < 3 else "warn",
                )
                for day in holes[:FEW]
            ],
            "roster:index",
            action=_("去排班"),
            is_urgent=any((day.on - first).days < 3 for day in holes),
        ),
        Block(
            _("本月的纠纷"),
            0,
            _("有结果的 %(whole)s 件，其中 %(grid)s 件没有出网格，%(community)s 件没有出社区。")
            % {
                "whole": rates.in_grid.whole,
                "grid": rates.in_grid.part,
                "community": rates.in_community.part,
            },
            route="reporting:board",
            action=_("看板"),
        ),
    ]
