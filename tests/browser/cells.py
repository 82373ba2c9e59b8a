"""Which pages there are to look at: route × visitor × state of what it shows × mode × language, taken from the portal itself.

A short run looks at a choice in which every route meets each visitor whom it admits, each state, each mode and each
language; a long run at all of it. What answers something else than a page is left out: files, redirects, refusals.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html
from starlette.routing import Match, Route

from app import app
from portal.web.gate import BROWSER, LANGUAGE, MODE, SESSION, TICKET
from portal.web.routes import PUBLIC, SIGNED_IN
from tests.browser import peopled
from tests.browser.peopled import INVITED, LIST, RESIDENT, STRANGER, secret

LANGUAGES, MODES = ("zh", "en"), ("standard", "elder")
# Two neighbours in this order differ in both: two looks at a page are enough to meet every mode and every language.
LOOKS = [("zh", "elder"), ("en", "standard"), ("zh", "standard"), ("en", "elder")]
ROUTES = [
    route
    for route in app.routes
    if isinstance(route, Route) and hasattr(route, "who") and "GET" in (route.methods or ())
]

# Routes whose path holds something else than a record: what stands there, from the list or as it is.
SAMPLES: dict[str, dict[str, str]] = {
    "community:compound": {"compound": "{compound}"},
    "reporting:month": {"month": "{month}"},
    "reporting:month_pdf": {"month": "{month}"},
    "reporting:building": {"building": "{building}"},
    "deadlines:ask": {"key": "lim_general"},
    "reporting:firm": {"id": "{firm}"},
    "reporting:firm_pdf": {"id": "{firm}"},
    "roster:firm": {"id": "{firm}"},
    "roster:edit_firm": {"id": "{firm}"},
}

# Routes that only lead elsewhere, the files themselves, and what opens by a secret or only a month after something: the
# rooms' own tests look at those.
NO_PAGE = {
    *("link", "appointments:by_link", "appointments:move_by_link", "prescriptions:by_link"),
    *("prescriptions:by_link_pdf", "feeds:mornings", "screen:show", "consultations:helped"),
    *("static", "favicon", "leave", "people:follow", "people:follow_link"),
    *("people:passkey_options", "confirm:passkey_options", "me:passkey_options"),
}

# What an address needs to show more than the way to it.
QUERIES = {"book:times": "?topic=debt"}


class Errand(NamedTuple):
    """What a visitor does before a page is there for them: each step is posted (or, with None, opened) and leads on."""

    visitor: str
    steps: tuple[tuple[str, dict[str, str] | None], ...]
    cookies: dict[str, str] = {}


CASE = {"topic": "debt", "words": "表弟借了我三万元。", "urgency": "no", "safe": "yes"}
ERRANDS = [
    Errand(STRANGER, (("/sign-in", {"phone": "13800777001"}),)),
    Errand(STRANGER, ((f"/invitations/{INVITED}", None),)),
    Errand(
        RESIDENT,
        (("/book/story", CASE), ("/book/times", {"topic": "debt", "slot": "first"}), ("/book/confirm", None)),
    ),
    Errand(STRANGER, (("/staff/sign-in/device", None),), {TICKET: "{ticket}", BROWSER: peopled.BROWSER}),
    Errand(RESIDENT, (("/feedback", {"words": "路灯坏了。"}),), {SESSION: "one-that-is-over"}),
]


class Cell(NamedTuple):
    """One look at one page."""

    name: str  # of the route
    path: str
    visitor: str
    state: str
    language: str
    mode: str
    cookies: dict[str, str]

    def __str__(self) -> str:
        return f"{self.path} ({self.name}) as {self.visitor}, {self.language}, {self.mode}"


class Answer(NamedTuple):
    """What a cell answered over HTTP, before any browser saw it."""

    cell: Cell
    status: int
    text: str
    headers: dict[str, str]


class Portal:
    """A portal that is served, with the list of what lies in it."""

    def __init__(self, address: Any) -> None:
        self.address = str(address)
        self.listed = json.loads((address.data / LIST).read_text("utf-8"))
        self.files: set[str] = set()  # routes that answered something else than a page
        self.client = httpx.AsyncClient(base_url=self.address, timeout=60, trust_env=False)

    async def __aenter__(self) -> "Portal":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    @property
    def written(self) -> frozenset[str]:
        """Words that people wrote, or that are names."""
        return frozenset(self.listed["written"])

    def admitted(self, route: Any) -> list[str]:
        """The visitors for whom a route is."""
        offices = self.listed["offices"]
        if route.who == PUBLIC:
            return [*offices]
        if route.who == SIGNED_IN:
            return [name for name in offices if name != STRANGER]
        return [name for name, held in offices.items() if set(held) & set(route.who)]

    def paths(self, route: Any, visitor: str) -> list[tuple[str, str]]:
        """The addresses of a route for a visitor, each with the state of what it shows."""
        wanted = set(route.param_convertors)
        if not wanted:
            return [(route.path + QUERIES.get(route.name, ""), "")]
        if route.name in SAMPLES:
            given = {key: value.format(**self.listed["places"]) for key, value in SAMPLES[route.name].items()}
            return [(str(route.url_path_for(route.name, **given)), "")] if all(given.values()) else []
        return [
            (
                str(route.url_path_for(route.name, **{key: sample["values"][key] for key in wanted})),
                sample["state"],
            )
            for sample in self.listed["records"][visitor].get(route.of, [])
            if wanted <= {key for key, value in sample["values"].items() if value}
        ]

    async def ask(self, cell: Cell) -> Answer:
        """What the portal answers, without following it anywhere."""
        head = {"Cookie": as_text(worn(cell)), "Accept": "text/html"}
        got = await self.client.get(cell.path, headers=head)
        is_page = got.headers.get("content-type", "").startswith("text/html")
        if got.status_code == 200 and not is_page:
            self.files.add(cell.name)
        return Answer(cell, got.status_code, got.text if is_page else "", kept_of(got.headers))

    async def run(self, errand: Errand) -> Cell:
        """Do what is to be done first; the cell is the page where that leads."""
        given = {name: value.format(**self.listed["places"]) for name, value in errand.cookies.items()}
        cookies = worn_by(errand.visitor) | given
        path = ""
        for at, data in errand.steps:
            head = {"Cookie": as_text(cookies)}
            if data and data.get("slot") == "first":
                page = html.document_fromstring(
                    (await self.client.get(f"{at}?topic=debt", headers=head)).text
                )
                data = {**data, "slot": page.xpath("string(//input[@name='slot'][not(@disabled)]/@value)")}
            got = await (
                self.client.get(at, headers=head)
                if data is None
                else self.client.post(at, data=data, headers=head)
            )
            cookies |= dict(got.cookies)
            path = got.headers.get("location", at)
            self.client.cookies.clear()
        back = httpx.URL(urljoin(self.address, path)).params.get("back")
        if SESSION in errand.cookies and back:  # signed in again, and back to what was typed
            path, cookies = back, cookies | worn_by(errand.visitor)
        return Cell(route_of(path), path, errand.visitor, "on the way", "zh", "standard", cookies)


def kept_of(headers: httpx.Headers) -> dict[str, str]:
    """What of an answer's head still holds when it is shown again."""
    return {name: headers[name] for name in ("content-type", "content-security-policy") if name in headers}


