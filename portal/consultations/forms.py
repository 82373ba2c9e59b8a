"""What a resident tells and what a lawyer writes, read from forms; and the same put back into them."""

from collections.abc import Iterable
from typing import Any

from starlette.datastructures import ImmutableMultiDict

from portal.booking.models import Mode
from portal.consultations import rules
from portal.consultations.intake import LEAST_WORDS, MOST_WORDS, Intake
from portal.consultations.models import Danger, Delivery
from portal.consultations.queries.deadlines import Due
from portal.consultations.rules import delivery as delivery_rules
from portal.languages import _
from portal.law import code
from portal.law.topics import Topic
from portal.people.models import ContactBy
from portal.web.forms import Form
from portal.web.wording import dated


def filled(intake: Intake, **more: str) -> Form:
    """A fresh form that already holds what was told before; `more` wins."""
    pairs: list[tuple[str, Any]] = [(name, value) for name, value in more.items()]
    for name in (
        "topic",
        "words",
        "other_side",
        "other_phone",
        "contact_by",
        "contact_when",
        "mode",
        "needs",
        "deliver_by",
        "name",
    ):
        if name not in more:
            pairs.append((name, getattr(intake, name)))
    if intake.is_neutral:
        pairs.append(("is_neutral", "1"))
    pairs += [("dangers", danger) for danger in intake.dangers]
    return Form(ImmutableMultiDict(pairs))


def story(form: Form) -> dict[str, Any]:
    """What is told before a time is chosen, as the draft keeps it."""
    topic = form.choice("topic", Topic)
    contact_by = form.choice("contact_by", ContactBy, missing=_("请选我们怎么联系您。"))
    return {
        "topic": topic.value if topic else None,
        "words": form.text(
            "words", least=LEAST_WORDS, most=MOST_WORDS, missing=_("请用自己的话写几句是怎么回事。")
        ),
        **other(form),
        "dangers": [danger.value for danger in form.choices("dangers", Danger)],
        "contact_by": contact_by.value if contact_by else None,
        "is_neutral": form.flag("is_neutral"),
        "contact_when": form.text("contact_when", most=80, required=False),
    }


def other(form: Form) -> dict[str, str]:
    """The other side, where there is one."""
    return {
        "other_side": form.text("other_side", most=60, required=False),
        "other_phone": form.phone("other_phone", required=False),
    }


def rest(form: Form, intake: Intake, needs_name: bool) -> dict[str, Any]:
    """What the last page asks: how to meet, and whatever is still missing."""
    mode = form.choice("mode", Mode, missing=_("请选怎么见律师。"))
    typed: dict[str, Any] = {
        "mode": mode.value if mode else None,
        "needs": form.text("needs", most=200, required=False),
        "deliver_by": _deliver_by(form),
        **missing(form, intake, needs_name),
        "guardian": guardian(form),
    }
    return typed


def _deliver_by(form: Form) -> str:
    """How the 处方 shall come, where somebody said so."""
    way = form.choice("deliver_by", Delivery, required=False)
    return way.value if way else ""


def delivery(consultation: Any) -> Form:
    """How the 处方 comes, as a form that may be changed."""
    return Form({"deliver_by": delivery_rules.chosen(consultation).value})


def missing(form: Form, intake: Intake, needs_name: bool) -> dict[str, Any]:
    """The own words and the name, where nobody asked for them yet."""
    typed = {}
    if needs_name:
        typed["name"] = form.text("name", most=40, missing=_("请写怎么称呼您。"))
    if not intake.words:
        typed["words"] = form.text(
            "words", least=LEAST_WORDS, most=MOST_WORDS, missing=_("请用自己的话写几句是怎么回事。")
        )
    return typed


def call_back(form: Form, needs_name: bool) -> dict[str, Any]:
    """A question without a time: the story and how to reach the person."""
    contact_by = form.choice("contact_by", ContactBy, missing=_("请选我们怎么联系您。"))
    typed = {
        "words": form.text(
            "words", least=LEAST_WORDS, most=MOST_WORDS, missing=_("请用自己的话写几句是怎么回事。")
        ),
        "dangers": [danger.value for danger in form.choices("dangers", Danger)],
        "contact_by": contact_by.value if contact_by else None,
        "is_neutral": form.flag("is_neutral"),
        "contact_when": form.text("contact_when", most=80, required=False),
        "guardian": guardian(form),
    }
    if needs_name:
        typed["name"] = form.text("name", most=40, missing=_("请写怎么称呼您。"))
    return typed


def guardian(form: Form) -> str | None:
    """For a child under fourteen: who agrees for it and how they are related (个人信息保护法 31); None for anybody else."""
    if not form.flag("for_child"):
        return None
    name = form.text("guardian", most=40, missing=_("请写监护人的姓名。"))
    relation = form.text("relation", most=20, missing=_("请写和孩子是什么关系。"))
    if not form.flag("guardian_agrees"):
        form.refuse("guardian_agrees", _("要监护人勾选同意，才能记下孩子的情况。"))
    return _("%(name)s（%(relation)s）") % {"name": name, "relation": relation}


def advice(form: Form) -> rules.Advice:
    """A 处方 as it stands so far: nothing is required of a draft, but what stands there must be right."""
    sections = {name: form.text(name, most=rules.LONGEST[name], required=False) for name in rules.SECTIONS}
    return rules.Advice(articles=articles(form), **sections)


def apart(form: Form, newer: Any) -> list[tuple[str, str, str]]:
    """Part by part where they differ: its name, what another window kept, and what stands in this form."""
    kept = written(newer).values
    pairs = (
        (name, kept[name], form.values.get(name, "").replace("\r\n", "\n"))
        for name in (*rules.SECTIONS, "articles")
    )
    return [(name, theirs, mine) for name, theirs, mine in pairs if theirs.strip() != mine.strip()]


def articles(form: Form) -> tuple[int, ...]:
    """The articles of the Civil Code that are cited, 1 to 1260; the piece that is wrong is named beside the field."""
    text = form.text("articles", most=code.LONGEST_TEXT, required=False)
    try:
        return tuple(code.parse(text))
    except ValueError as error:
        form.refuse("articles", str(error))
        return ()


def written(prescription: Any) -> Form:
    """The form with what the draft holds."""
    values = {name: getattr(prescription, name) for name in rules.SECTIONS}
    return Form({**values, "articles": "、".join(map(str, prescription.articles))})


def with_deadlines(text: str, dues: Iterable[Due]) -> str:
    """The section on deadlines with a line for each last day the lawyer has confirmed, unless it stands there already."""
    lines = [text] if text else []
    for due in dues:
        last, event = dated(due.end.raw), dated(due.row.event_on)
        if due.row.confirmed_at and last not in text:
            said = _("%(day)s以前：%(what)s（%(basis)s，从%(event)s起算）")
            lines.append(
                said % {"day": last, "what": due.period.name, "basis": due.period.basis, "event": event}
            )
    return "\n".join(lines)
