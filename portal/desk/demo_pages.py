"""What only a demonstration shows: the messages nobody was sent, the answers somebody could have given, the components."""

import json
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portal import settings
from portal.booking import actions as booking
from portal.booking.reply_rules import asks_to_cancel
from portal.errors import Missing
from portal.languages import _
from portal.web.forms import Form
from portal.web.pages import page, see
from portal.web.routes import PUBLIC, get, post

SHOWN = 100  # messages


async def outbox(request: Request) -> Response:
    """The messages that would have been sent, newest first, and a way to answer one."""
    _only_in_a_demonstration()
    return _outbox(request, None)


async def answer(request: Request) -> Response:
    """Answer a message as from that telephone: what the portal does when a text message comes in."""
    _only_in_a_demonstration()
    form = await Form.read(request)
    phone, words = form.phone("phone"), form.text("words", most=70)
    if not form.ok:
        return _outbox(request, form, 422)
    if not asks_to_cancel(words):
        said = _("这条短信要由人来读；只有回“取消”，电脑才自己办。")
    elif await booking.cancel_by_phone(phone):
        said = _("预约取消了，已经发短信告诉对方。")
    else:
        said = _("看不出是哪一个预约，什么也没有取消；知道是谁的，记在工作人员的电话单上了。")
    return see(request, "demo:outbox", flash=said)


async def patterns(request: Request) -> Response:
    """Every component in every state, for whoever builds pages."""
    _only_in_a_demonstration()
    return page(request, "patterns.html")


def _outbox(request: Request, form: Form | None, status: int = 200) -> Response:
    file = settings.current().data / "outbox.jsonl"
    lines: deque[str] = deque(maxlen=SHOWN)
    if file.exists():
        with file.open(encoding="utf-8") as source:
            lines.extend(source)
    messages: list[dict[str, Any]] = [json.loads(line) for line in reversed(lines)]
    return page(request, "desk/outbox.html", status, messages=messages, form=form)


def _only_in_a_demonstration() -> None:
    if not settings.current().demo:
        raise Missing


routes: list[BaseRoute] = [
    get("/demo/outbox", outbox, who=PUBLIC, name="demo:outbox"),
    post("/demo/outbox", answer, who=PUBLIC, name="demo:answer"),
    get("/patterns", patterns, who=PUBLIC, name="patterns"),
]
