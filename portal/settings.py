"""Every setting on one screen. Outside a demonstration no secret has a default, and a bad value stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

MOST_MORNINGS = 40  # the roster is planned eight weeks ahead
DEMONSTRATION = (
    "for demonstrations and tests, never in use"  # everybody can read it here, so it guards nothing
)


class BadSetting(Exception):
    """A setting is missing or wrong; the text says what to write."""


@dataclass(frozen=True)
class Settings:
    """Read from PORTAL_<NAME> in the environment."""

    data: Path = Path("data")  # folder of the embedded database and the demonstration's outbox
    database: str = field(
        default="", repr=False
    )  # sqlite:///path/to/file or postgres://user:password@host/name; empty: a file in the data folder
    secret: str = field(default="", repr=False)  # at least 32 characters; keys of hashes come from it
    keys: str = field(
        default="", repr=False
    )  # what is confided is sealed with these, newest first, commas between; each at least 32 characters
    anchors: str = (
        ""  # folder of the journal's daily seals, better on another disk; empty: anchors in the data folder
    )
    site: str = "http://127.0.0.1:8000"  # address that people type, for links in messages and calendar files
    proxies: str = ""  # addresses of our own proxies, commas between: only they may say who is behind them
    sms_url: str = field(default="", repr=False)  # where messages are posted as JSON
    sms_secret: str = field(default="", repr=False)  # key of the signature on them
    internal_hosts: str = ""  # names of gateways that stand in our own network, commas between
    demo: bool = False
    mornings: int = 10  # working mornings that can be booked ahead
    notice_minutes: int = 30  # how long before it starts a time can still be booked
    hold_minutes: int = 10  # how long a time is kept while the form is filled in
    offer_minutes: int = 120  # how long somebody on the waitlist has to answer
    apart_minutes: int = 60  # between the times at which the two sides of something come to one centre
    bookings_open: int = 2  # appointments a resident may have ahead of them
    bookings_month: int = 8  # appointments a resident may have in one month, those gone by too
    unwritten_hours: int = (
        4  # working hours after a visit until its lawyer is reminded of the 处方; staff see it after twice
    )
    session_hours: int = 12  # of somebody who signed in with a password; a resident's lasts thirty days
    idle_minutes: int = 30  # after which somebody with an office who does nothing is signed out
    codes_an_hour: int = 600  # sent to telephones by the whole portal, then no more: messages cost money
    backup_days: int = (
        90  # after which the last copy of the database that holds a destroyed word is gone itself
    )
    header_seconds: int = 15  # within which the head of a request must have come
    body_seconds: int = 60  # within which the body of a request must have come; files have a while more
    papers_megabytes: int = 30  # of photographs and papers that are kept with one matter
    requests_at_once: int = 200  # that one process answers; whoever comes then is asked to come again

    @property
    def database_url(self) -> str:
        """The database that is used."""
        return self.database or in_file(self.data.resolve() / "portal.sqlite3")

    @property
    def anchors_folder(self) -> Path:
        """Where the journal's daily seals are kept."""
        return Path(self.anchors) if self.anchors else self.data / "anchors"

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.site.startswith("https://")

    @property
    def proxy_addresses(self) -> list[str]:
        """The proxies whose word is taken for who is behind them."""
        return _listed(self.proxies)

    @property
    def internal_names(self) -> list[str]:
        """The hosts in our own network that messages may be posted to."""
        return [name.lower() for name in _listed(self.internal_hosts)]


