"""Every module keeps to its floor and its trade: imports go down, rules judge, queries read, pages adapt."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
FLOORS = (
    {"people", "community", "attachments"},
    {"roster", "conflicts"},
    {"booking"},
    {"consultations", "disputes", "feedback", "lectures", "rounds"},
    {"council"},
    {"reporting", "privacy"},
    {"desk"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS, 1) for room in rooms}
GROUND = {
    *(
        "anchors",
        "clock",
        "database",
        "editions",
        "publishing",
        "engines",
        "errors",
        "fields",
        "index",
        "journal",
        "languages",
        "law",
        "limits",
        "locality",
    ),
    *(
        "logs",
        "notices",
        "numbers",
        "outbound",
        "pairs",
        "paging",
        "records",
        "policy",
        "reindex",
        "sealing",
        "schema",
        "secrecy",
        "settings",
        "states",
        "terms",
        "work",
    ),
}
# Whatever else is in portal/ is above the rooms, as app.py is: it may import all, and nothing below imports it. Folders of
# that kind are named here, so that no room is forgotten on its floor.
ABOVE = {"commands", "demo"}

NEVER_IMPORTED = {
    "models": ("starlette", "portal.clock"),
    "rules": ("starlette", "tortoise", "portal.clock", "portal.database"),
    "actions": ("starlette", "httpx"),
    "queries": ("starlette", "httpx"),
    "forms": ("tortoise", "portal.database"),
}
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "save",
    "update",
    "bulk_update",
    "delete",
}
NEVER_CALLED = {
    "queries": WRITES | {"transaction", "change"},
    "pages": {"create", "bulk_create", "get_or_create", "update_or_create", "transaction", "change"},
}
VAGUE = {"utils", "helpers", "common", "core", "services", "managers"}
TIMES = re.compile(r"(?:^|\.)(?:datetime\.(?:now|utcnow|today)|date\.today|time\.time)$")
LONGEST = 300


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module or name imported, in full; a relative import keeps its dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[str]:
    """Every name called, but for the verbs of a room: `actions.create(…)` is how a page should write."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = ast.unparse(node.func)
            if not said.rpartition(".")[0].endswith("actions"):
                yield said.rpartition(".")[2]


def within(name: str, package: str) -> bool:
    """Is this the package or something inside it?"""
    return name == package or name.startswith(f"{package}.")


def may_import(path: Path, place: str, target: str) -> bool:
    """May a module of this place import something of that place?"""
    is_above = place not in FLOOR and place not in GROUND and place != "web"
    if place == target or target in GROUND or is_above:
        return True
    if target == "web":
        return place in FLOOR and bool(trades(path) & {"pages", "papers", "forms"})
    if place == "web":
        return target == "people"  # the gate finds the person behind a session
    return FLOOR.get(target, 99) < FLOOR.get(place, 0)


def trades(path: Path) -> set[str]:
    """What a module does by its name: booking/actions.py, booking/waitlist_actions.py and booking/actions/waitlist.py act."""
    return {*path.stem.split("_"), *path.parts[1:-1]}


def faults(path: str, source: str) -> list[str]:
    """What is wrong with a module at this path inside portal/."""
    where, tree = Path(path), ast.parse(source)
    place, found = where.parts[0].removesuffix(".py"), []
    imported = list(imports(tree))
    if vague := VAGUE & {*where.with_suffix("").parts}:
        found.append(f"{vague} says nothing about what is inside")
    if (length := source.count("\n")) > LONGEST:
        found.append(f"{length} lines are more than {LONGEST}")
    for name in imported:
        if name.startswith("."):
            found.append(f"imports {name}: write it in full")
        elif name.startswith("portal.") and not may_import(where, place, name.split(".")[1]):
            found.append(f"imports {name}: not below it")
        elif within(name, "tortoise.transactions") and place != "database":
            found.append("opens transactions of its own")
    for trade in trades(where) if place in FLOOR else ():
        for package in NEVER_IMPORTED.get(trade, ()):
            found += [f"{trade} import {name}" for name in imported if within(name, package)]
        called = NEVER_CALLED.get(trade, set()) & {*calls(tree)}
        found += [f"{trade} call {name}" for name in sorted(called)]
        if trade == "rules" and any(
            isinstance(node, ast.Await | ast.AsyncFunctionDef) for node in ast.walk(tree)
        ):
            found.append("rules wait for something")
    if place != "clock":
        read = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)] + imported
        found += [f"reads the time by {name}" for name in read if TIMES.search(name)]
    if place not in ("database", "engines", "schema"):
        methods = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        found += ["opens transactions of its own"] * methods.count("_in_transaction")
    return found


