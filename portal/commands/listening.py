"""How the server listens: nobody holds a connection by being slow, and nobody says for others where they come from."""

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from portal import settings
from portal.web import bodies, express

MOST_HEAD = (
    64 * 1024
)  # bytes before the head of a request is complete; the gate allows less and says so kindly
GRACE_SECONDS = 5  # for the page that says a body came too slowly
IDLE_SECONDS = 5  # between two requests on one connection
CONNECTIONS = 5  # for each request that may be under way: most wait for their next one
AGAIN_SECONDS = 10
NOTHING = "default-src 'none'; frame-ancestors 'none'"  # that these few words may do in a browser


class Listener(HttpToolsProtocol):
    """HTTP/1.1 in which the head and the body of each request must arrive in time and within bounds."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.deadline: asyncio.TimerHandle | None = None
        self.is_in_message = self.is_in_head = False
        self.head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS * settings.current().requests_at_once:
            self.close_with("503 Service Unavailable", f"retry-after: {AGAIN_SECONDS}\r\n")
        else:
            self.expect(settings.current().header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self.expect(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if not self.is_in_message and self.deadline is None:
            self.expect(settings.current().header_seconds)
        super().data_received(data)
        if self.is_in_message and not self.is_in_head:
            return
        self.head_bytes += len(data)
        if self.is_in_head and self.head_bytes > MOST_HEAD:
            self.close_with("431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        self.is_in_message = self.is_in_head = True
        self.head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        said = next((value for name, value in self.headers if name == b"content-length"), b"")
        self.expect(bodies.seconds_for(bodies.length_of(said.decode("latin-1"))) + GRACE_SECONDS)
        super().on_headers_complete()
        self.scope["extensions"] = {express.WHOLE: partial(self.send_whole, self.cycle)}  # type: ignore[dict-item]

    def on_message_complete(self) -> None:
        self.is_in_message = False
        self.expect(None)
        super().on_message_complete()

    def send_whole(self, cycle: RequestResponseCycle, status: int, head: bytes, body: bytes) -> bool:
        """Send an answer that is ready in one piece, where uvicorn would look at each header again and write twice. False,
        and nothing is sent, where the client reads too slowly or wants no further answer on this connection."""
        if self.flow.write_paused or not cycle.keep_alive or cycle.response_started or cycle.disconnected:
            return False
        dated = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        self.transport.write(b"".join((STATUS_LINE[status], *dated, head, b"\r\n", body)))
        cycle.on_response()
        return True

    def expect(self, seconds: float | None) -> None:
        """Whatever is awaited now must have come by then; None: nothing is awaited."""
        if self.deadline is not None:
            self.deadline.cancel()
        self.deadline = None if seconds is None else self.loop.call_later(seconds, self.too_slow)

    def too_slow(self) -> None:
        """Time is up."""
        self.deadline = None
        self.close_with("408 Request Timeout")

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        self.close_with("400 Bad Request")

    def close_with(self, status: str, headers: str = "") -> None:
        """End the connection; whoever has no answer coming yet is told why."""
        if self.transport.is_closing():
            return
        self.expect(None)
        if self.cycle is None or self.cycle.response_complete:
            reason = status.partition(" ")[2]
            self.transport.write(
                f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\n{headers}"
                f"cache-control: no-store\r\nx-content-type-options: nosniff\r\n"
                f"content-security-policy: {NOTHING}\r\nreferrer-policy: same-origin\r\n"
                f"content-length: {len(reason)}\r\nconnection: close\r\n\r\n{reason}".encode()
            )
        self.transport.close()


def options(found: settings.Settings) -> dict[str, Any]:
    """What uvicorn is told, wherever the portal is served."""
    return {
        "loop": "uvloop",  # the asyncio loop is several times slower
        "http": Listener,
        "ws": "none",
        "proxy_headers": bool(found.proxy_addresses),
        "forwarded_allow_ips": found.proxy_addresses,  # never what the environment says besides
        "timeout_keep_alive": IDLE_SECONDS,
        "timeout_graceful_shutdown": found.body_seconds,
        "access_log": False,  # paths hold numbers of records
        "log_config": None,  # portal/logs.py decides what is said
        "server_header": False,
    }
