"""What awaits whoever holds an office elsewhere than at the service desk: lawyer, head, mediator, street."""

from tortoise.expressions import Subquery

from portal import clock
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Prescription, PrescriptionState
from portal.consultations.models import State as ConsultationState
from portal.desk.blocks import Block, Item, dispute, feedback, few, placed, protected, topic
from portal.disputes.models import LEVEL_OF, OPEN, Dispute, Level, Sitting, SittingState
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.languages import _
from portal.people.models import Person
from portal.rounds.models import Round
from portal.rounds.models import State as RoundState


async def of_lawyer(person: Person) -> list[Block]:
    """Today's list, the next mornings, 处方 begun and not issued."""
    start, end = clock.span(clock.today())
    booked = Appointment.visible_to(person).filter(lawyer__person_id=person.id)
    mine = booked.select_related("person").order_by("starts_at")
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
        Prescription.visible_to(person)
        .filter(state=PrescriptionState.DRAFT, consultation__appointment__lawyer__person_id=person.id)
        .order_by("created_at")
    )

    def line(one: Appointment) -> Item:
        state = AppointmentState(one.state)
        return Item(
            "appointments:show",
            {"number": one.number},
            protected()
            if one.protection_id
            else _("%(name)s · %(topic)s") % {"name": one.person.name, "topic": topic(one.topic)},
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
    top = max(LEVEL_OF[role] for role in LEVEL_OF if role in person.roles)
    unsettled, first_disputes = await few(
        placed(Dispute.visible_to(person).filter(state__in=OPEN, level__lte=top)).order_by(
            "-is_dangerous", "created_at"
        )
    )
    running, rounds = await few(
        Round.visible_to(person)
        .filter(state=RoundState.OPEN, until_on__gte=clock.today())
        .order_by("until_on")
    )
    raised, needs = await few(
        placed(
            Feedback.visible_to(person).filter(state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED])
        ).order_by("created_at")
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


async def of_mediator(person: Person) -> list[Block]:
    """The sittings ahead."""
    planned, sittings = await few(
        Sitting.filter(
            mediator_id=person.id,
            state=SittingState.PLANNED,
            dispute_id__in=Subquery(Dispute.visible_to(person).values("id")),
        )
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


async def of_street(person: Person) -> list[Block]:
    """What the communities raised to the street."""
    raised, first_raised = await few(
        placed(Dispute.visible_to(person).filter(state__in=OPEN, level=Level.STREET)).order_by(
            "-is_dangerous", "created_at"
        )
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
