"""What stands beside a question on its page: notes of each kind, last days, and the same matter asked before."""

from typing import Any

from portal import clock, policy
from portal.consultations import rules
from portal.consultations.models import NOTE_NAMES, STATE_NAMES, Consultation, NoteKind
from portal.consultations.queries import deadlines as deadline_queries
from portal.consultations.queries import mergers as merger_queries
from portal.consultations.queries import notes as note_queries
from portal.consultations.rules import deadlines as deadline_rules
from portal.consultations.rules import mergers as merger_rules
from portal.consultations.rules import notes as note_rules
from portal.languages import _
from portal.law.periods import PERIODS
from portal.law.topics import Topic
from portal.people.models import Person
from portal.web import door
from portal.web.forms import Form


async def joined(person: Person, consultation: Consultation) -> list[Consultation]:
    """What was merged into it, each through the door for this person."""
    found = await merger_queries.joined(person, consultation)
    for one in found:
        await door.show(person, one)
    return found


async def shown(person: Person, consultation: Consultation, joined: list[Consultation]) -> dict[str, Any]:
    """All of it, as the templates of the page ask for it. The consultation came through the door."""
    is_own = policy.OWN in consultation.relations
    return {
        "notes": [
            (kind, *_box(kind, is_own), rows)
            for kind, rows in await note_queries.shown(person, [consultation, *joined])
        ],
        "writes": note_rules.writes(person, consultation),
        "joined": joined,
        **await _same(person, consultation),
        **await _dues(person, [consultation, *joined]),
    }


async def _same(person: Person, consultation: Consultation) -> dict[str, Any]:
    """Whether it was asked before, and where it goes on since it was merged."""
    handles, now = rules.is_handling(person, consultation), clock.now()
    alike = await merger_queries.alike(person, consultation) if handles else []
    is_merged = consultation.merged_into_id is not None
    merged_at = await merger_queries.merged_at(consultation) if is_merged and handles else None
    return {
        "alike": alike,
        "ending": {one.id for one, _same in alike if merger_rules.ends_with_it(consultation, one)},
        "may_merge": merger_rules.may_merge(person, consultation, now),
        "is_merged": is_merged,
        "first": await merger_queries.first(person, consultation),
        "may_separate": merger_rules.may_separate(person, consultation, merged_at, now),
        "names": STATE_NAMES,
        "topics": {topic.value: topic.label for topic in Topic},
    }


async def _dues(person: Person, consultations: list[Consultation]) -> dict[str, Any]:
    """Its deadlines, and what this person may do to them."""
    consultation = consultations[0]
    shown = [one for one in consultations if deadline_rules.shown_to(person, one)]
    listed = [key for key in rules.deadlines_of(consultation.topic) if PERIODS[key].length]
    others = [key for key, period in PERIODS.items() if period.length and key not in listed]
    dues = await deadline_queries.of(shown)
    return {
        "dues": dues,
        "due_forms": {due.period.key: Form({"on": due.row.event_on.isoformat()}) for due in dues},
        "may_add_due": deadline_rules.may_add(person, consultation),
        "may_confirm_due": deadline_rules.may_confirm(person, consultation),
        "countable": [(key, PERIODS[key].name) for key in [*listed, *others]],
    }


def _box(kind: NoteKind, is_own: bool) -> tuple[str, str]:
    """What a kind of note is called for whoever looks, and who reads it."""
    if is_own:
        return _("我的备注"), _("想补充的写在这里：接待您的律师看得到，经手的工作人员要看得写明理由。")
    return str(NOTE_NAMES[kind]), {
        NoteKind.RESIDENT: _("居民自己写的补充。"),
        NoteKind.STAFF: _("只有本社区的工作人员看得到，居民和律师看不到。"),
        NoteKind.LAWYER: _("只有您和本所接手的律师看得到，居民和工作人员看不到。"),
    }[kind]
