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
NAMESAKES = 5


class Meant(NamedTuple):
    """Whom the form is about: somebody known, or a name and a telephone to be entered. `ask` is what to ask first, as
    (field, options)."""

    person: Person | None = None
    name: str = ""
    phone: str = ""
    ask: tuple[str, Sequence[tuple[str, str]]] | None = None


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
    options = [
        (SAME, _("就是%(name)s本人") % {"name": naming.masked(known.name)}),
        (FAMILY, _("另一位，电话是家里人的（不记电话）")),
    ]
    form.refuse("known", _("这个电话已经登记过，请选是不是同一个人。"))
    return Meant(ask=("known", options))


async def _by_name(form: Form, staff: Person, name: str) -> Meant:
    found = (
        await Person.visible_to(staff)
        .filter(name=name)
        .exclude(id=staff.id)
        .order_by("number")
        .limit(NAMESAKES)
    )
    if not found or form.values.get("known") == NEW:
        return Meant(name=name)
    chosen = numbers.read(form.values.get("known", ""))
    for one in found:
        if one.number == chosen:
            return Meant(one)
    options = [(one.number, f"{one.number} {naming.masked_phone(one)}".strip()) for one in found]
    form.refuse("known", _("已经有同名的人，请选是哪一位。"))
    return Meant(ask=("known", [*options, (NEW, _("都不是，新登记"))]))


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