def test_every_module_keeps_to_its_floor_and_its_trade():
    modules = [*(TOP / "portal").rglob("*.py")]
    assert len(modules) > 40
    found = {
        str(module.relative_to(TOP)): wrong
        for module in modules
        if (wrong := faults(str(module.relative_to(TOP / "portal")), module.read_text("utf-8")))
    }
    assert found == {}


def test_every_room_is_on_a_floor():
    rooms = {path.parent.name for path in (TOP / "portal").glob("*/__init__.py")}
    assert rooms - GROUND - ABOVE - {"web"} == FLOOR.keys()


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("people/actions.py", "from portal.booking.models import Hold", "not below"),
        ("people/actions.py", "from portal import booking", "not below"),
        ("people/actions.py", "import portal.booking.models", "not below"),
        ("people/actions.py", "def later():\n    from portal.booking import models", "not below"),
        ("disputes/actions.py", "from portal.feedback.models import Case", "not below"),
        ("booking/queries.py", "from portal.commands import portal", "not below"),
        ("booking/rules.py", "from ..disputes import models", "in full"),
        ("journal.py", "from portal.people.models import Person", "not below"),
        ("law/days.py", "from portal.roster import models", "not below"),
        ("journal.py", "from portal.web import pages", "not below"),
        ("web/gate.py", "from portal.booking.models import Hold", "not below"),
        ("booking/actions.py", "from portal.web.forms import Form", "not below"),
        ("booking/rules.py", "from starlette.requests import Request", "rules import"),
        ("booking/rules.py", "from portal import clock", "rules import"),
        ("booking/rules.py", "import tortoise", "rules import"),
        ("booking/hold_rules.py", "from portal.clock import now", "rules import"),
        ("booking/rules/hold.py", "async def may(): ...", "rules wait"),
        ("booking/models.py", "from portal import clock", "models import"),
        ("booking/models.py", "from starlette import requests", "models import"),
        ("booking/actions.py", "import starlette.requests", "actions import"),
        ("booking/actions.py", "import httpx", "actions import"),
        ("booking/forms.py", "from portal import database", "forms import"),
        ("booking/queries.py", "await Hold.filter(id=1).delete()", "queries call"),
        ("booking/queries.py", "hold.save()", "queries call"),
        ("booking/queries.py", "async def f():\n    async with transaction(): ...", "queries call"),
        ("booking/pages.py", "Hold.create(a=1)", "pages call"),
        ("booking/pages.py", "database.transaction()", "pages call"),
        ("booking/utils.py", "", "says nothing"),
        ("services/post.py", "", "says nothing"),
        ("booking/pages.py", "\n" * 301, "more than"),
        ("work.py", "from datetime import datetime\nat = datetime.now(UTC)", "reads the time"),
        ("work.py", "import datetime\nat = datetime.datetime.utcnow", "reads the time"),
        ("work.py", "import time\ntime.time()", "reads the time"),
        ("work.py", "from time import time", "reads the time"),
        ("roster/actions.py", "from datetime import date\ndate.today()", "reads the time"),
        ("work.py", "from tortoise.transactions import in_transaction", "of its own"),
        ("booking/actions.py", "connection._in_transaction()", "of its own"),
    ],
)
def test_a_planted_fault_is_found(path: str, source: str, fault: str):
    assert any(fault in said for said in faults(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "booking/actions.py",
            "from portal import clock\nfrom portal.people.models import Person\nclock.today()",
        ),
        (
            "booking/pages.py",
            "from portal.web.forms import Form\nfrom portal.booking import actions\nactions.create()",
        ),
        ("web/gate.py", "from portal.people.models import Session"),
        ("delivery.py", "from portal.web import wording\nfrom portal.booking import work"),
        ("clock.py", "from datetime import datetime\ndatetime.now()"),
        ("desk/queries.py", "from portal.council.models import Topic\nTopic.all()"),
        ("work.py", "import time\ntime.monotonic()"),
    ],
)
def test_what_is_right_is_let_through(path: str, source: str):
    assert faults(path, source) == []
