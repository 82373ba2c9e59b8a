"""What is wrong with a page as Chromium shows it, sorted by kind; one look answers all of it."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Request, Response, Route

from tests.browser.cells import Answer, worn
from tests.browser.conftest import watch

SCRIPT = (Path(__file__).parent / "look.js").read_text("utf-8")
NARROW, TALL, AT_ONCE = 320, 844, 4
LANG = {"zh": "zh-CN", "en": "en"}
TARGET = {"standard": 44, "elder": 60}  # CSS pixels
LETTER = {"standard": 12, "elder": 24}  # 24 px are 18 pt
CHINESE = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z]{2,}")
# Numbers of records, addresses, keys and codes are the same in every language.
CODES = re.compile(
    r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|https?://\S+|第\d+网格|[\w.+-]+@[\w.-]+|\b[0-9A-Z]{8,}\b|\b[0-9a-f]{8,}\b"
)
# Latin words that Chinese readers write too, and those of an example.
KNOWN = frozenset(
    {
        "English",
        "Legal",
        "clinic",
        "Tab",
        "Microsoft",
        "Authenticator",
        "PDF",
        "MB",
        "KB",
        "CSV",
        "PIN",
        "SMS",
        "zhang",
        "min",
    }
)
# Chinese on English pages: names in examples, and what makes a file number.
NAMES = frozenset({"中文", "青年街道", "银杏社区", "银杏苑", "银杏", "人调字第"})

DIGITS = re.compile(r"\d+")
KINDS = (
    "status",
    "console",
    "sideways",
    "headings",
    "language",
    "title",
    "words",
    "targets",
    "letters",
    "axe",
)
Found = dict[str, dict[str, list[str]]]  # kind → what is wrong → where


def summary(found: dict[str, list[str]]) -> str:
    """What is wrong, the commonest first, each with how often and one page that has it."""
    lines = sorted(found.items(), key=lambda item: -len(item[1]))
    return "\n".join(f"{line} · {len(cells)} ×, such as {cells[0]}" for line, cells in lines)


class Eye:
    """One window of Chromium, which looks at one page after another."""

    def __init__(
        self, page: Page, axe: Callable[[Page], Awaitable[list[str]]], written: frozenset[str]
    ) -> None:
        self.page, self.axe, self.written = page, axe, written
        self.failed: list[str] = []
        page.on("requestfailed", self._failed)
        page.on("response", self._heard)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page still asked for when it was left
            self.failed.append(f"failed: {request.url}")

    def _heard(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.failed.append(f"{response.status}: {response.url}")

    async def look(
        self, address: str, answer: Answer, *, inspects: bool, replays: bool = False
    ) -> dict[str, list[str]]:
        """What is wrong with the page. `inspects`: axe too, the costly part. `replays`: show what was answered before,
        because asking again would do it again."""
        cell, page = answer.cell, self.page
        page.problems.clear()  # type: ignore[attr-defined]
        self.failed.clear()
        await page.context.clear_cookies()
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in worn(cell).items()]
        )
        if replays:
            await page.route(f"{address}{cell.path}", lambda route: fulfil(route, answer))
        got = await page.goto(f"{address}{cell.path}", wait_until="load")
        found: dict[str, list[str]] = defaultdict(list)
        if got is None or got.status != answer.status or (got.status >= 500 and not replays):
            found["status"].append(f"{got and got.status} after {answer.status}")
        if replays:
            await page.unroute(f"{address}{cell.path}")
        said = await page.evaluate(SCRIPT, {"language": cell.language})
        judge(found, said, answer, self.written)
        if inspects:
            found["axe"] += await self.axe(page)
        found["console"] += [*page.problems, *self.failed]  # type: ignore[attr-defined]
        return {kind: lines for kind, lines in found.items() if lines}


async def fulfil(route: Route, answer: Answer) -> None:
    """Answer a request with what was answered before."""
    await route.fulfill(status=answer.status, body=answer.text, headers=answer.headers)


def judge(found: dict[str, list[str]], said: dict[str, Any], answer: Answer, written: frozenset[str]) -> None:
    """Sort what was seen into what is wrong."""
    cell = answer.cell
    if said["wider"] > 0:
        found["sideways"].append(f"{said['wider']} px: {said['wide']}")
    if said["headings"] != 1:
        found["headings"].append(f"{said['headings']} headings of the first level")
    if (said["lang"], said["mode"]) != (LANG[cell.language], cell.mode):
        found["language"].append(f"says {said['lang']}, {said['mode']}")
    if len(said["title"].partition("·")[0].strip()) < 2:
        found["title"].append(repr(said["title"]))
    check = in_chinese if cell.language == "en" else in_latin
    found["words"] += dict.fromkeys(line for words in said["words"] if (line := check(words, written)))
    least = TARGET[cell.mode]
    found["targets"] += dict.fromkeys(
        f"{wide}×{high} {DIGITS.sub('#', name)}"
        for wide, high, name in said["targets"]
        if min(wide, high) < least - 0.5
    )
    found["letters"] += dict.fromkeys(
        f"{size} px {name}" for size, name in said["letters"] if size < LETTER[cell.mode] - 0.1
    )


def in_chinese(words: str, written: frozenset[str]) -> str:
    """What of a text on an English page is Chinese and was not written by people; empty where all is well."""
    strange = [run for run in CHINESE.findall(CODES.sub(" ", words)) if not is_made_of(run, written)]
    return f"{'、'.join(strange)} in “{words[:60]}”" if strange else ""


def in_latin(words: str, written: frozenset[str]) -> str:
    """What of a text on a Chinese page is in Latin letters and neither known to all nor written by people."""
    strange = [run for run in LATIN.findall(CODES.sub(" ", words)) if run not in KNOWN and run not in written]
    return f"{' '.join(strange)} in “{words[:60]}”" if strange else ""


def is_made_of(run: str, written: frozenset[str]) -> bool:
    """Is this one thing that people wrote, or the beginning of one, or several side by side? One sign alone is what a
    mask has left of a name."""
    if len(run) == 1 or run in NAMES or run in written:
        return True
    return any(
        (run[:cut] in written or run[:cut] in NAMES) and is_made_of(run[cut:], written)
        for cut in range(len(run) - 1, 0, -1)
    )


async def look_at_all(
    chromium: Browser,
    axe: Callable[[Page], Awaitable[list[str]]],
    address: str,
    answers: Iterable[Answer],
    written: frozenset[str],
    *,
    inspects: bool = True,
    replays: bool = False,
) -> Found:
    """Look at all of these in a few windows side by side. axe (`inspects`) looks once at each page in each mode."""
    waiting, inspected = list(answers), set()
    found: Found = {kind: defaultdict(list) for kind in KINDS}

    async def window() -> None:
        context = await chromium.new_context(
            viewport={"width": NARROW, "height": TALL}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = await context.new_page()
        watch(page, address)
        eye = Eye(page, axe, written)
        while waiting:
            answer = waiting.pop()
            built = (answer.cell.name, answer.cell.mode, answer.status)
            wants_axe = inspects and built not in inspected
            inspected.add(built)
            for kind, lines in (await eye.look(address, answer, inspects=wants_axe, replays=replays)).items():
                for line in lines:
                    found[kind][line].append(str(answer.cell))
        await context.close()

    await asyncio.gather(*(window() for _number in range(AT_ONCE)))
    return found
