"""Seats taken, changed and given back. What was promised is never more than there is.

A seat is taken by one guarded UPDATE of the lecture's row, so the database decides who comes first; whoever changes
seats otherwise holds that row until the transaction ends.
"""

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from portal import clock, journal, notices, states
from portal.database import transaction
from portal.errors import Conflict
from portal.languages import _
from portal.lectures import rules
from portal.lectures.actions.reminders import forget, remind
from portal.lectures.models import Lecture, SignUp, SignUpState, State
from portal.people.models import Person


class Full(Conflict):
    """There are not enough seats; `seats` is how many can be had, or how many are promised already."""

    def __init__(self, seats: int) -> None:
        super().__init__()
        self.seats = seats

    def plain(self) -> str:
        return _("座位不够了。")


async def sign_up(
    person: Person, lecture: Lecture, seats: int, question: str = "", actor: Person | None = None
) -> SignUp:
    """Take seats, or a place among those waiting when there are not enough. `actor` does it for the person.

    Conflict when already signed up, or closed.
    """
    if not rules.is_signing_up(lecture, clock.now()):
        raise Conflict(_("这场讲座现在不能报名。"), [(_("看看别的讲座"), "lectures:index")])
    try:
        async with transaction():
            return await _sign_up(person, lecture, seats, question, actor or person)
    except IntegrityError:  # the same person twice at the same moment
        raise Conflict(_("您已经报过名了。")) from None


async def _sign_up(person: Person, lecture: Lecture, seats: int, question: str, actor: Person) -> SignUp:
    is_seated = await _take(lecture, seats)
    if not is_seated:
        await _hold(lecture)  # nobody gives seats back between this look and the waiting
        is_seated = await _take(lecture, seats)
    earlier = await SignUp.get_or_none(lecture_id=lecture.id, person_id=person.id)
    if earlier is None:
        state = SignUpState.SEATED if is_seated else SignUpState.WAITING
        made = await SignUp.create(
            lecture=lecture, person=person, seats=seats, question=question, state=state
        )
        await journal.record(actor, "create", made, seats=seats, state=str(state))
    elif earlier.state != SignUpState.CANCELLED:
        raise Conflict(_("您已经报过名了。"))
    else:  # back after giving up: behind those who have been waiting since
        made = earlier
        again = {"seats": seats, "question": question, "created_at": clock.now()}
        await states.move(actor, made, "sign_up" if is_seated else "wait", detail={"seats": seats}, **again)
    if is_seated:
        made.person = person
        await remind(made, lecture)
        await notices.owe(
            person, "lectures/seated", number=made.number, starts_at=lecture.starts_at, venue=lecture.venue
        )
    return made


async def resize(person: Person, sign_up: SignUp, seats: int) -> None:
    """Another number of seats. Raises Full, with what could be had, when that many more are not there."""
    if not rules.may_change_seats(person, sign_up, clock.now()):
        raise Conflict(_("现在不能再改座位数。"))
    lecture, had = sign_up.lecture, sign_up.seats
    async with transaction():
        await _hold(lecture)
        await sign_up.refresh_from_db(fields=["state", "seats"])
        if sign_up.state == SignUpState.SEATED and not await _take(lecture, seats - sign_up.seats):
            raise Full(sign_up.seats + lecture.capacity - lecture.taken)
        if sign_up.state == SignUpState.CANCELLED:
            raise Conflict
        await SignUp.filter(id=sign_up.id).update(seats=seats)
        sign_up.seats = seats
        await journal.record(person, "change", sign_up, seats=seats, had=had)
        await promote(lecture)
    await sign_up.refresh_from_db(fields=["state"])


async def give_up(person: Person, sign_up: SignUp) -> None:
    """Give the seats back, or stop waiting; whoever waits and fits now moves up."""
    if not rules.may_give_up(person, sign_up, clock.now()):
        raise Conflict(_("现在不能取消了。"))
    async with transaction():
        await _hold(sign_up.lecture)
        await sign_up.refresh_from_db(fields=["state", "seats"])
        was = sign_up.state
        await states.move(person, sign_up, "cancel")
        await forget(sign_up)
        if was == SignUpState.SEATED:
            await _take(sign_up.lecture, -sign_up.seats)
            await promote(sign_up.lecture)


async def promote(lecture: Lecture) -> None:
    """Seat whoever waits and fits, in order, and tell them. Runs inside the transaction that freed the seats."""
    left = await Lecture.get(id=lecture.id).only("capacity", "taken")
    waiting = (
        await SignUp.filter(lecture_id=lecture.id, state=SignUpState.WAITING)
        .order_by("created_at", "id")
        .select_related("person")
    )
    for sign_up in rules.fitting(waiting, left.capacity - left.taken):
        if await _take(lecture, sign_up.seats):
            await states.move(None, sign_up, "promote")
            await remind(sign_up, lecture)
            await notices.owe(
                sign_up.person,
                "lectures/promoted",
                number=sign_up.number,
                starts_at=lecture.starts_at,
                venue=lecture.venue,
            )


async def _take(lecture: Lecture, seats: int) -> bool:
    """Take so many seats (a negative number gives back) if they are there; one statement, so nothing comes between."""
    free = Lecture.filter(id=lecture.id, state=State.OPEN, taken__lte=F("capacity") - seats)
    return bool(await free.update(taken=F("taken") + seats))


async def _hold(lecture: Lecture) -> None:
    """Keep the lecture's row until this transaction ends, and see its seats as they are. Conflict once it is not open."""
    if not await Lecture.filter(id=lecture.id, state=State.OPEN).update(taken=F("taken")):
        raise Conflict(_("这场讲座现在不能报名。"))
    await lecture.refresh_from_db(fields=["taken", "capacity"])
