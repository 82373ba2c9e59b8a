"""What awaits whoever holds an office: lawyer, head, staff, mediator, lead."""

from datetime import timedelta

from tortoise.expressions import Q

from portal import clock
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Consultation, Prescription, PrescriptionState
from portal.consultations.models import State as ConsultationState
from portal.desk.blocks import FEW, Block, Item, consultation, dispute, feedback, few, topic
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
    today = mine.filter(starts_at__gte=start, starts_at__lt=end, state__in=live)
    coming = mine.filter(starts_at__gte=end, state=AppointmentState.BOOKED)
    unwritten = mine.filter(state=AppointmentState.DONE).filter(consultation__state=ConsultationState.STARTED)
    drafts = Prescription.filter(
        state=PrescriptionState.DRAFT, consultation__appointment__lawyer__person_id=person.id
    ).order_by("created_at")

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
            await today.count(),
            _("今天没有约给您的来访。"),
            [line(one) for one in await few(today)],
            "appointments:today",
            action=_("打开今天的名单"),
        ),
        Block(
            _("待开的处方"),
            await drafts.count() + await unwritten.count(),
            _("没有欠着的处方。"),
            [
                Item(
                    "prescriptions:show",
                    {"number": one.number},
                    _("处方草稿 %(number)s") % {"number": one.number},
                    one.created_at,
                    _("草稿"),
                    "warn",
                )
                for one in await few(drafts)
            ],
            is_urgent=bool(await drafts.exists()),
        ),
        Block(
            _("接下来的来访"),
            await coming.count(),
            _("后面几天还没有人约。"),
            [line(one) for one in await few(coming)],
            "roster:mine",
            action=_("我的上午"),
        ),
    ]


async def of_head(person: Person) -> list[Block]:
    """Disputes in one's place, the rounds still to walk."""
    open_disputes = Dispute.visible_to(person).filter(state__in=OPEN).order_by("-is_dangerous", "created_at")
    rounds = Round.visible_to(person).filter(state=RoundState.OPEN).order_by("until_on")
    raised = (
        Feedback.visible_to(person)
        .filter(state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED])
        .order_by("created_at")
    )
    return [
        Block(
            _("我这里没解决的纠纷"),
            await open_disputes.count(),
            _("目前没有未解决的纠纷。听到什么，随手报一下。"),
            [dispute(one) for one in await few(open_disputes)],
            "disputes:index",
            action=_("全部纠纷"),
        ),
        Block(
            _("正在进行的走访"),
            await rounds.count(),
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
                for one in await few(rounds)
            ],
            "rounds:index",
            action=_("全部走访"),
        ),
        Block(
            _("我这里的诉求"),
            await raised.count(),
            _("目前没有办理中的诉求。"),
            [feedback(one) for one in await few(raised)],
            "feedback:index",
            action=_("全部诉求"),
        ),
    ]


async def of_staff(person: Person) -> list[Block]:
    """Danger first, then what nobody has taken up, what is late, who must be telephoned."""
    now = clock.now()
    urgent = Consultation.filter(
        is_urgent=True, state__in=[ConsultationState.ASKED, ConsultationState.STARTED]
    ).order_by("created_at")
    untimed = Consultation.filter(appointment_id=None, state=ConsultationState.ASKED).order_by("created_at")
    dangerous = Dispute.filter(is_dangerous=True, state__in=OPEN).order_by("created_at")
    reported = Dispute.filter(state=DisputeState.REPORTED, level__gte=Level.COMMUNITY).order_by("created_at")
    received = Feedback.filter(state=FeedbackState.RECEIVED).order_by("created_at")
    late = Feedback.filter(state=FeedbackState.DISPATCHED, due_at__lt=now).order_by("due_at")
    calls = Notice.filter(BY_HAND).order_by("created_at")
    return [
        Block(
            _("有危险，先处理"),
            await urgent.count() + await dangerous.count(),
            _("没有标记危险的事项。"),
            [
                *[consultation(one) for one in await few(urgent)],
                *[dispute(one) for one in await few(dangerous)],
            ],
            is_urgent=await urgent.exists() or await dangerous.exists(),
        ),
        Block(
            _("没约上时间的咨询"),
            await untimed.count(),
            _("来咨询的人都约到了时间。"),
            [consultation(one) for one in await few(untimed)],
            "consultations:index",
            action=_("咨询登记"),
        ),
        Block(
            _("待派发的诉求"),
            await received.count(),
            _("收到的诉求都派下去了。"),
            [feedback(one) for one in await few(received)],
            "feedback:index",
            "state=received",
            _("去派发"),
        ),
        Block(
            _("超时的诉求"),
            await late.count(),
            _("没有超时的诉求。"),
            [feedback(one) for one in await few(late)],
            "feedback:index",
            "overdue=1",
            _("全部超时"),
            is_urgent=await late.exists(),
        ),
        Block(
            _("报到社区、待受理的纠纷"),
            await reported.count(),
            _("没有等着受理的纠纷。"),
            [dispute(one) for one in await few(reported)],
            "disputes:index",
            action=_("全部纠纷"),
        ),
        Block(
            _("要打的电话、要送的纸条"),
            await calls.count(),
            _("该通知的都通知到了。"),
            [],
            "desk:calls",
            action=_("打开名单"),
        ),
    ]


async def of_mediator(person: Person) -> list[Block]:
    """The sittings ahead."""
    sittings = (
        Sitting.filter(mediator_id=person.id, state=SittingState.PLANNED)
        .select_related("dispute")
        .order_by("starts_at")
    )
    return [
        Block(
            _("我要主持的调解"),
            await sittings.count(),
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
                for one in await few(sittings)
            ],
            "disputes:index",
            action=_("全部纠纷"),
        )
    ]


async def of_lead(person: Person) -> list[Block]:
    """Mornings in the next four weeks on which nobody sits at the clinic's desk."""
    first = clock.today() + timedelta(days=1)
    holes = [day for day in await roster.coverage(first, first + timedelta(days=27)) if day.is_hole]
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
        )
    ]
