"""What is typed about motions, meetings and votes."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from portal import clock
from portal.council import charter_rules, rules, vote_rules
from portal.council.charter_rules import Terms
from portal.council.models import Choice, Kind, Meeting, Member, Motion, Way
from portal.council.vote_rules import Tally
from portal.languages import _
from portal.law import numbers
from portal.web.forms import Form

MOST_SOURCES = 20
VOTES = ("for", "against", "abstained")
BY_HAND = (Way.ROOM, Way.PAPER)  # what staff type in


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


def read_start(form: Form, today: date, days: int) -> datetime | None:
    """When a meeting begins: not before the notice period of so many days is over."""
    day, minute = form.day("day", least=today, most=today + rules.FARTHEST), form.minute("starts")
    first = charter_rules.earliest(today, days)
    if day is not None and day < first:
        said = {"n": days, "day": first.isoformat()}
        form.refuse("day", _("会议要提前 %(n)s 天通知，最早 %(day)s。") % said)
    return clock.at(day, minute) if day is not None and minute is not None and form.ok else None


def read_close(form: Form, starts_at: datetime | None) -> datetime | None:
    """When voting ends: on the day of the meeting unless another is named, and after it began."""
    least = clock.day_of(starts_at) if starts_at else None
    day = form.day("closes_on", required=False, least=least, most=least + rules.FARTHEST if least else None)
    minute = form.minute("closes")
    if starts_at is None or minute is None or not form.ok:
        return None
    closes_at = clock.at(day or clock.day_of(starts_at), minute)
    if closes_at <= starts_at:
        form.refuse("closes", _("表决截止要晚于开会时间。"))
    return closes_at


def read_charter(form: Form, kind: Kind) -> Terms:
    """The numbers of a charter; what the law does not allow is refused at its field, with the article."""
    asked = {
        "notice_days": (0, charter_rules.MOST_NOTICE),
        "quorum_of": (1, charter_rules.MOST_PART),
        "quorum_in": (1, charter_rules.MOST_PART),
        "pass_of": (1, charter_rules.MOST_PART),
        "pass_in": (1, charter_rules.MOST_PART),
        "published_days": (0, charter_rules.MOST_PUBLISHED),
        "similar": (charter_rules.FEWEST_SIMILAR, charter_rules.MOST_SIMILAR),
    }
    read = {name: form.number(name, *bounds) for name, bounds in asked.items()}
    terms = Terms(**{name: value or 0 for name, value in read.items()})
    if form.ok:
        for name, refusal in charter_rules.refusals(kind, terms).items():
            form.refuse(name, refusal)
    return terms


def box(thing: Motion | Member, vote: str = "") -> str:
    """The name of one field: of votes on a motion, or of one member's vote."""
    return f"{vote}-{thing.number}" if isinstance(thing, Motion) else f"vote-{thing.id}"


def read_tally(form: Form, motion: Motion, most: int) -> Tally | None:
    """Three counts of one motion; None, and nothing wrong, where all three are empty."""
    if not any(form.values.get(box(motion, vote), "").strip() for vote in VOTES):
        return None
    counts = [form.number(box(motion, vote), 0, most) for vote in VOTES]
    return None if None in counts else Tally(*[count or 0 for count in counts])


def read_tallies(form: Form, meeting: Meeting, motions: Iterable[Motion]) -> tuple[int, dict[UUID, Tally]]:
    """How many were present, and the votes on each motion that was put to the vote: of a meeting counted by hand."""
    present = form.number("present", 0, meeting.members)
    tallies: dict[UUID, Tally] = {}
    for motion in motions:
        tally = read_tally(form, motion, meeting.members)
        if tally is None or present is None:
            continue
        tallies[motion.id] = tally
        if not rules.is_whole(tally, present):
            said = {"total": tally.total, "present": present}
            form.refuse(box(motion, "for"), _("三项加起来是 %(total)s，到会 %(present)s 人，对不上。") % said)
    needed = charter_rules.quorum(vote_rules.terms_of(meeting), meeting.kind, meeting.members)
    if present is not None and tallies and present < needed:
        form.refuse("present", vote_rules.too_few(present, meeting.members, needed))
    return present or 0, tallies


def read_way(form: Form) -> Way:
    """In the room or on paper."""
    chosen = form.choice("way", [way.value for way in BY_HAND], missing=_("请选是现场票还是纸质票。"))
    return Way(chosen or Way.ROOM)


def read_votes(form: Form, members: Sequence[Member]) -> dict[UUID, Choice]:
    """Open votes by member; whoever has none ticked did not vote."""
    chosen = {member.id: form.choice(box(member), Choice, required=False) for member in members}
    votes = {member: Choice(choice) for member, choice in chosen.items() if choice}
    if not votes and form.ok:
        form.refuse("way", _("还没有勾选任何人的票。"))
    return votes


def read_secret(form: Form, motion: Motion, members: Sequence[Member]) -> tuple[list[UUID], Tally]:
    """Who handed in a secret vote, and how many there were of each kind: as many as were ticked."""
    known = {str(member.id): member.id for member in members}
    voters = [known[one] for one in form.choices("who", known)]
    tally = read_tally(form, motion, len(known)) or Tally(0, 0, 0)
    if form.ok and not voters:
        form.refuse("who", _("请勾选交了票的人。"))
    elif form.ok and tally.total != len(voters):
        said = {"total": tally.total, "present": len(voters)}
        form.refuse(box(motion, "for"), _("三项加起来是 %(total)s，勾选了 %(present)s 人，对不上。") % said)
    return voters, tally
