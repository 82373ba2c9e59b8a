"""Where somebody comes from is what the connection says; only our own proxies may say it for others."""

import json

import httpx
import pytest

from portal import settings
from portal.commands import listening
from tests.web.serving import serving


def clients(served) -> list[str]:
    """The clients in the ledger, in order."""
    lines = [json.loads(line) for line in served.said if line.startswith("{")]
    return [line["client"] for line in lines if line["event"] == "request"]


@pytest.mark.parametrize(("proxies", "is_believed"), [("", False), ("10.9.8.7", False), ("127.0.0.1", True)])
def test_a_client_is_believed_only_behind_a_proxy_of_ours(database_url, monkeypatch, proxies, is_believed):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with serving(database_url, proxies=proxies) as served:
        for address in ("", "203.0.113.1", "203.0.113.2", "203.0.113.2, 203.0.113.1"):
            headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"} if address else {}
            assert httpx.get(f"http://127.0.0.1:{served.port}/healthz", headers=headers).text == "ok"
    plain, first, other, spoofed = clients(served)
    if is_believed:
        assert len({plain, first, other}) == 3 and spoofed == first, (
            "the last hop counts, not what the client wrote"
        )
    else:
        assert plain == first == other == spoofed


def test_without_proxies_no_header_is_read_whatever_the_environment_says():
    told = listening.options(settings.Settings())
    assert told["proxy_headers"] is False and told["forwarded_allow_ips"] == []
    told = listening.options(settings.Settings(proxies="10.0.0.5, 10.1.0.0/16"))
    assert told["proxy_headers"] is True and told["forwarded_allow_ips"] == ["10.0.0.5", "10.1.0.0/16"]
