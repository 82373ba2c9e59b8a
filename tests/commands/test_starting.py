"""A command that cannot do its work says in one sentence what to write; one that can, serves."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import uvicorn

from app import app
from portal.commands import invocation, listening, serving


@pytest.mark.parametrize(
    ("setting", "what_to_write"),
    [
        ({"secret": "short"}, "PORTAL_SECRET"),
        ({"demo": "yes"}, "PORTAL_DEMO must be 1 (yes) or 0 (no)"),
        ({"mornings": "many"}, "PORTAL_MORNINGS must be a whole number"),
        ({"database": "mysql://here/clinic"}, "PORTAL_DATABASE must begin with sqlite:/// or postgres://"),
        ({"database": "postgres://here"}, "PORTAL_DATABASE is not an address"),
        ({"site": "https://clinic.example.org/"}, "PORTAL_SITE must be the address people type"),
        ({"sms_url": "ftp://gateway"}, "PORTAL_SMS_URL must be an http:// or https:// address"),
        ({"sms_url": "https://gateway"}, "PORTAL_SMS_SECRET is missing"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "migrate", "verify", "work"])
def test_a_bad_setting_stops_with_the_sentence_and_nothing_else(type_in, command, setting, what_to_write):
    ended = type_in(command, **setting)
    assert ended.exit_code == 2
    assert what_to_write in ended.stderr
    assert len(ended.stderr.splitlines()) == 1 and not ended.stdout


def test_each_command_is_told_in_a_whole_sentence(type_in):
    told = type_in("--help").stdout.partition("Commands:")[2].strip().splitlines()
    assert len(told) == 11 and all(line.endswith(".") and not line.endswith("...") for line in told), told


def test_a_schema_that_is_behind_is_not_served(type_in, tmp_path):
    empty = f"sqlite://{tmp_path}/empty.db"
    ended = type_in("serve", database=empty)
    assert ended.exit_code == 2 and "Run: portal migrate" in ended.stderr
    assert not (tmp_path / "empty.db").exists()
    migrated = type_in("migrate", database=empty)
    assert migrated.exit_code == 0 and "applied 0001" in migrated.stdout
    assert type_in("migrate", database=empty).stdout == "The database is up to date.\n"


def test_several_workers_are_refused_on_sqlite(type_in, tmp_path):
    ended = type_in("serve", "--workers", "2", database=f"sqlite://{tmp_path}/clinic.db")
    assert ended.exit_code == 2 and "PostgreSQL" in ended.stderr


def test_a_place_that_cannot_be_written_is_named(type_in, tmp_path):
    (tmp_path / "file").touch()
    for words, setting in (
        (["migrate"], {"database": f"sqlite://{tmp_path}/file/clinic.db"}),
        (["backup", f"{tmp_path}/file/copy.db"], {}),
        (["demo", "--no-serve", "--data", f"{tmp_path}/file/demo"], {}),
    ):
        ended = type_in(*words, **setting)
        assert ended.exit_code == 1 and len(ended.stderr.splitlines()) == 1, words
        assert str(tmp_path / "file") in ended.stderr


def test_a_database_that_does_not_answer_is_named(type_in):
    ended = type_in("migrate", database="postgres://portal@127.0.0.1:1/clinic")
    assert ended.exit_code == 1 and ended.stderr.startswith("The database cannot be reached")


def test_serving_without_a_gateway_says_that_nobody_can_sign_in(type_in, monkeypatch):
    served: dict[str, object] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: served.update(options, app=app))
    ended = type_in("serve", "--port", "8123", site="https://clinic.example.org")
    assert ended.exit_code == 0, ended.output
    assert "PORTAL_SMS_URL" in ended.stderr and "PORTAL_SITE" not in ended.stderr
    assert served["port"] == 8123 and served["loop"] == "uvloop" and served["http"] is listening.Listener
    assert not served["access_log"]
    quiet = type_in(
        "serve",
        site="https://clinic.example.org",
        sms_url="https://gateway.example.org",
        sms_secret="a key of sixteen or more",
    )
    assert quiet.stderr == ""


def test_a_worker_process_reads_its_settings_by_itself(monkeypatch, database_url):
    monkeypatch.setenv("PORTAL_SECRET", "a worker's own secret, 32 or longer")
    monkeypatch.setenv("PORTAL_KEYS", "a worker's own key of 32 letters or more")
    monkeypatch.setenv("PORTAL_DATABASE", database_url)
    assert serving.application() is app
    assert invocation.settings.current().database == database_url


def test_work_once_does_what_is_due(type_in):
    ended = type_in("work", "--once", demo="1")
    assert ended.exit_code == 0, ended.output
    assert "deliver: 0" in ended.stdout.splitlines()


def test_every_route_is_listed_with_its_policy(type_in):
    found = json.loads(type_in("routes", "--json").stdout)
    by_name = {(one["name"], one["method"]): one for one in found}
    assert "undeclared" not in {str(one["policy"]) for one in found}
    assert len(found) == sum(len(set(route.methods) - {"HEAD"}) for route in app.routes)
    home = {"method": "GET", "path": "/", "name": "home", "policy": "public", "of": None, "fresh": False}
    assert by_name["home", "GET"] == home
    assert by_name["disputes:show", "GET"]["of"] == "dispute"
    assert by_name["book:confirm", "GET"]["policy"] == "signed_in"
    assert "dispatcher" in by_name["roster:index", "GET"]["policy"]
    assert "/book/times" in type_in("routes").stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_demonstration_is_made_served_kept_and_made_anew(tmp_path: Path):
    port = free_port()
    words = [sys.executable, "-m", "portal", "demo", "--data", str(tmp_path), "--port", str(port)]
    words += ["--at", "2026-11-24T08:30"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    serving = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        site = f"http://127.0.0.1:{port}"
        assert answers(f"{site}/healthz") == "ok"
        assert "演示" in httpx.get(site).text
        with httpx.Client(base_url=site, headers={"Sec-Fetch-Site": "same-origin"}) as client:
            came = client.post("/staff/sign-in", data={"login": "lawyer", "password": "lawclinic"})
            assert came.status_code == 303
            assert "11月24日" in client.get("/queue", headers={"Accept-Language": "zh"}).text
    finally:
        serving.send_signal(signal.SIGINT)
        said, _nothing = serving.communicate(timeout=20)
    assert serving.returncode == 0, said
    assert "dispatcher" in said and "13800000001" in said and site in said and "Traceback" not in said
    database = tmp_path / "demo.sqlite3"
    mark(database)
    again = subprocess.run([*words, "--no-serve"], env=environment, capture_output=True, text=True)
    assert again.returncode == 0 and "add --fresh" in again.stdout
    assert is_marked(database)
    fresh = subprocess.run([*words, "--no-serve", "--fresh"], env=environment, capture_output=True, text=True)
    assert fresh.returncode == 0 and "add --fresh" not in fresh.stdout
    assert not is_marked(database)
    assert sorted(file.name for file in tmp_path.rglob("*") if file.is_file()) == ["demo.sqlite3"]


def test_a_port_in_use_is_said_before_anything_is_made(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "portal", "demo", "--data", str(tmp_path), "--port", port]
        ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 1 and f"Port {port} is in use" in ended.stderr
    assert not list(tmp_path.iterdir())


def mark(database: Path) -> None:
    """Leave a sign in the file that nothing but its removal takes away."""
    with closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA user_version = 7")


def is_marked(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as file:
        return file.execute("PRAGMA user_version").fetchone() == (7,)


def answers(address: str) -> str:
    """The body of a page, as soon as somebody serves it."""
    for _ in range(300):
        try:
            return httpx.get(address).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answered at {address}")
