"""What awaits a resident."""

from datetime import timedelta

from portal import clock
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment, Wait, WaitState
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Prescription, PrescriptionState
from portal.desk.blocks import Block, Item, few, topic
from portal.disputes.models import OPEN, Dispute
from portal.disputes.models import STATE_NAMES as DISPUTE_NAMES
from portal.feedback.models import STATE_NAMES as FEEDBACK_NAMES
from portal.feedback.models import Feedback
from portal.feedback.models import State as FeedbackState
from portal.languages import _
from portal.lectures.models import SignUp, SignUpState
from portal.people.models import Person


async def of_resident(person: Person) -> list[Block]:
    """Appointments ahead, offers to answer, 处方 to read, and how far one's own matters have come."""
    now = clock.now()
    ahead = Appointment.filter(
        person_id=person.id,
        starts_at__gt=now - timedelta(hours=3),
        state__in=[AppointmentState.BOOKED, AppointmentState.CHECKED_IN, AppointmentState.CALLED],
    ).order_by("starts_at")
    waits = Wait.filter(person_id=person.id, state__in=[WaitState.WAITING, WaitState.OFFERED]).order_by(
        "created_at"
    )
    written = Prescription.filter(consultation__person_id=person.id, state=PrescriptionState.ISSUED).order_by(
        "-issued_at"
    )
    disputes = Dispute.filter(reporter_id=person.id, state__in=OPEN).order_by("-created_at")
    feedback = Feedback.filter(
        person_id=person.id,
        state__in=[FeedbackState.RECEIVED, FeedbackState.DISPATCHED, FeedbackState.SOLVED],
    ).order_by("-created_at")
    seats = (
        SignUp.filter(
            person_id=person.id,
            state__in=[SignUpState.SEATED, SignUpState.WAITING],
            lecture__starts_at__gt=now,
        )
        .select_related("lecture")
        .order_by("lecture__starts_at")
    )
    return [
        Block(
            _("我的预约"),
            await ahead.count(),
            _("还没有预约。想问律师，点“约律师”，几分钟就能约好。"),
            [
                Item(
                    "appointments:show",
                    {"number": one.number},
                    topic(one.topic),
                    one.starts_at,
                    str(APPOINTMENT_NAMES[AppointmentState(one.state)]),
                    "info",
                )
                for one in await few(ahead)
            ],
            "book:topic",
            action=_("约律师"),
        ),
        Block(
            _("候补"),
            await waits.count(),
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
                for one in await few(waits)
            ],
            is_urgent=await waits.filter(state=WaitState.OFFERED).exists(),
        ),
        Block(
            _("律师给我的处方"),
            await written.count(),
            "",
            [
                Item(
                    "prescriptions:show",
                    {"number": one.number},
                    _("处方 %(number)s") % {"number": one.number},
                    one.issued_at,
                )
                for one in await few(written)
            ],
        ),
        Block(
            _("我报的纠纷"),
            await disputes.count(),
            "",
            [
                Item(
                    "disputes:show",
                    {"number": one.number},
                    one.place or one.number,
                    one.created_at,
                    str(DISPUTE_NAMES[one.state]),
                    "info",
                )
                for one in await few(disputes)
            ],
        ),
        Block(
            _("我提的诉求"),
            await feedback.count(),
            "",
            [
                Item(
                    "feedback:show",
                    {"number": one.number},
                    one.place or one.number,
                    one.created_at,
                    str(FEEDBACK_NAMES[one.state]),
                    "warn" if one.state == FeedbackState.SOLVED else "info",
                )
                for one in await few(feedback)
            ],
        ),
        Block(
            _("我报名的讲座"),
            await seats.count(),
            "",
            [
                Item("lectures:sign_up", {"number": one.number}, one.lecture.title, one.lecture.starts_at)
                for one in await few(seats)
            ],
        ),
    ]
