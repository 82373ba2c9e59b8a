"""What goes out goes where it was meant to go, and what comes back is bounded."""

import asyncio
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

import portal
from portal import outbound, settings

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "223.5.5.5"]
PRIVATE = [
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12:3456::1",
    "::ffff:10.0.0.7",
    "64:ff9b::10.0.0.7",
]
NEVER = [
    "169.254.169.254",
    "169.254.0.23",
    "fd00:ec2::254",
    "fe80::1",
    "100.100.100.200",
    "168.63.129.16",
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "239.1.2.3",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "fec0::1",
    "::ffff:169.254.169.254",
    "::ffff:127.0.0.1",
    "::169.254.169.254",
    "::7f00:1",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "2002:7f00:1::1",
]


@pytest.fixture(autouse=True)
def as_it_was():
    before = settings.current()
    yield
    settings.use(before)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_gateway_on_the_open_network_is_reached(address):
    assert outbound.may_reach("sms.example.org", ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_our_own_network_is_reached_only_by_a_name_that_is_set_down(address):
    assert not outbound.may_reach("sms.lan", ip_address(address))
    settings.use(replace(settings.current(), internal_hosts="SMS.lan, other.lan"))
    assert outbound.may_reach("sms.lan", ip_address(address)) and outbound.may_reach(
        "SMS.LAN", ip_address(address)
    )
    assert not outbound.may_reach("evil.example", ip_address(address))


@pytest.mark.parametrize("address", NEVER)
def test_these_places_are_out_of_reach_even_for_a_name_that_is_set_down(address):
    settings.use(replace(settings.current(), internal_hosts="sms.lan"))
    assert not outbound.may_reach("sms.lan", ip_address(address))
    assert not outbound.may_reach("sms.example.org", ip_address(address))


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")]
)
def test_this_machine_is_reached_when_it_is_written_so(host, address):
    assert outbound.may_reach(host, ip_address(address))
    assert not outbound.may_reach(host, ip_address("93.184.215.14"))


# -- sending -------------------------------------------------------------------------------------------------------------


class Network:
    """Answers look-ups and requests, and remembers them."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.asked: list[httpx.Request] = []
        self.down: set[str] = set()
        self.looked_up = 0
        everything = Route("/{path:path}", self.answer, methods=["GET", "POST"])
        self.inner = httpx.ASGITransport(app=Starlette(routes=[everything]))

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        if path == "/away":
            return RedirectResponse("http://169.254.169.254/latest/meta-data/", 307)
        if path == "/long":
            return StreamingResponse(b"x" * 10_000 for _ in range(100))
        if path == "/packed":
            return Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
        return PlainTextResponse(f"{request.headers['host']} {request.headers.get('authorization')}")

    async def addresses(self, host: str, port: int):
        self.looked_up += 1
        return [ip_address(text) for text in self.names.get(host, [])]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(httpx.Request(request.method, request.url, extensions=request.extensions))
        if request.url.host in self.down:
            raise httpx.ConnectError("down")
        return await self.inner.handle_async_request(request)


@pytest.fixture
def network(monkeypatch):
    made = Network()

    class Wire(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            return await made.handle(request)

    monkeypatch.setattr(outbound, "transport", Wire)
    monkeypatch.setattr(outbound, "addresses", made.addresses)
    return made


async def send(url: str) -> httpx.Response:
    async with outbound.client() as client:
        return await client.post(url, content=b"{}")


async def test_the_address_that_was_judged_is_the_one_that_is_spoken_to(network):
    network.names["sms.example.org"] = ["93.184.215.14"]
    answer = await send("https://sms.example.org/send")
    assert answer.text == "sms.example.org None" and network.looked_up == 1
    (asked,) = network.asked
    assert asked.url.host == "93.184.215.14" and asked.extensions["sni_hostname"] == "sms.example.org"


async def test_the_next_address_is_tried_when_one_takes_no_connection(network):
    network.names["sms.example.org"], network.down = ["2606:2800::1", "93.184.215.14"], {"2606:2800::1"}
    assert (await send("https://sms.example.org/send")).status_code == 200


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://sms.example.org/", ["169.254.169.254"]),
        ("https://sms.example.org/", ["93.184.215.14", "169.254.169.254"]),
        ("https://sms.example.org/", ["10.0.0.7"]),
        ("https://sms.example.org/", ["127.0.0.1"]),
        ("https://sms.example.org/", []),
        ("http://sms.example.org/", ["93.184.215.14"]),
        ("https://user:hunter2@sms.example.org/", ["93.184.215.14"]),
        ("https://localhost/", ["93.184.215.14"]),
    ],
)
async def test_nothing_is_sent_where_nothing_may_be_sent(network, url, known):
    network.names = {"sms.example.org": known, "localhost": known}
    with pytest.raises(outbound.Refused) as refused:
        await send(url)
    assert network.asked == [] and "hunter2" not in str(refused.value)


async def test_a_name_that_changes_its_mind_is_judged_each_time(network):
    network.names["sms.example.org"] = ["93.184.215.14"]
    await send("https://sms.example.org/")
    network.names["sms.example.org"] = ["169.254.169.254"]
    with pytest.raises(outbound.Refused):
        await send("https://sms.example.org/")


async def test_a_redirect_is_an_answer_and_no_order(network):
    network.names["sms.example.org"] = ["93.184.215.14"]
    assert (await send("https://sms.example.org/away")).status_code == 307
    assert len(network.asked) == 1


@pytest.mark.parametrize("path", ["long", "packed"])
async def test_an_answer_is_bounded(network, path):
    network.names["sms.example.org"] = ["93.184.215.14"]
    with pytest.raises(outbound.Refused):
        await send(f"https://sms.example.org/{path}")


async def test_nothing_of_the_environment_is_used(network, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine sms.example.org login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.9:3128")
    network.names["sms.example.org"] = ["93.184.215.14"]
    assert (await send("https://sms.example.org/")).text == "sms.example.org None"
    assert network.asked[0].url.host == "93.184.215.14"


async def test_an_answer_that_never_ends_is_given_up(network, monkeypatch):
    monkeypatch.setattr(outbound, "ALL_SECONDS", 0.1)

    async def hangs(request):
        await asyncio.sleep(10)

    network.names["sms.example.org"] = ["93.184.215.14"]
    monkeypatch.setattr(network, "handle", hangs)
    with pytest.raises(TimeoutError):
        await send("https://sms.example.org/")


async def test_names_are_really_looked_up():
    assert {str(one) for one in await outbound.addresses("127.0.0.1", 80)} == {"127.0.0.1"}
    with pytest.raises(outbound.Refused):
        await outbound.addresses("nobody.invalid", 80)
    with pytest.raises(outbound.Refused):
        await outbound.addresses("a" * 300, 80)


def test_nothing_else_speaks_http_outward():
    speakers = (
        "import httpx",
        "from httpx",
        "urllib.request",
        "http.client",
        "import requests",
        "aiohttp",
        "open_connection",
    )
    for file in Path(portal.__file__).parent.rglob("*.py"):
        if file.name != "outbound.py":
            source = file.read_text("utf-8")
            assert not [one for one in speakers if one in source], file.name
