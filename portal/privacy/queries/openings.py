"""谁看过: who opened what is about a person, read from the journal."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.queryset import QuerySet

from portal import clock, policy
from portal.booking.models import Appointment, Wait
from portal.consultations.models import Consultation, Prescription
from portal.disputes.models import Dispute
from portal.feedback.models import Feedback
from portal.journal import Entry
from portal.languages import lazy_
from portal.lectures.models import SignUp
from portal.people.models import CAUSE_NAMES, ROLE_NAMES, BrokenGlass, Cause, Person, Post, Role
from portal.privacy.models import Request

KINDS: dict[str, tuple[type[Any], Any]] = {
    "person": (Person, lazy_("我的资料")),
    "appointment": (Appointment, lazy_("预约")),
    "wait": (Wait, lazy_("候补")),
    "consultation": (Consultation, lazy_("咨询")),
    "prescription": (Prescription, lazy_("处方")),
    "dispute": (Dispute, lazy_("纠纷")),
    "feedback": (Feedback, lazy_("诉求")),
    "signup": (SignUp, lazy_("讲座报名")),
    "request": (Request, lazy_("个人信息请求")),
}
VERBS = {
    "open": lazy_("打开看了"),
    "unmask": lazy_("看了电话"),
    "break_glass": lazy_("说明理由，打开了平时看不到的内容"),
}
BY_LINK = ("appointment", "prescription")  # kinds to which messages lead by a link
AT_ONCE = 500  # keys in one look-up


class Opening(NamedTuple):
    """Who, in which office, looked at what, when and why."""

    at: datetime
    name: str
    office: str
    kind: str
    what: Any
    number: str
    did: Any
    because: Any
    by_link: bool = False  # by whoever had the message and the telephone's last digits: themself, as a rule


def own(kind: type[Any], person: Person) -> QuerySet[Any]:
    """The records of this kind that are the person's own; a protected one only after its passphrase."""
    condition = kind.RELATIONS[policy.OWN](person, policy.RESIDENT)
    found: QuerySet[Any] = kind.filter(condition)
    return found


async def of_person(person: Person, most: int = 1_000) -> list[Opening]:
    """The newest first: every reading by somebody else that the journal holds of this person's records, and every opening
    by the link of a message, for whoever holds the telephone."""
    told: list[tuple[Any, str]] = []
    mine: list[UUID] = []
    for kind, (model, _name) in KINDS.items():
        keys = {str(key): number for key, number in await own(model, person).values_list("id", "number")}
        names = list(keys)
        mine += map(UUID, names)
        for first in range(0, len(names), AT_ONCE):
            entries = Entry.filter(kind=kind, subject__in=names[first : first + AT_ONCE], verb__in=[*VERBS])
            told += [(entry, keys[entry.subject]) for entry in await entries if entry.actor != person.id]
        told += await _by_link(kind, keys) if kind in BY_LINK else []
    told.sort(key=lambda pair: -pair[0].id)
    told = told[:most]
    who = await readers({entry.actor for entry, _number in told if entry.actor})
    causes = await _causes(mine)
    return [
        _linked(entry, number)
        if entry.verb == "enter_link"
        else Opening(
            entry.at,
            *seen_as(who, entry),
            entry.kind,
            KINDS[entry.kind][1],
            number,
            VERBS[entry.verb],
            _because(causes, entry),
        )
        for entry, number in told
    ]


async def _by_link(kind: str, keys: Mapping[str, str]) -> list[tuple[Any, str]]:
    """Each time the link to one of these records (id → number) was opened; links themselves are soon gone, entries stay."""
    spelled = {_spelled(kind, key): number for key, number in keys.items()}
    details, told = list(spelled), []
    for first in range(0, len(details), AT_ONCE):
        asked = details[first : first + AT_ONCE]
        entries = Entry.filter(kind="link", verb="enter_link", detail__in=asked)
        told += [(entry, spelled[entry.detail]) for entry in await entries]
    return told


def _spelled(kind: str, key: str) -> str:
    """The detail of such an entry, as the journal writes it."""
    return json.dumps({"record": key, "to": kind}, ensure_ascii=False, sort_keys=True)


def _linked(entry: Entry, number: str) -> Opening:
    kind = json.loads(entry.detail)["to"]
    did, because = lazy_("用链接打开"), lazy_("填对了手机号后四位")
    return Opening(entry.at, "", "", kind, KINDS[kind][1], number, did, because, by_link=True)


async def readers(actors: set[UUID]) -> dict[UUID, tuple[str, list[Post]]]:
    names = dict(await Person.filter(id__in=list(actors)).values_list("id", "name"))
    posts: dict[UUID, list[Post]] = {}
    for post in await Post.filter(person_id__in=list(actors)).order_by("began_on"):
        posts.setdefault(post.person_id, []).append(post)
    return {actor: (name, posts.get(actor, [])) for actor, name in names.items()}


def seen_as(who: dict[UUID, tuple[str, list[Post]]], entry: Entry) -> tuple[str, str]:
    """The name, and the offices held on that day."""
    name, posts = who.get(entry.actor, ("", [])) if entry.actor else ("", [])
    day = clock.day_of(entry.at)
    held = {
        Role(post.role)
        for post in posts
        if post.began_on <= day and (post.ended_on is None or day < post.ended_on)
    }
    return name, " ".join(str(ROLE_NAMES[role]) for role in Role if role in held)


async def _causes(subjects: list[UUID]) -> list[BrokenGlass]:
    """The glasses broken over the person's records: through one over a consultation its 处方 are read too."""
    columns = ("id", "person_id", "cause", "created_at", "ends_at")
    found: list[BrokenGlass] = []
    for first in range(0, len(subjects), AT_ONCE):
        found += await BrokenGlass.filter(subject__in=subjects[first : first + AT_ONCE]).only(*columns)
    return found


def _because(causes: list[BrokenGlass], entry: Entry) -> Any:
    """The kind of reason given for the glass through which it was read; nothing where none was needed."""
    for glass in causes:
        if (
            glass.person_id == entry.actor
            and glass.created_at <= entry.at <= glass.ends_at
            and glass.cause in set(Cause)
        ):
            return CAUSE_NAMES[Cause(glass.cause)]
    return ""
