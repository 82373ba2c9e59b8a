"""What is typed about motions, meetings and votes."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from portal import clock, settings
from portal.council import rules
from portal.council.models import Meeting, Motion
from portal.languages import _
from portal.law import numbers
from portal.web.forms import Form

MOST_SOURCES = 20
VOTES = ("for", "against", "abstained")


def read_sources(form: Form) -> list[str]:
    """Record numbers, one after another; the form notes the first that is none."""
    found: dict[str, None] = {}
    for piece in re.split(r"[\s,，、;；]+", form.text("sources", most=300, required=False)):
        number = numbers.read(piece)
        if number:
            found[number] = None
        elif piece:
            form.refuse("sources", _("“%(piece)s”不是编号。") % {"piece": piece[:20]})
    if len(found) > MOST_SOURCES:
        form.refuse("sources", _("最多写 %(n)s 个编号。") % {"n": MOST_SOURCES})
    return list(found)


def read_time(form: Form, today: date) -> datetime | None:
    """When a meeting begins: not before the notice period is over."""
    days = settings.current().notice_days
    day, minute = form.day("day", least=today, most=today + rules.FARTHEST), form.minute("starts")
    if day is not None and day < rules.earliest(today, days):
        form.refuse(
            "day",
            _("会议要提前 %(n)s 天通知，最早 %(day)s。")
            % {"n": days, "day": rules.earliest(today, days).isoformat()},
        )
    return clock.at(day, minute) if day is not None and minute is not None and form.ok else None


def box(motion: Motion, vote: str) -> str:
    """The name of one field of votes."""
    return f"{vote}-{motion.number}"


def read_tallies(
    form: Form, meeting: Meeting, motions: Iterable[Motion]
) -> tuple[int, dict[UUID, rules.Tally]]:
    """How many were present, and the votes on each motion that was put to the vote."""
    present = form.number("present", 0, meeting.members)
    tallies: dict[UUID, rules.Tally] = {}
    for motion in motions:
        typed = [form.values.get(box(motion, vote), "").strip() for vote in VOTES]
        if not any(typed):
            continue
        counts = [form.number(box(motion, vote), 0, meeting.members) for vote in VOTES]
        if present is None or None in counts:
            continue
        tally = rules.Tally(*[count or 0 for count in counts])
        tallies[motion.id] = tally
        if not rules.is_whole(tally, present):
            form.refuse(
                box(motion, "for"),
                _("三项加起来是 %(total)s，到会 %(present)s 人，对不上。")
                % {"total": tally.total, "present": present},
            )
    percent = settings.current().quorum_percent
    if present is not None and tallies and not rules.has_quorum(present, meeting.members, percent):
        form.refuse("present", rules.short_of_quorum(present, meeting.members, percent))
    return present or 0, tallies
