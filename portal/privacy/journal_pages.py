"""The auditor's desk: what was done, by whom and to which record; whether the journal is whole; which glass was broken."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import anchors
from portal.languages import _
from portal.law import numbers
from portal.people.models import CAUSE_NAMES, ROLE_NAMES, Cause, Role
from portal.privacy.deeds import KIND_NAMES, VERB_NAMES
from portal.privacy.queries import journal
from portal.privacy.queries.journal import Asked, Line
from portal.web import exports
from portal.web.forms import Form, read_day, unstorable
from portal.web.pages import page
from portal.web.routes import get
from portal.web.templating import url
from portal.web.wording import moment

AUDITORS = frozenset({Role.AUDITOR.value})
EXPORTED = 5_000  # entries in one file
DAYS = 7  # anchors shown
FIELDS = ("day", "verb", "kind", "role", "name", "number")


def asked_of(request: Request) -> tuple[Asked, Form, dict[str, str]]:
    """What is looked for, the form as it was filled in, and the query that asks the same again."""
    form = Form({name: request.query_params.get(name, "").strip()[:40] for name in FIELDS})
    said = form.values
    for name, known in (("verb", VERB_NAMES), ("kind", KIND_NAMES), ("role", ROLE_NAMES)):
        if said[name] not in known:
            said[name] = ""
    if unstorable(said["name"]):
        said["name"] = ""
    number = numbers.read(said["number"]) or said["number"]
    asked = Asked(_day(said["day"]), said["verb"], said["kind"], said["role"], said["name"], number)
    return asked, form, {name: value for name, value in said.items() if value}


def _day(text: str) -> date | None:
    """A day of this age; nothing for what is none."""
    day = read_day(text)
    return day if day and 2000 < day.year < 3000 else None


async def index(request: Request) -> Response:
    """The newest entries that meet what is asked, and how the journal stands."""
    person = request.state.person
    asked, form, query = asked_of(request)
    before = Form(dict(request.query_params)).number("before", 1, 999_999_999, required=False)
    found = await journal.look(person, asked, before)
    return page(
        request,
        "privacy/journal.html",
        form=form,
        lines=[_shown(line) for line in found.lines],
        older=_address("journal:index", query | {"before": str(found.before)}) if found.before else "",
        file=_address("journal:export", query),
        is_asked=bool(query),
        verbs=_choices(VERB_NAMES),
        kinds=_choices(KIND_NAMES),
        roles=_choices(ROLE_NAMES),
        anchors=await anchors.newest(DAYS),
        glasses=[
            {
                "at": glass.created_at,
                "who": glass.person.name,
                "kind": KIND_NAMES[glass.kind],
                "number": number,
                "cause": CAUSE_NAMES[Cause(glass.cause)],
                "told": glass.told.name,
                "until": glass.ends_at,
                "reviewed_at": glass.reviewed_at,
            }
            for glass, number in await journal.glasses(person)
        ],
    )


async def export(request: Request) -> Response:
    """The same entries as a file."""
    asked, _form, _query = asked_of(request)
    found = await journal.look(request.state.person, asked, most=EXPORTED)
    titles = (_("序号"), _("时间"), _("谁"), _("职务"), _("做了什么"), _("对什么"), _("编号"))
    shown = [_shown(line) for line in found.lines]
    rows = [
        (one["id"], moment(one["at"]), one["who"], one["office"], one["did"], one["kind"], one["number"])
        for one in shown
    ]
    return exports.table("journal", titles, rows)


def _shown(line: Line) -> dict[str, Any]:
    return {
        **line._asdict(),
        "who": line.name,
        "office": line.office or (_("居民") if line.is_somebody else _("系统")),
        "kind": str(KIND_NAMES.get(line.kind, line.kind)),
    }


def _choices(names: Any) -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        *sorted(((str(key), str(name)) for key, name in names.items()), key=lambda one: one[1]),
    ]


def _address(name: str, query: dict[str, str]) -> str:
    return url(name) + (f"?{urlencode(query)}" if query else "")


routes: list[BaseRoute] = [
    get("/journal", index, who=AUDITORS, name="journal:index"),
    get("/journal/export", export, who=AUDITORS, name="journal:export"),
]
