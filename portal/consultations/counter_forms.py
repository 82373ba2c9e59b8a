"""What staff type at the counter, and which of the people known already it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.booking.forms import read_time
from portal.booking.models import AT_THE_DESK, Mode
from portal.booking.queries import AtCounter
from portal.consultations.intake import LEAST_WORDS, MOST_WORDS, Intake
from portal.languages import _
from portal.law import numbers
from portal.law.topics import Topic
from portal.people import naming
from portal.people import queries as people
from portal.people.actions.persons import tidy
from portal.people.models import Person
from portal.web.forms import Form

NOW = "now"
SAME, FAMILY, NEW = "same", "family", "new"
LOOK = "look"  # what the form says that only asks who is known
NAMESAKES = 5
LEAST_NAME = 2  # letters by which somebody is looked up


class Meant(NamedTuple):
    """Whom the form is about: somebody known, or a name and a telephone to be entered. `ask` is what to ask first, as
    (field, options)."""

    person: Person | None = None
    name: str = ""
    phone: str = ""
    ask: tuple[str, Sequence[tuple[str, str]]] | None = None
    is_unknown: bool = False  # somebody was looked up, and there is nobody


async def meant(form: Form, staff: Person) -> Meant:
    """Who it is; a telephone that is known under another name, and a name that is known, are asked about once."""
    phone = form.phone("phone", required=False)
    known = await Person.filter(people.has_phone(phone)).first() if phone else None
    name = tidy(form.text("name", most=40, required=False))
    if known is not None:
        return await _by_phone(form, staff, known, name, phone)
    if not name:
        form.refuse("name", _("请写怎么称呼这位居民。"))
        return Meant()
    return Meant(name=name, phone=phone) if phone else await _by_name(form, staff, name)


async def _by_phone(form: Form, staff: Person, known: Person, name: str, phone: str) -> Meant:
    said = form.values.get("known", "")
    is_same = said == SAME or (name and name == known.name) or not known.name
    if not await Person.visible_to(staff).filter(id=known.id).exists():
        if name and name == known.name:
            return Meant(known)
        form.refuse("phone", _("这个电话和名字对不上，请核对。电话是别人的，就空着。"))
        return Meant()
    if is_same and (known.name or name):
        return Meant(known, name, phone)
    if said == FAMILY and name:
        return Meant(name=name)
    if said == FAMILY or not known.name:
        form.refuse("name", _("请写怎么称呼这位居民。"))
    form.refuse("known", _("这个电话已经登记过，请选是不是同一个人。"))
    return Meant(ask=("known", _same_phone(known)))


def _same_phone(known: Person) -> list[tuple[str, str]]:
    said = {"name": naming.masked(known.name), "phone": naming.masked_phone(known)}
    return [
        (SAME, _("就是%(name)s本人（%(phone)s）") % said),
        (FAMILY, _("另一位，电话是家里人的（不记电话）")),
    ]


async def _by_name(form: Form, staff: Person, name: str) -> Meant:
    if form.values.get("known") == NEW:
        return Meant(name=name)
    found = await _called(staff, name)
    chosen = numbers.read(form.values.get("known", ""))
    for one in found:
        if one.number == chosen:
            return Meant(one)
    same = [one for one in found if one.name == name]
    if not same:
        return Meant(name=name)
    form.refuse("known", _("已经有同名的人，请选是哪一位。"))
    return Meant(ask=("known", _namesakes(same)))


async def _called(staff: Person, name: str) -> list[Person]:
    """Whom staff may know whose names begin like this: the same name before longer ones."""
    alike = Person.visible_to(staff).exclude(id=staff.id)
    same = await alike.filter(name=name).order_by("number").limit(NAMESAKES)
    if len(name) < LEAST_NAME:
        return same
    longer = await alike.filter(name__startswith=name).exclude(name=name).order_by("name").limit(NAMESAKES)
    return [*same, *longer][:NAMESAKES]


def _namesakes(found: Sequence[Person]) -> list[tuple[str, str]]:
    options = [
        (one.number, f"{naming.masked(one.name)} {one.number} {naming.masked_phone(one)}".strip())
        for one in found
    ]
    return [*options, (NEW, _("都不是，新登记"))]


async def known(form: Form, staff: Person) -> Meant:
    """Who it could be, by what is typed so far: the telephone whole, else the beginning of the name. Nothing is refused."""
    typed = Form({name: form.values.get(name, "") for name in ("phone", "name")})
    phone, name = typed.phone("phone", required=False), tidy(typed.text("name", most=40, required=False))
    if phone and typed.ok:
        found = await Person.visible_to(staff).filter(people.has_phone(phone)).first()
        return Meant(ask=("known", _same_phone(found))) if found else Meant(is_unknown=True)
    if len(name) < LEAST_NAME:
        return Meant()
    called = await _called(staff, name)
    return Meant(ask=("known", _namesakes(called))) if called else Meant(is_unknown=True)


def told(form: Form) -> Intake:
    """What it is about, and how they meet."""
    topic = form.choice("topic", Topic, missing=_("请选是什么事。"))
    mode = form.choice("mode", Mode, missing=_("请选怎么见律师。"))
    return Intake(
        topic=topic.value if topic else "",
        words=form.text("words", least=LEAST_WORDS, most=MOST_WORDS, required=False),
        other_side=form.text("other_side", most=60, required=False),
        other_phone=form.phone("other_phone", required=False),
        mode=mode.value if mode else Mode.DESK.value,
        needs=form.text("needs", most=200, required=False),
    )


def channel(form: Form) -> str:
    """How it reached us."""
    chosen = form.choice("channel", [one.value for one in AT_THE_DESK], missing=_("请选从哪里来的。"))
    return chosen or AT_THE_DESK[0].value


def times(form: Form, free: AtCounter) -> list[datetime]:
    """The times that would do, in the order in which they are tried."""
    wanted = form.values.get("when", "")
    if wanted == NOW:
        return [time.starts_at for time in free.now]
    at = read_time(wanted)
    if at is None:
        form.refuse("when", _("请选一个时间。"))
    return [at] if at else []


def filled(**values: Any) -> Form:
    """A fresh form, with what is most often so."""
    return Form({"channel": AT_THE_DESK[0].value, "mode": Mode.DESK.value, **values})
