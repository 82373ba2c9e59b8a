"""What awaits whoever holds an office: lawyer, head, staff, mediator, lead, street."""

from datetime import timedelta

from tortoise.expressions import Q

from portal import clock
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.consultations.models import State as ConsultationState
from portal.desk.blocks import FEW, Block, Item, consultation, dispute, feedback, few, topic
from portal.disputes import queries as disputes
from portal.disputes import rules as dispute_rules
from portal.disputes.models import OPEN, Dispute, Level, Sitting, SittingState
from portal.disputes.models import State as DisputeState
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.languages import _
from portal.notices import Channel, Notice
from portal.notices import State as NoticeState
from portal.people.models import Person
from portal.roster import queries as roster
from portal.rounds.models import Round
from portal.rounds.models import State as RoundState

# what a person must carry: to telephone, to hand over on paper, or what no gateway would take
BY_HAND = Q(channel__in=[Channel.CALL, Channel.PAPER], state=NoticeState.OWED) | Q(state=NoticeState.FAILED)


async def of_lawyer(person: Person) -> list[Block]:
    """Today's list, the next mornings, 处方 begun and not issued."""
    start, end = clock.span(clock.today())
    mine = Appointment.filter(lawyer__person_id=person.id).select_related("person").order_by("starts_at")
    live = [
        AppointmentState.BOOKED,
        AppointmentState.CHECKED_IN,
        AppointmentState.CALLED,
        AppointmentState.STARTED,
    ]
    today, visits = await few(mine.filter(starts_at__gte=start, starts_at__lt=end, state__in=live))
    coming, next_visits = await few(mine.filter(starts_at__gte=end, state=AppointmentState.BOOKED))
    unwritten, seen = await few(
        mine.filter(state=AppointmentState.DONE, consultation__state=ConsultationState.STARTED)
    )
    begun, drafts = await few(
        Prescription.filter(
            state=PrescriptionState.DRAFT, consultation__appointment__lawyer__person_id=person.id
        ).order_by("created_at")
    )

    def line(one: Appointment) -> Item:
        state = AppointmentState(one.state)
        return Item(
            "appointments:show",
            {"number": one.number},
            _("%(name)s · %(topic)s") % {"name": one.person.name, "topic": topic(one.topic)},
            one.starts_at,
            str(APPOINTMENT_NAMES[state]),
            "good" if state in (AppointmentState.CHECKED_IN, AppointmentState.CALLED) else "neutral",
        )

    return [
        Block(
            _("今天的来访"),
            today,
            _("今天没有约给您的来访。"),
            [line(one) for one in visits],
            "appointments:today",
            action=_("打开今天的名单"),
        ),
        Block(
            _("待开的处方"),
            begun + unwritten,
            _("没有欠着的处方。"),
            [
                *[
                    Item(
                        "prescriptions:show",
                        {"number": one.number},
                        _("处方草稿 %(number)s") % {"number": one.number},
                        one.created_at,
                        _("草稿"),
                        "warn",
                    )
                    for one in drafts
                ],
                *[line(one) for one in seen],
            ],
            is_urgent=True,
        ),
        Block(
            _("接下来的来访"),
            coming,
            _("后面几天还没有人约。"),
            [line(one) for one in next_visits],
            "roster:mine",
            action=_("我的上午"),
        ),
    ]


async def of_head(person: Person) -> list[Block]:
    """Disputes in one's place, the rounds still to walk, what was raised there."""
    unsettled, first_disputes = await few(
        Dispute.visible_to(person).filter(state__in=OPEN).order_by("-is_dangerous", "created_at")
    )
    running, rounds = await few(
        Round.visible_to(person)
        .filter(state=RoundState.OPEN, until_on__gte=clock.today())
        .order_by("until_on")
    )
    raised, needs = await few(
        Feedback.visible_to(person)
        .filter(state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED])
        .order_by("created_at")
    )
    return [
        Block(
            _("我这里没解决的纠纷"),
            unsettled,
            _("目前没有未解决的纠纷。听到什么，随手报一下。"),
            [dispute(one) for one in first_disputes],
            "disputes:index",
            action=_("全部纠纷"),
        ),
        Block(
            _("正在进行的走访"),
            running,
            _("现在没有要走访的任务。"),
            [
                Item(
                    "rounds:show",
                    {"number": one.number},
                    one.title,
                    clock.at(one.until_on, 17 * 60),
                    _("截止"),
                    "info",
                )
                for one in rounds
            ],
            "rounds:index",
            action=_("全部走访"),
        ),
        Block(
            _("我这里的诉求"),
            raised,
            _("目前没有办理中的诉求。"),
            [feedback(one) for one in needs],
            "feedback:index",
            action=_("全部诉求"),
        ),
    ]


async def of_staff(person: Person) -> list[Block]:
    """Danger first, then what nobody has taken up, what is late, who must be telephoned."""
    now = clock.now()
    asked = Consultation.filter(state=ConsultationState.ASKED).order_by("created_at")
    urgent, first_urgent = await few(
        Consultation.filter(
            is_urgent=True, state__in=[ConsultationState.ASKED, ConsultationState.STARTED]
        ).order_by("created_at")
    )
    dangerous, first_dangerous = await few(
        Dispute.filter(is_dangerous=True, state__in=OPEN).order_by("created_at")
    )
    untimed, first_untimed = await few(asked.filter(appointment_id=None))
    reported, first_reported = await few(
        Dispute.filter(state=DisputeState.REPORTED, level__gte=Level.COMMUNITY).order_by("created_at")
    )
    received, first_received = await few(Feedback.filter(state=FeedbackState.RECEIVED).order_by("created_at"))
    late, first_late = await few(
        Feedback.filter(state=FeedbackState.DISPATCHED, due_at__lt=now).order_by("due_at")
    )
    calls = await Notice.filter(BY_HAND).count()
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
            "overdue=1",
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


async def of_mediator(person: Person) -> list[Block]:
    """The sittings ahead."""
    planned, sittings = await few(
        Sitting.filter(mediator_id=person.id, state=SittingState.PLANNED)
        .select_related("dispute")
        .order_by("starts_at")
    )
    return [
        Block(
            _("我要主持的调解"),
            planned,
            _("没有安排好的调解。"),
            [
                Item(
                    "disputes:show",
                    {"number": one.dispute.number},
                    one.place,
                    one.starts_at,
                    _("待调解"),
                    "info",
                )
                for one in sittings
            ],
            "disputes:index",
            action=_("全部纠纷"),
        )
    ]


async def of_lead(person: Person) -> list[Block]:
    """Mornings in the next four weeks on which nobody sits at the clinic's desk, and this month's rates."""
    today = clock.today()
    first = today + timedelta(days=1)
    holes = [day for day in await roster.coverage(first, first + timedelta(days=27)) if day.is_hole]
    rates = dispute_rules.rates(await disputes.counts(today.replace(day=1), first))
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


async def of_street(person: Person) -> list[Block]:
    """What the communities raised to the street."""
    raised, first_raised = await few(
        Dispute.visible_to(person)
        .filter(state__in=OPEN, level=Level.STREET)
        .order_by("-is_dangerous", "created_at")
    )
    return [
        Block(
            _("报到街道的纠纷"),
            raised,
            _("没有等街道处理的纠纷。"),
            [dispute(one) for one in first_raised],
            "disputes:index",
            action=_("全部纠纷"),
        )
    ]
