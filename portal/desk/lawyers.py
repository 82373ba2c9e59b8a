"""What awaits a lawyer between two hearings: this morning in order, what is still to be written, when to come again."""

from collections.abc import Container
from uuid import UUID

from portal import clock
from portal.booking.models import MATTER, Appointment
from portal.booking.models import STATE_NAMES as APPOINTMENT_NAMES
from portal.booking.models import State as AppointmentState
from portal.conflicts import possible
from portal.consultations.models import Prescription, PrescriptionState
from portal.consultations.models import State as ConsultationState
from portal.consultations.queries import aftercare, deadlines, reviews
from portal.consultations.rules.reviews import ANSWERING
from portal.desk.blocks import (
    Block,
    Item,
    consultation,
    few,
    protected,
    since,
    topic,
)
from portal.languages import _, ngettext
from portal.people.models import Person
from portal.roster import rules as roster_rules
from portal.roster.models import Duty

MORNING = 12  # lines of a morning: the whole of it, for it is worked through in order
ARRIVED = (AppointmentState.CHECKED_IN, AppointmentState.CALLED, AppointmentState.STARTED)


def visit(one: Appointment, unconfirmed: Container[UUID] = (), says: str = "moment") -> Item:
    """One line about who comes, as their lawyer's list tells it; of those in `unconfirmed` they see names only."""
    state = AppointmentState(one.state)
    what = _("先看姓名") if one.id in unconfirmed else topic(one.topic)
    who = _("%(name)s · %(topic)s") % {"name": one.person.name, "topic": what}
    return Item(
        "appointments:show",
        {"number": one.number},
        protected() if one.protection_id else who,
        one.starts_at,
        "" if state == AppointmentState.BOOKED else str(APPOINTMENT_NAMES[state]),
        "good" if state in ARRIVED else "neutral",
        says=says,
    )


async def of_lawyer(person: Person) -> list[Block]:
    """This morning in order with who has arrived, 处方 begun and not issued, the next duty, whoever comes after today."""
    start, end = clock.span(clock.today())
    booked = Appointment.visible_to(person).filter(lawyer__person_id=person.id)
    mine = booked.select_related("person").order_by("starts_at")
    live = [AppointmentState.BOOKED, *ARRIVED, AppointmentState.PARKED]
    today, visits = await few(mine.filter(starts_at__gte=start, starts_at__lt=end, state__in=live), MORNING)
    arrived = sum(one.state == AppointmentState.CHECKED_IN for one in visits)
    coming, next_visits = await few(mine.filter(starts_at__gte=end, state=AppointmentState.BOOKED))
    unwritten, seen = await few(
        mine.filter(state=AppointmentState.DONE, consultation__state=ConsultationState.STARTED)
    )
    begun, drafts = await few(
        Prescription.visible_to(person)
        .filter(
            state=PrescriptionState.DRAFT,
            version__gt=0,
            consultation__appointment__lawyer__person_id=person.id,
        )
        .order_by("created_at")
    )
    unconfirmed = await possible.unconfirmed(
        person, MATTER, [one.id for one in (*visits, *next_visits, *seen)]
    )
    waiting = aftercare.waiting_for(person).select_related("consultation__follow_up")
    asked, questions = await few(waiting)
    near, pressing = await few(deadlines.of_lawyer(person))
    dues = await deadlines.nearest([one.id for one in pressing])
    return [
        Block(
            _("七天之内有期限"),
            near,
            _("您接待的事没有快到的期限。"),
            [consultation(one, dues.get(one.id)) for one in pressing],
            "consultations:index",
            "due=1",
            _("全部快到期的"),
            is_urgent=True,
        ),
        Block(
            _("今天的来访"),
            today,
            _("今天没有约给您的来访。"),
            [visit(one, unconfirmed, "time") for one in visits],
            "appointments:today",
            action=_("打开今天的名单"),
            note=ngettext("%(num)s 位已经到了，在等", "%(num)s 位已经到了，在等", arrived) % {"num": arrived}
            if arrived
            else "",
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
                        state=_("草稿"),
                        tone="warn",
                        note=since(one.created_at),
                    )
                    for one in drafts
                ],
                *[visit(one, unconfirmed) for one in seen],
            ],
            is_urgent=True,
        ),
        Block(
            _("等您回答的追问"),
            asked,
            _("没有等着回答的追问。"),
            [
                Item(
                    "prescriptions:show",
                    {"number": one.number},
                    _("处方 %(number)s") % {"number": one.number},
                    clock.at(one.consultation.follow_up.due_on, 17 * 60),
                    _("已超时") if one.consultation.follow_up.due_on < clock.today() else "",
                    "bad",
                    says="countdown",
                )
                for one in questions
            ],
            is_urgent=True,
        ),
        *await _reviews(person),
        await _next_duty(person),
        Block(
            _("接下来的来访"),
            coming,
            _("后面几天还没有人约。"),
            [visit(one, unconfirmed) for one in next_visits],
            "roster:mine",
            action=_("我的上午"),
        ),
    ]


async def _reviews(person: Person) -> list[Block]:
    """A 处方 of another firm that they were asked to look at; nothing where there is none."""
    found = await reviews.to_do(person)
    items = [
        Item(
            "reviews:show",
            {"id": one.id},
            topic(one.prescription.consultation.topic),
            one.offered_at + ANSWERING,
            says="countdown",
        )
        for one in found
    ]
    title, action = _("请您看一份处方"), _("同行评议")
    return [Block(title, len(items), "", items, "reviews:index", action=action)] if items else []


async def _next_duty(person: Person) -> Block:
    """In how many days the lawyer sits at the clinic again; a licence that ends before long."""
    duties = Duty.filter(lawyer__person_id=person.id, withdrawn_at=None, day__gt=clock.today())
    duty = await duties.order_by("day", "from_minute").select_related("community", "lawyer").first()
    until = duty.lawyer.licence_until if duty else None
    ends = until is not None and until <= clock.today() + roster_rules.REMIND
    return Block(
        _("下次值班"),
        1 if duty else 0,
        _("接下来没有排班。加一条规律，居民就能约到您。"),
        [
            Item(
                "roster:mine",
                {},
                duty.community.name if duty.community else _("社区法律诊所"),
                clock.at(duty.day, duty.from_minute),
                _("执业证快到期了") if ends else "",
                "warn",
                says="countdown",
            )
        ]
        if duty
        else [],
        "roster:mine",
        action=_("我的上午"),
    )
