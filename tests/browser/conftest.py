"""Chromium before a portal that really listens: `serve` starts one, `open_page` opens a page of it, `axe` inspects it."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from portal.web.gate import LANGUAGE, MODE
from tests.browser import chromium as program
from tests.engines import Engine, migrated

TOP = Path(__file__).parents[2]
PATIENCE = (
    120  # seconds for a database to be filled and the portal to answer; a demonstration is a lot of rows
)
QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


class Address(str):
    """Where a portal answers; it knows the portal's folder too."""

    data: Path


Serve = Callable[..., Awaitable[Address]]
OpenPage = Callable[..., Awaitable[Page]]
Axe = Callable[[Page], Awaitable[list[str]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; without one the run fails."""
    path = program.find()
    if path is None:
        pytest.fail(program.ADVICE, pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*QUIETLY])
        yield browser
        await browser.close()


class Served:
    """A portal on a loopback port of its own, with a database and a data folder of its own."""

    def __init__(self, engine: Engine, data: Path, app: str, prepare: str, host: str) -> None:
        self.engine, self.data = engine, data
        self.database = engine.prepared(migrated)
        with socket.create_server(("127.0.0.1", 0)) as listener, (data / "log").open("wb") as log:
            self.address = Address(f"http://{host}:{listener.getsockname()[1]}")
            self.address.data = data
            settings = {
                "PORTAL_DEMO": "1",
                "PORTAL_DATA": str(data),
                "PORTAL_DATABASE": self.database,
                "PORTAL_SITE": self.address,
            }
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.serving", app, str(listener.fileno()), prepare],
                cwd=TOP,
                env=os.environ | settings,
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def answers(self) -> None:
        """Wait for the first answer; the test fails with the portal's own words when there is none."""
        # The socket listens already: the question waits in line until the portal answers, or breaks off if it dies.
        try:
            async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
                (await client.get(f"{self.address}/healthz")).raise_for_status()
        except httpx.HTTPError as trouble:
            said = (self.data / "log").read_text("utf-8")
            pytest.fail(f"The portal did not start: {trouble!r}\n{said}", pytrace=False)

    def end(self) -> None:
        """Stop the portal and drop its database."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.engine.drop(self.database)


@pytest.fixture(scope="module")
def serve(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """`await serve("portal.demo:load")` fills a fresh database with that function and answers the portal's address.

    Asked again for the same, it answers the same portal, until the tests of the module are done. `host` is the name of
    this machine under which it is reached.
    """
    running: dict[tuple[str, ...], Served] = {}

    async def start(prepare: str = "", app: str = "app:app", host: str = "127.0.0.1") -> Address:
        wanted = (app, prepare, host)
        if wanted not in running:
            data = tmp_path_factory.mktemp("served")
            running[wanted] = await asyncio.to_thread(Served, engine, data, *wanted)
        await running[wanted].answers()
        return running[wanted].address

    yield start
    for served in running.values():
        served.end()


@pytest.fixture
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """`await open_page(address, "/book", width=390)` opens a page in a window of its own, a stranger's.

    The test fails at its end if any page ran into a script error, broke its own content policy or asked another site;
    `page.problems` lists what there was, and a test that expects some clears it.
    """
    pages: list[Page] = []

    async def open_one(
        address: str,
        path: str = "/",
        *,
        width: int = 1280,
        language: str = "zh",
        javascript: bool = True,
        mode: str = "standard",
        **more: Any,
    ) -> Page:
        context = await chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            **more,
        )
        chosen = {LANGUAGE: language, MODE: mode}
        await context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in chosen.items()]
        )
        page = await context.new_page()
        pages.append(page)
        watch(page, address)
        await page.goto(path)
        return page

    yield open_one
    found = {page.url: problems for page in pages if (problems := page.problems)}
    for page in pages:
        await page.context.close()
    assert found == {}


def watch(page: Page, address: str) -> None:
    """Write down in `page.problems` whatever goes wrong without being seen."""
    problems: list[str] = []
    page.problems = problems

    def heard(message: ConsoleMessage) -> None:
        # A refusal (404, 409, 422) is also "Failed to load resource" in the console: the tests judge those by status.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            problems.append(f"asks another site: {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", asked)


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`await axe(page)` answers what the page does against WCAG 2.2 A and AA, a line for each place."""

    async def inspect(page: Page) -> list[str]:
        # Through the debugging protocol axe gets past the page's own content policy, which stays in force for the page.
        session = await page.context.new_cdp_session(page)
        await session.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        result = await asyncio.wait_for(page.evaluate("options => axe.run(options)", options), PATIENCE)
        await session.detach()
        return [
            f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return inspect
