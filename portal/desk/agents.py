"""What awaits somebody who acts for a resident: the lines of what they were granted, and no word of what was confided."""

from datetime import timedelta

from portal import clock
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import Appointment
from portal.booking.models import State as AppointmentState
from portal.consultations.models import Prescription, PrescriptionState
from portal.desk.blocks import Block, Item, few, named, topic
from portal.disputes.models import OPEN, Dispute
from portal.disputes.models import STATE_NAMES as DISPUTE_NAMES
from portal.feedback.models import CATEGORY_NAMES, Category, Feedback
from portal.feedback.models import STATE_NAMES as FEEDBACK_NAMES
from portal.feedback.models import State as FeedbackState
from portal.languages import _
from portal.people.models import Person

AHEAD = [
    AppointmentState.BOOKED,
    AppointmentState.CHECKED_IN,
    AppointmentState.CALLED,
    AppointmentState.PARKED,
]
UNDER_WAY = [FeedbackState.RECEIVED, FeedbackState.DISPATCHED, FeedbackState.SOLVED]


async def of_agent(person: Person) -> list[Block]:
    """What they take care of for others, kind by kind; nothing for whoever holds no grant today."""
    residents = {proxy.resident_id for proxy in person.acts_for}
    if not residents:
        return []
    seen = {"person_id__in": list(residents)}
    since = clock.now() - timedelta(hours=3)
    coming = Appointment.visible_to(person).filter(**seen, starts_at__gt=since, state__in=AHEAD)
    ahead, appointments = await few(coming.order_by("starts_at").select_related("person"))
    issued = Prescription.visible_to(person).filter(
        consultation__person_id__in=list(residents), state=PrescriptionState.ISSUED
    )
    written, prescriptions = await few(issued.order_by("-issued_at").select_related("consultation__person"))
    open_ones = Dispute.visible_to(person).filter(reporter_id__in=list(residents), state__in=OPEN)
    reported, disputes = await few(open_ones.order_by("-created_at").select_related("reporter"))
    asked = Feedback.visible_to(person).filter(**seen, state__in=UNDER_WAY)
    raised, needs = await few(asked.order_by("-created_at").select_related("person"))
    return [
        Block(
            _("我代办的预约"),
            ahead,
            "",
            [
                Item(
                    "appointments:show",
                    {"number": one.number},
                    named(topic(one.topic), one.person.name),
                    one.starts_at,
                    str(APPOINTMENT_NAMES[AppointmentState(one.state)]),
                    "info",
                )
                for one in appointments
            ],
        ),
        Block(
            _("我代领的处方"),
            written,
            "",
            [
                Item(
                    "prescriptions:show",
                    {"number": one.number},
                    named(_("处方 %(number)s") % {"number": one.number}, one.consultation.person.name),
                    one.issued_at,
                )
                for one in prescriptions
            ],
        ),
        Block(
            _("我代为调解的纠纷"),
            reported,
            "",
            [
                Item(
                    "disputes:show",
                    {"number": one.number},
                    named(one.number, one.reporter.name if one.reporter else ""),
                    one.created_at,
                    str(DISPUTE_NAMES[one.state]),
                    "info",
                )
                for one in disputes
            ],
        ),
        Block(
            _("我代办的诉求"),
            raised,
            "",
            [
                Item(
                    "feedback:show",
                    {"number": one.number},
                    named(CATEGORY_NAMES[Category(one.category)], one.person.name),
                    one.created_at,
                    str(FEEDBACK_NAMES[one.state]),
                    "info",
                )
                for one in needs
            ],
        ),
    ]
