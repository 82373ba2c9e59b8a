"""What awaits a resident."""

from datetime import datetime, timedelta
from uuid import UUID

from portal import clock
from portal.booking import queries as booking
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment, Mode, Wait, WaitState
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Prescription, PrescriptionState
from portal.desk.blocks import Block, Item, few, named, since, topic
from portal.disputes.models import OPEN, Dispute, Sitting, SittingState
from portal.disputes.models import STATE_NAMES as DISPUTE_NAMES
from portal.feedback.models import CATEGORY_NAMES, Category, Feedback
from portal.feedback.models import STATE_NAMES as FEEDBACK_NAMES
from portal.feedback.models import State as FeedbackState
from portal.languages import _, lazy_
from portal.law.topics import Topic
from portal.lectures.models import SignUp, SignUpState
from portal.people.models import Person


async def of_resident(person: Person) -> list[Block]:
    """Appointments ahead, offers to answer, 处方 to read, and how far one's own matters have come."""
    now = clock.now()
    ahead, appointments = await few(
        Appointment.visible_to(person)
        .filter(
            person_id=person.id,
            starts_at__gt=now - timedelta(hours=3),
            state__in=AHEAD,
        )
        .order_by("starts_at")
    )
    waiting, waits = await few(
        Wait.visible_to(person)
        .filter(person_id=person.id, state__in=[WaitState.OFFERED, WaitState.WAITING])
        .order_by("state", "created_at")
    )
    written, prescriptions = await few(
        Prescription.visible_to(person)
        .filter(consultation__person_id=person.id, state=PrescriptionState.ISSUED)
        .order_by("-issued_at")
    )
    reported, disputes = await few(
        Dispute.visible_to(person).filter(reporter_id=person.id, state__in=OPEN).order_by("-created_at")
    )
    raised, needs = await few(
        Feedback.visible_to(person)
        .filter(
            person_id=person.id,
            state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED, FeedbackState.SOLVED],
        )
        .order_by("-created_at")
    )
    seated, seats = await few(
        SignUp.visible_to(person)
        .filter(
            person_id=person.id,
            state__in=[SignUpState.SEATED, SignUpState.WAITING],
            lecture__starts_at__gt=now,
        )
        .select_related("lecture")
        .order_by("lecture__starts_at")
    )
    sittings = await next_sittings([one.id for one in disputes], now)
    return [
        Block(
            _("我的预约"),
            ahead,
            _("还没有预约。想问律师，点“约律师”，几分钟就能约好。"),
            [
                *[await _first(one) for one in appointments[:1]],
                *[
                    Item(
                        "appointments:show",
                        {"number": one.number},
                        topic(one.topic),
                        one.starts_at,
                        str(APPOINTMENT_NAMES[AppointmentState(one.state)]),
                        "info",
                    )
                    for one in appointments[1:]
                ],
            ],
            "" if ahead else "book:topic",
            action=_("约律师"),
        ),
        Block(
            _("候补"),
            waiting,
            "",
            [
                Item(
                    "waits:show",
                    {"number": one.number},
                    topic(one.topic),
                    one.offered_until,
                    _("有空位，请尽快确认") if one.state == WaitState.OFFERED else _("排队中"),
                    "warn" if one.state == WaitState.OFFERED else "neutral",
                )
                for one in waits
            ],
            is_urgent=any(one.state == WaitState.OFFERED for one in waits),
        ),
        Block(
            _("律师给我的处方"),
            written,
            "",
            [
                Item(
                    "prescriptions:show",
                    {"number": one.number},
                    _("处方 %(number)s") % {"number": one.number},
                    one.issued_at,
                )
                for one in prescriptions
            ],
        ),
        Block(
            _("我报的纠纷"),
            reported,
            "",
            [
                Item(
                    "disputes:show",
                    {"number": one.number},
                    one.place or one.number,
                    sittings.get(one.id),
                    str(DISPUTE_NAMES[one.state]),
                    "info",
                    _("去调解") if one.id in sittings else since(one.created_at),
                )
                for one in disputes
            ],
        ),
        Block(
            _("我提的诉求"),
            raised,
            "",
            [
                Item(
                    "feedback:show",
                    {"number": one.number},
                    named(CATEGORY_NAMES[Category(one.category)], one.place),
                    state=str(FEEDBACK_NAMES[one.state]),
                    tone="warn" if one.state == FeedbackState.SOLVED else "info",
                    note=_("请说一声：解决了没有？")
                    if one.state == FeedbackState.SOLVED
                    else since(one.created_at),
                )
                for one in needs
            ],
            is_urgent=any(one.state == FeedbackState.SOLVED for one in needs),
        ),
        Block(
            _("我报名的讲座"),
            seated,
            "",
            [
                Item("lectures:sign_up", {"number": one.number}, one.lecture.title, one.lecture.starts_at)
                for one in seats
            ],
        ),
    ]


AHEAD = (
    AppointmentState.BOOKED,
    AppointmentState.CHECKED_IN,
    AppointmentState.CALLED,
    AppointmentState.PARKED,
)
STEPS = {
    AppointmentState.CHECKED_IN: lazy_("已经报到，请坐一会儿，等着叫您。"),
    AppointmentState.CALLED: lazy_("轮到您了，请进。"),
    AppointmentState.PARKED: lazy_("回来了请告诉服务台，按原来的先后接着等。"),
}
BY_MODE = {
    Mode.PHONE: lazy_("律师会打电话给您，请把手机带在身边。"),
    Mode.HOME: lazy_("请在家等，出发前会打电话给您。"),
}


async def _first(one: Appointment) -> Item:
    """The next appointment as somebody needs it: in how many days, where to be, what to bring."""
    state, mode, kind = AppointmentState(one.state), Mode(one.mode), Topic(one.topic)
    place = await booking.place(one.community_id)
    there = _("提前十分钟到：%(place)s") % {"place": place["desk"] or place["address"]}
    papers = _("；").join([_("身份证"), *(str(paper) for paper in kind.bring[:3])])
    return Item(
        "appointments:show",
        {"number": one.number},
        str(kind.label),
        one.starts_at,
        str(APPOINTMENT_NAMES[state]),
        "good" if state in STEPS else "info",
        str(STEPS.get(state) or BY_MODE.get(mode) or there),
        "countdown",
        [_("有就带上：%(papers)s") % {"papers": papers}],
    )


async def next_sittings(disputes: list[UUID], now: datetime) -> dict[UUID, datetime]:
    """When the next sitting of each of these disputes is."""
    planned = Sitting.filter(dispute_id__in=disputes, state=SittingState.PLANNED, starts_at__gt=now)
    rows = await planned.order_by("-starts_at").values_list("dispute_id", "starts_at") if disputes else []
    return dict(rows)
