"""What awaits the people of the service centre, and the lead who answers for them."""

from datetime import timedelta
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from portal import clock, locality
from portal.booking import queries as booking
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Consultation
from portal.consultations.models import State as ConsultationState
from portal.consultations.queries import deadlines
from portal.desk.blocks import FEW, Block, Item, consultation, dispute, feedback, few, placed
from portal.disputes import queries as disputes
from portal.disputes import rules as dispute_rules
from portal.disputes.models import OPEN, Dispute, Level
from portal.disputes.models import State as DisputeState
from portal.feedback.models import Feedback, Reply
from portal.feedback.models import State as FeedbackState
from portal.feedback.queries import due as due_feedback
from portal.languages import _, ngettext
from portal.notices import Channel, Notice
from portal.notices import State as NoticeState
from portal.people.models import Person
from portal.privacy.models import WISH_NAMES, Wish
from portal.privacy.models import Request as Asked
from portal.privacy.models import State as AskedState

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
    dues = await deadlines.nearest([one.id for one in first_urgent if not one.protection_id])
    dangerous, first_dangerous = await few(
        at(Dispute).filter(is_dangerous=True, state__in=OPEN).order_by("created_at")
    )
    untimed, first_untimed = await few(asked.filter(appointment_id=None))
    contested, said = await few(
        ours(Appointment)
        .filter(contested_at__isnull=False, weighed_at=None, state=AppointmentState.MISSED)
        .order_by("contested_at")
    )
    reported, first_reported = await few(
        at(Dispute).filter(state=DisputeState.REPORTED, level__gte=Level.COMMUNITY).order_by("created_at")
    )
    received, first_received = await few(
        at(Feedback).filter(state=FeedbackState.RECEIVED).order_by("created_at")
    )
    late, first_late = await few(at(Feedback).filter(due_feedback(now, now, True)).order_by("due_at"))
    today, first_today = await few(
        at(Feedback).filter(due_feedback(now, clock.span(clock.today())[1], False)).order_by("due_at")
    )
    calls = await to_carry().count()
    failed = await to_carry().filter(state=NoticeState.FAILED).count() if calls else 0
    return [
        Block(
            _("有危险，先处理"),
            urgent + dangerous,
            _("没有标记危险的事项。"),
            [
                *[consultation(one, dues.get(one.id)) for one in first_urgent],
                *[dispute(one) for one in first_dangerous],
            ],
            is_urgent=True,
        ),
        await _without_lawyer(person),
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
            _("今天到期的诉求"),
            today,
            _("今天没有到期的诉求。"),
            [feedback(one) for one in first_today],
            "feedback:index",
            "due=today",
            _("今天到期的"),
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
            _("没约上时间的咨询"),
            untimed,
            _("来咨询的人都约到了时间。"),
            [consultation(one) for one in first_untimed],
            "consultations:index",
            action=_("咨询登记"),
        ),
        Block(
            _("说没有缺席的，要核实"),
            contested,
            _("没有要核实的。"),
            [Item("appointments:show", {"number": one.number}, one.number, one.contested_at) for one in said],
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
            note=ngettext("其中 %(num)s 条短信没能发出去", "其中 %(num)s 条短信没能发出去", failed)
            % {"num": failed}
            if failed
            else "",
        ),
    ]


async def _without_lawyer(person: Person) -> Block:
    """Whose lawyer cannot come, or may not receive them any more: each morning is seen to as a whole."""
    hit = await booking.affected(person)
    return Block(
        _("要另找律师的预约"),
        len(hit),
        _("约好的人都有律师接待。"),
        [
            Item(
                "appointments:show",
                {"number": one.number},
                _("%(number)s，原来是%(name)s律师") % {"number": one.number, "name": one.lawyer.person.name},
                one.starts_at,
            )
            for one in hit[:FEW]
        ],
        "appointments:affected",
        action=_("现在就安排"),
        is_urgent=True,
    )


async def of_lead(person: Person) -> list[Block]:
    """What was sent back twice, people's requests, and this month's rates."""
    today = clock.today()
    first = today + timedelta(days=1)
    rates = dispute_rules.rates(await disputes.counts(locality.overseen(person), today.replace(day=1), first))
    return [
        await _sent_back(person),
        await _requests(person),
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


async def _sent_back(person: Person) -> Block:
    """What was given back by whoever should do it, or taken up again by its resident, for the second time."""
    returns = Reply.filter(verb="return").annotate(n=Count("id")).filter(n__gte=2).group_by("feedback_id")
    twice = Q(reopened__gte=2) | Q(id__in=Subquery(returns.values("feedback_id")))
    ours = locality.narrow(Feedback.visible_to(person), person)
    count, found = await few(
        placed(ours.filter(twice, state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED])).order_by(
            "created_at"
        )
    )
    return Block(
        _("退回两次的诉求"),
        count,
        _("没有退来退去的诉求。"),
        [feedback(one) for one in found],
        is_urgent=True,
    )


async def _requests(person: Person) -> Block:
    """What people asked about what is kept of them, the next one due first: the law gives fifteen working days."""
    asked = Asked.visible_to(person).filter(state=AskedState.ASKED).exclude(person_id=person.id)
    count, found = await few(asked.order_by("due_at"))
    now = clock.now()
    return Block(
        _("要答复的个人信息请求"),
        count,
        _("没有等着答复的请求。"),
        [
            Item(
                "privacy:request",
                {"number": one.number},
                str(WISH_NAMES[Wish(one.wish)]),
                one.due_at,
                _("已超时") if one.due_at < now else "",
                "bad",
                says="countdown",
            )
            for one in found
        ],
        "privacy:desk",
        action=_("去答复"),
        is_urgent=any(one.due_at < now for one in found),
    )