def in_file(path: Path) -> str:
    """The address of a SQLite database in this absolute file, whatever characters are in its name."""
    return f"sqlite://{quote(str(path))}"


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process, or BadSetting with a sentence that says what to write."""
    values: dict[str, object] = {}
    for name, kind in Settings.__annotations__.items():
        text = environment.get(f"PORTAL_{name.upper()}")
        if text is None:
            continue
        if kind is int:
            if not (text.isascii() and text.isdigit() and 0 < int(text) < 100_000):
                raise BadSetting(
                    f"PORTAL_{name.upper()} must be a whole number above 0, for example 10; it is {text!r}."
                )
            values[name] = int(text)
        elif kind is bool:
            if text not in ("0", "1"):
                raise BadSetting(f"PORTAL_{name.upper()} must be 1 (yes) or 0 (no); it is {text!r}.")
            values[name] = text == "1"
        else:
            values[name] = Path(text) if kind is Path else text
    if values.get("demo"):
        values.setdefault("secret", DEMONSTRATION)
    return check(Settings(**values))  # type: ignore[arg-type]


def check(settings: Settings) -> Settings:
    """Refuse what would not work, or would work unsafely."""
    scheme = settings.database_url.partition("://")[0]
    if scheme not in ("sqlite", "postgres"):
        raise BadSetting(
            "PORTAL_DATABASE must begin with sqlite:/// or postgres://, "
            "for example postgres://portal:password@127.0.0.1:5432/portal."
        )
    if not _is_site(settings.site):
        raise BadSetting(
            "PORTAL_SITE must be the address people type, without a slash at its end: https://clinic.example.org"
        )
    if settings.mornings > MOST_MORNINGS:
        raise BadSetting(
            f"PORTAL_MORNINGS must be at most {MOST_MORNINGS}, for the roster is planned no further; "
            f"it is {settings.mornings}."
        )
    if settings.sms_url and not _is_address(settings.sms_url):
        raise BadSetting("PORTAL_SMS_URL must be an http:// or https:// address that takes a JSON message.")
    for address in settings.proxy_addresses:
        if not _is_network(address):
            raise BadSetting(
                "PORTAL_PROXIES must be the addresses of your proxies with commas between, for example "
                f"10.0.0.5,10.0.1.0/24; {address!r} is none, or would be everybody."
            )
    if settings.demo:
        return settings
    if not settings.is_https and not is_loopback(urlsplit(settings.site).hostname or ""):
        raise BadSetting(
            "PORTAL_SITE must be an https:// address: over http:// anybody on the way can read and change everything."
        )
    if len(settings.secret) < 32:
        raise BadSetting(
            "PORTAL_SECRET is missing or shorter than 32 characters. Write a random one into the environment, for example: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    if not settings.keys or any(len(key.strip()) < 32 for key in settings.keys.split(",")):
        raise BadSetting(
            "PORTAL_KEYS is missing or has a key shorter than 32 characters: what is confided to the clinic is sealed with it. "
            "Keep it apart from the database and its copies: whoever loses it loses the words. Make one as PORTAL_SECRET is made."
        )
    if settings.secret in settings.keys.split(","):
        raise BadSetting("PORTAL_KEYS must not hold PORTAL_SECRET: each has a key of its own.")
    keys = [("PORTAL_KEYS", key) for key in settings.keys.split(",")]
    for name, secret in (
        ("PORTAL_SECRET", settings.secret),
        ("PORTAL_SMS_SECRET", settings.sms_secret),
        *keys,
    ):
        if secret and is_guessable(secret):
            raise BadSetting(
                f"{name} can be guessed: it is the demonstration's, or says little again and again. Write a random one, "
                "for example: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
    if settings.sms_url and len(settings.sms_secret) < 16:
        raise BadSetting(
            "PORTAL_SMS_SECRET is missing: the key that signs messages to PORTAL_SMS_URL, 16 characters or more."
        )
    if settings.sms_url and (wrong := unsafe_address(settings.sms_url)):
        raise BadSetting(f"PORTAL_SMS_URL {wrong}")
    return settings


def is_guessable(secret: str) -> bool:
    """Is it the demonstration's own, of few different characters, or a shorter text written several times over?"""
    return secret.strip() == DEMONSTRATION or len(set(secret)) < 10 or secret in (secret + secret)[1:-1]


def is_loopback(host: str) -> bool:
    """Does this name or address, as it is written, mean this very machine (RFC 6761, RFC 5735)?"""
    name = host.lower().strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def unsafe_address(url: str) -> str:
    """What is wrong with an address that secrets and messages travel to; nothing where nothing is."""
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or a password."
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        return "must be an https:// address: messages hold telephone numbers and codes."
    return ""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _is_network(text: str) -> bool:
    try:
        return ip_network(text).prefixlen > 0
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    """Does it name a host that speaks HTTP?"""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_site(text: str) -> bool:
    """An address that paths can be put behind."""
    return _is_address(text) and not text.endswith("/") and not set(text) & set("?# ")


_in_force = Settings(demo=True, secret=DEMONSTRATION)


def current() -> Settings:
    """The settings in force in this process."""
    return _in_force


def use(settings: Settings) -> Settings:
    """Put settings in force; answers those that were."""
    global _in_force
    before, _in_force = _in_force, settings
    return before
