"""Every page says who it is for, every handler has an address, every template is used and has a name."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.routing import Route

from app import routes
from portal.people.models import Role
from portal.policy import SIGHT
from portal.web.routes import PUBLIC, SIGNED_IN

ROOT = Path(__file__).parents[2]
PAGES = sorted(file.parent.name for file in (ROOT / "portal").glob("*/pages.py") if file.parent.name != "web")
REFERENCE = re.compile(r'["\']([\w./-]+\.(?:html|txt|typ))["\']')


def all_routes() -> list[Route]:
    return [route for route in routes if isinstance(route, Route)]


def test_every_route_declares_who_it_is_for():
    offices = {role.value for role in Role}
    for route in all_routes():
        who = getattr(route, "who", None)
        assert who in (PUBLIC, SIGNED_IN) or (who and set(who) <= offices), route.path


def test_every_route_to_a_record_says_of_which_kind():
    for route in all_routes():
        of = getattr(route, "of", None) if "{" in route.path else None
        assert of is None or of in SIGHT, (
            f"{route.path} holds a record: say of=… at the route (None: it is no record)"
        )


def test_no_two_routes_share_a_name_or_an_address():
    names = [route.name for route in all_routes()]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    doors = [
        (method, route.path) for route in all_routes() for method in route.methods or () if method != "HEAD"
    ]
    assert len(doors) == len(set(doors)), sorted({door for door in doors if doors.count(door) > 1})


def test_only_reading_and_posting_is_done():
    assert {method for route in all_routes() for method in route.methods or ()} <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("room", PAGES)
def test_every_handler_of_a_room_has_an_address(room):
    routed = {getattr(route, "page", None) for route in all_routes()}
    modules = [file.stem for file in (ROOT / "portal" / room).glob("*.py") if file.stem.endswith("pages")]
    for name in modules:
        module = import_module(f"portal.{room}.{name}")
        for handler in vars(module).values():
            if not inspect.iscoroutinefunction(handler) or handler.__module__ != module.__name__:
                continue
            signature = inspect.signature(handler)
            if list(signature.parameters) == ["request"] and signature.return_annotation is Response:
                assert handler in routed, f"{room}.{name}.{handler.__name__}"


def test_every_template_is_used_and_every_used_template_is_there():
    there = {
        str(file.relative_to(ROOT / "templates"))
        for file in (ROOT / "templates").rglob("*.*")
        if file.is_file()
    }
    used = set()
    for file in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "templates").rglob("*.html"), ROOT / "app.py"]:
        used |= set(REFERENCE.findall(file.read_text("utf-8")))
    notices = {name for name in there if name.startswith("notices/")}
    assert {name for name in used - there if name[0] not in "/{" and "{" not in name} == set()
    assert there - used - notices == set()


def test_every_page_has_a_title():
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text("utf-8")
        if '{% extends "layout.html" %}' in text:
            assert re.search(r"{% block title %}.+?{% endblock", text, re.S), file.name


def test_every_notice_is_worded_in_both_languages_and_owed_by_somebody():
    kinds = {
        str(file.relative_to(ROOT / "templates" / "notices")).removesuffix(".zh.txt")
        for file in (ROOT / "templates" / "notices").rglob("*.zh.txt")
    }
    for kind in kinds:
        assert (ROOT / "templates" / "notices" / f"{kind}.en.txt").exists(), kind
    source = "\n".join(file.read_text("utf-8") for file in (ROOT / "portal").rglob("*.py"))
    owed = set(re.findall(r'"((?:\w+)/(?:\w+))"', source))
    assert {kind for kind in kinds - {"neutral"} if kind not in owed} == set()