def as_text(cookies: dict[str, str]) -> str:
    """Cookies as a browser sends them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def worn_by(visitor: str) -> dict[str, str]:
    """The cookies of a visitor."""
    return {} if visitor == STRANGER else {SESSION: secret(visitor)}


def worn(cell: Cell) -> dict[str, str]:
    """The cookies with which a cell is opened."""
    return worn_by(cell.visitor) | cell.cookies | {LANGUAGE: cell.language, MODE: cell.mode}


def route_of(path: str, method: str = "GET") -> str:
    """The name of the route that answers an address."""
    scope = {"type": "http", "method": method, "path": urlsplit(path).path, "headers": []}
    found = (one for one in app.routes if isinstance(one, Route) and one.matches(scope)[0] is Match.FULL)
    return str(getattr(next(found, None), "name", "unknown"))


def looks(name: str, count: int) -> Iterator[tuple[str, str]]:
    """Modes and languages in turn, each route beginning elsewhere."""
    begin = sum(name.encode())
    return (LOOKS[(begin + turn) % len(LOOKS)] for turn in range(count))


async def short(portal: Portal, *, errands: bool = True) -> list[Answer]:
    """Every route meets each visitor, each state, each mode and each language at least once; what answers no page is left
    out, and what looks alike as well, once every mode and language was met."""
    chosen: list[Answer] = []
    for route in ROUTES:
        if route.name in NO_PAGE:
            continue
        met: set[str] = set()
        seen: set[tuple[str, ...]] = set()
        turns = looks(route.name, 10_000)
        pages: list[Answer] = []
        for visitor, at in arranged(portal, route):
            fresh = {f"visitor {visitor}", f"state {at[1]}"} - met
            if not fresh:
                continue
            language, mode = next(turns)
            answer = await portal.ask(Cell(route.name, at[0], visitor, at[1], language, mode, {}))
            if answer.status >= 500:
                chosen.append(answer)
            if answer.status != 200 or not answer.text:
                continue
            met |= fresh
            new = {(language,), (mode,), skeleton(answer.text)} - seen
            if new:
                pages.append(answer)
                seen |= new
        if len(pages) == 1:
            cell = pages[0].cell
            other = LOOKS[(LOOKS.index((cell.language, cell.mode)) + 1) % len(LOOKS)]
            pages.append(await portal.ask(cell._replace(language=other[0], mode=other[1])))
        chosen += pages
    return chosen + (await after_errands(portal) if errands else [])


async def after_errands(portal: Portal) -> list[Answer]:
    """The pages that are only there after something was done, in all modes and languages."""
    cells = [await portal.run(errand) for errand in ERRANDS]
    return [
        answer
        for cell in cells
        for language, mode in LOOKS
        if (answer := await portal.ask(cell._replace(language=language, mode=mode))).status == 200
    ]


async def whole(portal: Portal, visitor: str) -> list[Answer]:
    """Everything that this visitor can open, in every mode and language."""
    return [
        answer
        for route in ROUTES
        if route.name not in NO_PAGE and visitor in portal.admitted(route)
        for path, state in portal.paths(route, visitor)
        for language, mode in product(LANGUAGES, MODES)
        if (answer := await portal.ask(Cell(route.name, path, visitor, state, language, mode, {}))).status
        == 200
        and answer.text
    ]


def arranged(portal: Portal, route: Any) -> list[tuple[str, tuple[str, str]]]:
    """The visitors of a route with its addresses, so that neighbours differ in both."""
    of = {visitor: portal.paths(route, visitor) for visitor in portal.admitted(route)}
    most = max(map(len, of.values()), default=0)
    turned = [
        (visitor, paths[(turn + number) % len(paths)])
        for turn in range(most)
        for number, (visitor, paths) in enumerate(of.items())
        if turn < len(paths)
    ]
    return turned


def skeleton(text: str) -> tuple[str, ...]:
    """How a page is built, whatever it says and however often: its elements with their classes, and what they stand in."""
    main = html.document_fromstring(text).xpath("//main")
    return tuple(sorted({step(one) for root in main for one in root.iter() if isinstance(one.tag, str)}))


def step(one: Any) -> str:
    parent = one.getparent()
    kind = re.sub(r"\s+", ".", one.get("class") or "")
    return f"{parent.tag}.{parent.get('class') or ''}>{one.tag}.{kind}"
