"""Owed messages reach people: worded in their language and as carefully as they asked, then sent over one channel.

A worker leases a row, sends outside any transaction, and marks it. One that dies in between leaves the lease to run
out; the receiver sees the same Idempotency-Key again, so a message takes effect once.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from portal import clock, languages, outbound, settings
from portal.database import transaction
from portal.notices import NEUTRAL, Channel, Notice, State
from portal.web import templating, wording

LEASE = timedelta(minutes=2)
TRIES = 8
CODE = "people/code"  # asked for by whoever holds the telephone in this minute, so it may say what it is
DISCREET = frozenset({CODE, "people/link"})  # says nothing that the neutral sentence would hide
LINK = "link"  # a value of this name opens a door: whoever read it here could use it

Sender = Callable[[Notice, str], Awaitable[str]]


class Unsent(Exception):
    """The gateway did not take a message."""


def text_of(notice: Notice) -> str:
    """The words of a notice, in its language where that has them all. Whoever asked to be careful is sent the neutral sentence."""
    person = notice.person if notice.person_id else None
    careful = person is not None and person.is_neutral and notice.kind not in DISCREET
    with languages.speaking(languages.whole(notice.language)):
        name = f"notices/{NEUTRAL if careful else notice.kind}.{languages.current()}.txt"
        values = {key: _spoken(value) for key, value in notice.read_values().items()}
        return templating.render(name, site=settings.current().site, **values).strip()


def _spoken(value: Any) -> Any:
    """An instant among the values is said as a person would say it."""
    if isinstance(value, str) and len(value) >= 20 and value[10:11] in "T ":
        try:
            return wording.moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    return value


async def deliver(send: Sender | None = None, most: int = 50) -> int:
    """Send what is due, at most `most` messages; answers how many were handled."""
    now = clock.now()
    due = (
        Notice.filter(state=State.OWED, next_at__lte=now, channel=Channel.SMS)
        .order_by("next_at")
        .limit(most)
        .prefetch_related("person")
    )
    handled = 0
    for notice in await due:
        # The lease runs from now, not from when the list was read: those before it may have been slow.
        until = clock.now() + LEASE
        async with transaction():
            mine = await Notice.filter(id=notice.id, state=State.OWED, attempts=notice.attempts).update(
                attempts=notice.attempts + 1, next_at=until
            )
        if not mine:
            continue
        notice.attempts += 1
        handled += 1
        if getattr(notice.person, "frozen_at", None) and notice.kind != CODE:
            await _mark(notice, state=State.WITHHELD)
            continue
        try:
            text = text_of(notice)
            provider_id = await (send or channel())(notice, text)
        except Exception as error:  # whatever the gateway does, the message stays owed
            await _failed(notice, error)
        else:
            await _mark(notice, **_sent(notice, text, provider_id))
    return handled


def _sent(notice: Notice, text: str, provider_id: str) -> dict[str, Any]:
    """What is kept of a message that is on its way; nothing of what opens a door."""
    kept = {"text": text}
    if notice.kind == CODE:
        kept = {"text": "", "values": "{}"}
    elif link := notice.read_values().get(LINK):
        kept = {"text": text.replace(link, "…"), "values": "{}"}
    return {"state": State.SENT, "sent_at": clock.now(), "provider_id": provider_id[:80], **kept}


async def _failed(notice: Notice, error: Exception) -> None:
    """Try again later, twice as late each time; after the last try it is failed, for staff to see."""
    over = notice.attempts >= TRIES
    wait = timedelta(seconds=15 * 2**notice.attempts)
    await _mark(
        notice,
        state=State.FAILED if over else State.OWED,
        next_at=clock.now() + wait,
        # what others say of it may repeat the message; only our own words are kept whole
        last_error=(f"Unsent: {error}" if isinstance(error, Unsent) else type(error).__name__)[:200],
    )


async def _mark(notice: Notice, **changes: Any) -> None:
    async with transaction():
        await Notice.filter(id=notice.id).update(**notice.sealed(**changes))


def channel() -> Sender:
    """The channel that is configured: the demonstration's file, or the SMS webhook."""
    return to_file if settings.current().demo else to_webhook


def as_json(notice: Notice, text: str) -> str:
    """A message as it leaves the house: when, to whom, over which channel, what kind, and its words."""
    message = {
        "at": clock.now().astimezone(clock.CHINA).isoformat(timespec="seconds"),
        "to": notice.address,
        "channel": notice.channel,
        "kind": notice.kind,
        "text": text,
    }
    return json.dumps(message, ensure_ascii=False)


async def to_file(notice: Notice, text: str) -> str:
    """One JSON line in outbox.jsonl in the data folder."""
    outbox = settings.current().data / "outbox.jsonl"
    outbox.parent.mkdir(parents=True, exist_ok=True)
    with outbox.open("a", encoding="utf-8") as file:
        file.write(as_json(notice, text) + "\n")
    return str(notice.id)


async def to_webhook(notice: Notice, text: str) -> str:
    """POST to PORTAL_SMS_URL. X-Portal-Signature is HMAC-SHA-256, in hex, of the timestamp, a full stop and the body."""
    now = settings.current()
    if not now.sms_url:
        raise Unsent("PORTAL_SMS_URL is not set")
    stamp = str(int(clock.now().timestamp()))
    body = as_json(notice, text).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(notice.id),
        "X-Portal-Timestamp": stamp,
        "X-Portal-Signature": hmac.new(
            now.sms_secret.encode(), stamp.encode() + b"." + body, hashlib.sha256
        ).hexdigest(),
    }
    async with outbound.client() as client:
        answer = await client.post(now.sms_url, content=body, headers=headers)
    if not answer.is_success:
        raise Unsent(f"the gateway answered {answer.status_code}")
    return str(answer.headers.get("x-message-id", ""))
