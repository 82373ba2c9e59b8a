"""What lawyers and staff type about mornings, firms and days, read field by field."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from portal.errors import Forbidden, Refusal
from portal.languages import Lazy, _, lazy_
from portal.law import identifiers
from portal.law.topics import Topic
from portal.roster import rules, skills
from portal.roster.models import NTH, hours
from portal.web.forms import Form, read_key

RHYTHMS: dict[str, Lazy] = {
    "every-1": lazy_("每周"),
    "every-2": lazy_("隔周"),
    "every-3": lazy_("每三周"),
    "every-4": lazy_("每四周"),
    "nth-1": lazy_("每月第一个"),
    "nth-2": lazy_("每月第二个"),
    "nth-3": lazy_("每月第三个"),
    "nth-4": lazy_("每月第四个"),
    "nth-5": lazy_("每月第五个（有的月份没有）"),
}
assert len(RHYTHMS) == 4 + len(NTH)
MINUTES = {
    str(minute): hours(minute, minute).partition("–")[0]
    for minute in range(rules.FIRST_MINUTE, rules.LAST_MINUTE + 1, rules.LENGTH)
}
NINE, NOON = str(9 * 60), str(12 * 60)
TOPICS = [topic for topic in Topic if topic.in_scope]


@contextmanager
def beside(form: Form, field: str) -> Iterator[None]:
    """A refusal inside becomes what is wrong with this field, or with the one the refusal names."""
    try:
        yield
    except Forbidden:
        raise
    except Refusal as refusal:
        form.refuse(getattr(refusal, "field", field), refusal.text)


def pattern(form: Form, offered: Collection[str] = ()) -> dict[str, Any]:
    """A rule of coming."""
    weekday = form.choice("weekday", [str(n) for n in range(1, 8)])
    kind, _dash, n = (form.choice("rhythm", RHYTHMS) or "every-1").partition("-")
    from_on, until_on = form.day("from_on"), form.day("until_on", required=False)
    return {
        "weekday": int(weekday or 1),
        "nth": int(n) if kind == "nth" else 0,
        "every": int(n) if kind == "every" else 1,
        "from_on": from_on,
        "until_on": until_on,
        **place(form, offered),
        **morning(form),
    }


def place(form: Form, offered: Collection[str]) -> dict[str, Any]:
    """To which of these communities; nothing where there is no choice."""
    chosen = form.choice("community", offered) if offered else ""
    return {"community": read_key(chosen)} if chosen else {}


def morning(form: Form) -> dict[str, Any]:
    """From when until when."""
    start, end = form.choice("from_minute", MINUTES), form.choice("until_minute", MINUTES)
    if start and end and not rules.is_morning(int(start), int(end)):
        form.refuse("until_minute", _("结束要晚于开始。"))
    return {"from_minute": int(start or NINE), "until_minute": int(end or NOON)}


def span(form: Form) -> tuple[date | None, date | None]:
    """Some days; without a last one it is the first alone."""
    first = form.day("first_on")
    last = form.day("last_on", required=False)
    if first and last and last < first:
        form.refuse("last_on", _("最后一天比第一天还早。"))
    return first, last or first


def firm(form: Form) -> dict[str, Any]:
    """A firm."""
    return {
        "name": form.text("name", most=60, least=4),
        "code": _checked(form, "code", identifiers.credit_code, required=False),
        "phone": form.phone("phone", required=False),
        "weight": form.number("weight", 1, 100),
    }


def lawyer(form: Form) -> dict[str, Any]:
    """What is known of a lawyer besides the person."""
    return {
        "licence": _checked(form, "licence", lambda text: identifiers.licence(text).number),
        "licence_until": form.day("licence_until"),
        **card(form),
    }


def card(form: Form) -> dict[str, Any]:
    """What a lawyer tells of themselves: what they know best and speak, and, if they like, whether they are a woman."""
    return {
        "topics": form.choices("topics", TOPICS),
        "speaks": form.choices("speaks", skills.Speech),
        "gender": form.choice("gender", skills.Gender, required=False) or "",
    }


def card_choices() -> dict[str, Any]:
    """What there is to choose from."""
    return {
        "topics": [(topic, topic.label, topic.term) for topic in TOPICS],
        "speeches": list(skills.SPEECH_NAMES.items()),
        "genders": [*skills.GENDER_NAMES.items(), ("", _("不说"))],
    }


def of_card(lawyer: Any) -> Form:
    """The card as it stands."""
    form = Form({"gender": lawyer.gender})
    form.lists |= {"topics": list(lawyer.topics), "speaks": list(lawyer.speaks)}
    return form


def _checked(form: Form, name: str, read: Any, *, required: bool = True) -> str:
    """Text that some rule reads into its one spelling."""
    text = form.text(name, most=40, required=required)
    if not text:
        return ""
    try:
        return str(read(text))
    except ValueError as wrong:
        form.refuse(name, str(wrong))
        return ""
