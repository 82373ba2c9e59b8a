"""Messages that are owed arrive once, worded as carefully as somebody asked, whatever the gateway does."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal import clock, delivery, notices, outbound, settings
from portal.database import transaction
from portal.notices import Channel, Notice, State
from tests import make

SECRET = "a secret shared with the gateway"


class Gateway:
    """An SMS gateway that checks signatures, keeps what it got, and can be made to misbehave."""

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.asked = 0
        self.answers: list[int] = []
        self.app = Starlette(routes=[Route("/send", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        self.asked += 1
        body = await request.body()
        stamp = request.headers["x-portal-timestamp"]
        wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, request.headers["x-portal-signature"]):
            return JSONResponse({}, 401)
        if self.answers:
            return Response("<html>not today</html>", self.answers.pop(0))
        self.messages[request.headers["idempotency-key"]] = json.loads(body)
        return JSONResponse({}, headers={"X-Message-Id": f"m{self.asked}"})


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(outbound, "transport", lambda: httpx.ASGITransport(app=made.app))
    before = settings.use(
        replace(settings.current(), demo=False, sms_url="http://127.0.0.1/send", sms_secret=SECRET)
    )
    yield made
    settings.use(before)


async def owe(person, kind="feedback/dispatched", **values) -> Notice:
    async with transaction():
        return await notices.owe(person, kind, number="K7F3-29QX", **values)


async def test_a_message_is_signed_sent_once_and_kept_as_it_was_worded(cast, gateway):
    notice = await owe(cast.mei)
    assert await delivery.deliver() == 1
    assert await delivery.deliver() == 0
    (message,) = gateway.messages.values()
    assert message.keys() == {"at", "to", "channel", "kind", "text"}
    assert message["to"] == "13800000001" and "K7F3-29QX" in message["text"]
    assert datetime.fromisoformat(message["at"]).utcoffset() == timedelta(hours=8)
    await notice.refresh_from_db()
    assert (notice.state, notice.text, notice.provider_id) == (State.SENT, message["text"], "m1")


async def test_a_wrong_key_is_refused_by_the_gateway_and_the_message_stays_owed(cast, gateway):
    settings.use(replace(settings.current(), sms_secret="some other secret entirely"))
    notice = await owe(cast.mei)
    await delivery.deliver()
    await notice.refresh_from_db()
    assert notice.state == State.OWED and "401" in notice.last_error and not gateway.messages


async def test_of_a_failure_no_word_is_kept_that_others_chose(cast):
    async def breaks(notice, text):
        raise ValueError(f"could not send {text} to {notice.address}")

    notice = await owe(cast.mei)
    await delivery.deliver(send=breaks)
    await notice.refresh_from_db()
    assert notice.last_error == "ValueError"


async def test_a_gateway_that_is_down_is_tried_again_later_and_later_then_staff_are_told(cast, gateway):
    gateway.answers = [500] * delivery.TRIES
    notice = await owe(cast.mei)
    now, waits = clock.now(), []
    for _again in range(delivery.TRIES):
        with clock.standing_at(now):
            assert await delivery.deliver() == 1
            assert await delivery.deliver() == 0, "not before it is due again"
        await notice.refresh_from_db()
        waits.append(notice.next_at - now)
        now = notice.next_at + timedelta(seconds=1)
    assert waits == sorted(waits) and notice.state == State.FAILED
    assert not gateway.messages and gateway.asked == delivery.TRIES


async def test_it_arrives_when_the_gateway_is_back(cast, gateway):
    gateway.answers = [503]
    notice = await owe(cast.mei)
    await delivery.deliver()
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        await delivery.deliver()
    await notice.refresh_from_db()
    assert notice.state == State.SENT and len(gateway.messages) == 1


async def test_a_worker_that_died_after_sending_repeats_the_same_key(cast, gateway, monkeypatch):
    await owe(cast.mei)

    async def dies(notice, **changes):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_mark", dies)
        with pytest.raises(KeyboardInterrupt):
            await delivery.deliver()
    assert await delivery.deliver() == 0, "leased to the worker that died"
    with clock.standing_at(clock.now() + delivery.LEASE + timedelta(seconds=1)):
        assert await delivery.deliver() == 1
    assert gateway.asked == 2 and len(gateway.messages) == 1, "the gateway saw one key twice"


async def test_whoever_asked_to_be_careful_gets_one_neutral_sentence(cast, gateway):
    careful = await make.person("小心", is_neutral=True)
    await owe(careful, "booking/booked", starts_at=clock.now())
    await owe(careful, "feedback/solved")
    await delivery.deliver()
    texts = {message["text"] for message in gateway.messages.values()}
    assert len(texts) == 1
    for word in ("法律", "律师", "纠纷", "离婚", "调解", "诉求", "预约", "K7F3-29QX"):
        assert word not in "".join(texts)


async def test_nothing_is_sent_to_whoever_wants_nothing_or_a_call(cast, gateway):
    silent = await make.person("不联系", contact_by="none")
    called = await make.person("打电话", contact_by="call")
    assert (await owe(silent)).state == State.WITHHELD
    assert (await owe(called)).channel == Channel.CALL
    assert await delivery.deliver() == 0 and not gateway.messages


async def test_a_code_is_not_kept_once_it_was_sent(cast, gateway):
    async with transaction():
        notice = await notices.owe(None, "people/code", address="13800000001", code="493021")
    await delivery.deliver()
    (message,) = gateway.messages.values()
    assert "493021" in message["text"]
    await notice.refresh_from_db()
    assert "493021" not in notice.text + notice.values


async def test_the_same_key_is_owed_once(cast):
    await owe(cast.mei, key="once")
    await owe(cast.mei, key="once")
    assert await Notice.all().count() == 1


async def test_a_demonstration_writes_to_its_file_and_to_nobody(cast, tmp_path):
    before = settings.use(replace(settings.current(), demo=True, data=tmp_path))
    try:
        await owe(cast.mei)
        await delivery.deliver()
    finally:
        settings.use(before)
    (line,) = (tmp_path / "outbox.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line).keys() == {"at", "to", "channel", "kind", "text"}
    assert json.loads(line)["to"] == "13800000001"


async def test_a_message_late_in_a_slow_list_is_leased_from_when_its_turn_comes(cast, gateway, monkeypatch):
    for person in (cast.mei, cast.tao):
        await owe(person)
    now, ends = clock.now(), []

    async def slow(notice, text):
        ends.append((await Notice.get(id=notice.id)).leased_until - clock.now())
        clock.shift_to(clock.now() + delivery.LEASE)
        return ""

    with clock.standing_at(now):
        assert await delivery.deliver(slow) == 2
    assert all(left > delivery.LEASE - timedelta(seconds=5) for left in ends), ends
