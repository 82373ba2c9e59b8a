"""A wrong setting stops the start with a sentence that says what to write."""

import ssl
from typing import Any

import pytest

from portal import database, settings
from portal.settings import BadSetting

GOOD = {
    "PORTAL_SECRET": "Quo3-vadis.Domine?77 et cetera et",
    "PORTAL_KEYS": "Alea1-iacta.Est!99 non cetera sed",
}


def test_with_a_secret_the_rest_has_sensible_values():
    read = settings.read(GOOD)
    assert read.database_url.startswith("sqlite:///") and read.mornings == 10 and not read.demo


def test_the_data_folder_may_be_called_anything(tmp_path):
    folder = tmp_path / "50% of #1? 诊所"
    url = settings.read({**GOOD, "PORTAL_DATA": str(folder)}).database_url
    assert database.file(url) == folder / "portal.sqlite3"
    assert database.config(url)["connections"]["default"]["credentials"] == {
        "file_path": str(folder / "portal.sqlite3")
    }


@pytest.mark.parametrize("host", ["db.example.org", "10.0.0.7"])
def test_a_database_on_another_machine_must_show_a_certificate_for_its_name(host):
    said = credentials(f"postgres://portal:x@{host}/clinic")["ssl"]
    assert said.verify_mode == ssl.CERT_REQUIRED and said.check_hostname
    assert credentials(f"postgres://portal:x@{host}/clinic?ssl=disable")["ssl"] == "disable"
    assert credentials(f"postgres://portal:x@127.0.0.1/clinic?host={host}")["ssl"].check_hostname


@pytest.mark.parametrize("where", ["localhost", "127.0.0.1", "[::1]", "", "/clinic?host=/run/postgresql"])
def test_a_database_of_this_machine_needs_none(where):
    address = where if where.startswith("/") else f"{where}/clinic"
    assert credentials(f"postgres://portal:x@{address}")["ssl"] is False


def credentials(url: str) -> dict[str, Any]:
    return dict(database.config(url)["connections"]["default"]["credentials"])


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORTAL_SECRET", "short", "PORTAL_SECRET"),
        ("PORTAL_SECRET", "", "PORTAL_SECRET"),
        ("PORTAL_MORNINGS", "ten", "PORTAL_MORNINGS"),
        ("PORTAL_MORNINGS", "0", "above 0"),
        ("PORTAL_MORNINGS", "1_0", "PORTAL_MORNINGS"),
        ("PORTAL_MORNINGS", "٣", "PORTAL_MORNINGS"),
        ("PORTAL_DEMO", "yes", "1 (yes) or 0 (no)"),
        ("PORTAL_DATABASE", "mysql://x", "sqlite:/// or postgres://"),
        ("PORTAL_SITE", "clinic.example.org", "https://"),
        ("PORTAL_SITE", "https://clinic.example.org/", "without a slash"),
        ("PORTAL_SITE", "https://", "PORTAL_SITE"),
        ("PORTAL_SITE", "http://[::1", "PORTAL_SITE"),
        ("PORTAL_SITE", "https://clinic.example.org:port", "PORTAL_SITE"),
        ("PORTAL_SITE", "https://clinic.example.org?a=b", "PORTAL_SITE"),
        ("PORTAL_MORNINGS", "41", "at most 40"),
        ("PORTAL_SMS_URL", "ftp://x", "PORTAL_SMS_URL"),
        ("PORTAL_SMS_URL", "https://[::1", "PORTAL_SMS_URL"),
        ("PORTAL_SMS_URL", "https://sms.example.org/send", "PORTAL_SMS_SECRET"),
        ("PORTAL_SECRET", settings.DEMONSTRATION, "can be guessed"),
        ("PORTAL_SECRET", f"{settings.DEMONSTRATION} ", "can be guessed"),
        ("PORTAL_SECRET", "x" * 32, "can be guessed"),
        ("PORTAL_SECRET", "ab" * 40, "can be guessed"),
        ("PORTAL_SECRET", "changeme-please!" * 2, "can be guessed"),
        ("PORTAL_SMS_SECRET", "secretsecretsecret", "can be guessed"),
        ("PORTAL_SITE", "http://clinic.example.org", "an https:// address"),
        ("PORTAL_SITE", "http://127.0.0.1.example.org", "an https:// address"),
        ("PORTAL_PROXIES", "*", "PORTAL_PROXIES"),
        ("PORTAL_PROXIES", "0.0.0.0/0", "everybody"),
        ("PORTAL_PROXIES", "10.0.0.5, proxy.example.org", "PORTAL_PROXIES"),
        ("PORTAL_REQUESTS_AT_ONCE", "+5", "PORTAL_REQUESTS_AT_ONCE"),
    ],
)
def test_a_bad_value_is_refused_in_plain_words(name, value, says):
    with pytest.raises(BadSetting, match=says.replace("(", r"\(").replace(")", r"\)")):
        settings.read({**GOOD, name: value})


def test_only_a_demonstration_does_without_a_secret():
    assert settings.read({"PORTAL_DEMO": "1"}).secret == settings.DEMONSTRATION
    with pytest.raises(BadSetting):
        settings.read({})


SENDS = {**GOOD, "PORTAL_SMS_SECRET": "Nine tailors, 9 bells"}


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://sms.example.org/send", "https://"),
        ("http://10.0.0.7/send", "https://"),
        ("https://user:pass@sms.example.org/send", "user name"),
        ("https://@sms.example.org/send", "user name"),
        ("https://sms.example.org/send", ""),
        ("http://127.0.0.1:9000/send", ""),
        ("http://[::1]:9000/send", ""),
        ("http://localhost/send", ""),
    ],
)
def test_messages_leave_only_over_tls_or_to_this_machine(url, says):
    if says:
        with pytest.raises(BadSetting, match=says):
            settings.read({**SENDS, "PORTAL_SMS_URL": url})
    else:
        assert settings.read({**SENDS, "PORTAL_SMS_URL": url}).sms_url == url


def test_lists_are_read_with_commas_between():
    read = settings.read(
        {**GOOD, "PORTAL_PROXIES": "10.0.0.5, 10.1.0.0/16,::1", "PORTAL_INTERNAL_HOSTS": "SMS.lan"}
    )
    assert read.proxy_addresses == ["10.0.0.5", "10.1.0.0/16", "::1"] and read.internal_names == ["sms.lan"]
    assert settings.read(GOOD).proxy_addresses == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST", "portal.localhost"]
)
def test_this_machine_has_these_names(host):
    assert settings.is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "127.0.0.1.example", "localhost.example", "0.0.0.0", "10.0.0.1", "notlocalhost"]
)
def test_and_no_others(host):
    assert not settings.is_loopback(host)


def test_secrets_are_not_printed():
    shown = repr(
        settings.read(
            {
                **SENDS,
                "PORTAL_DATABASE": "postgres://portal:hunter2@127.0.0.1/portal",
                "PORTAL_SMS_URL": "https://sms.example.org/?key=hunter3",
            }
        )
    )
    for secret in (SENDS["PORTAL_SECRET"], SENDS["PORTAL_SMS_SECRET"], "hunter2", "hunter3"):
        assert secret not in shown


@pytest.mark.parametrize("name", ["PORTAL_SECRET", "PORTAL_SMS_SECRET", "PORTAL_DATABASE"])
def test_a_refusal_does_not_say_the_secret(name):
    with pytest.raises(BadSetting) as refused:
        settings.read({**SENDS, "PORTAL_SMS_URL": "https://x.example/", name: "qqqqqq" * 7})
    assert "qqqqqq" not in str(refused.value)
