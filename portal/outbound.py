"""The only way out: whatever speaks HTTP to others goes through here, and reaches nobody it was not meant for.

A name is looked up when something is sent, every address it has is judged, and the connection goes to the address that
was judged: nobody can answer the look-up one way and the connection another.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from portal import settings

Address = IPv4Address | IPv6Address

MOST_ANSWERED = 64 * 1024  # bytes of an answer
STEP_SECONDS = 10.0  # for each of connecting, sending and receiving
ALL_SECONDS = 30.0  # from the first to the last byte
NEVER = [  # where clouds tell a machine its own secrets, besides the link-local addresses
    ip_network(text)
    for text in ("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128")
]
HIDING = [  # addresses with another one in their last 32 bits (RFC 6052, RFC 8215, RFC 4291)
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/96", "::/96", "::ffff:0:0:0/96")
]


class Refused(httpx.TransportError):
    """It was not sent, or the answer not read: the text says why, and names no more than the host."""


def may_reach(host: str, address: Address) -> bool:
    """May a message for this host go to this address?

    Only a host that is written as this machine reaches this machine, and only one named in PORTAL_INTERNAL_HOSTS our own
    network; link-local addresses, several receivers at once and the places of clouds' secrets are out of reach for all.
    """
    address = _bare(address)
    if settings.is_loopback(host):
        return address.is_loopback
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if any(address in network for network in NEVER) or (address.is_reserved and not address.is_global):
        return False
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global or host.lower() in settings.current().internal_names


def _bare(address: Address) -> Address:
    """The IPv4 address within an IPv6 one, where there is one."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if inner is None and int(address) > 1 and any(address in network for network in HIDING):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


async def addresses(host: str, port: int) -> list[Address]:
    """Every address of a host. Raises Refused when it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(f"{host} is not known") from None
    return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]


class Guarded(httpx.AsyncBaseTransport):
    """A transport that sends only where `may_reach` allows, and reads no more than is bearable."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if wrong := settings.unsafe_address(str(url)):
            raise Refused(f"an address {wrong}")
        known = await addresses(url.host, url.port or (443 if url.scheme == "https" else 80))
        if not known or not all(may_reach(url.host, one) for one in known):
            raise Refused(f"{url.host} leads where nothing may be sent")
        request.headers["Accept-Encoding"] = "identity"
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        answer = await self._first(request, known)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise Refused("the answer is compressed")
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = _Bounded(answer.stream)
        return answer

    async def _first(self, request: httpx.Request, known: list[Address]) -> httpx.Response:
        """The answer from the first of these addresses that takes a connection; the Host header keeps the name."""
        url = request.url
        for address in known[:-1]:
            request.url = url.copy_with(host=str(address))
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self.inner.handle_async_request(request)
        request.url = url.copy_with(host=str(known[-1]))
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


class _Bounded(httpx.AsyncByteStream):
    """An answer that ends before it becomes too much."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self.inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for part in self.inner:
            taken += len(part)
            if taken > MOST_ANSWERED:
                raise Refused("the answer is too long")
            yield part

    async def aclose(self) -> None:
        await self.inner.aclose()


transport: Callable[[], httpx.AsyncBaseTransport] = (
    httpx.AsyncHTTPTransport
)  # a test puts a network of its own here


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client for one exchange. It follows no redirect, takes no proxy or password from the environment, and gives up in
    time. Raises httpx.TransportError (Refused is one), or TimeoutError."""
    async with (
        asyncio.timeout(ALL_SECONDS),
        httpx.AsyncClient(
            transport=Guarded(transport()), timeout=STEP_SECONDS, follow_redirects=False, trust_env=False
        ) as made,
    ):
        yield made
