"""A browser without a screen: it reads pages as people do and submits their real forms to an ASGI application.

It sends exactly what a browser would send, except that it checks no `required` or `pattern` on the way, so that tests see
what the portal itself says to wrong input. Offering a field or a choice that is not on the page is a failed test.
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from lxml import html

from tests.markup import (
    BUTTONS,
    Upload,
    Value,
    having,
    initial,
    is_disabled,
    kind,
    name_of,
    offered,
    seen,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MULTIPART = "multipart/form-data"


Pairs = list[tuple[str, Value]]


class Browser:
    """One browser with its own cookies, a stranger to the portal until somebody signs in with it."""

    def __init__(
        self,
        app: Any,
        host: str = "portal.localhost",
        *,
        scheme: str = "https",
        language: str = "zh-CN",
        address: str = "192.0.2.1",
    ) -> None:
        self.origin = f"{scheme}://{host}"
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=(address, 40_000)),
            base_url=self.origin,
            headers={"User-Agent": "forms", "Accept": "text/html,*/*;q=0.8", "Accept-Language": language},
        )

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it holds."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def keep(self, name: str, value: str) -> None:
        """Hold a cookie, as if the portal had given it."""
        self._client.cookies.set(name, value, domain=urlsplit(self.origin).hostname or "")

    async def get(
        self, path: str, *, follow: bool = False, headers: Mapping[str, str] | None = None
    ) -> "Page":
        """Open an address as if typed."""
        return await self.request(
            "GET", path, headers={"Sec-Fetch-Site": "none", **(headers or {})}, follow=follow
        )

    async def post(
        self,
        path: str,
        data: Mapping[str, Any] | bytes | None = None,
        files: Mapping[str, Upload | tuple[Any, ...]] | None = None,
        *,
        follow: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> "Page":
        """Post anything, on the form or not; bytes go as they are. Pass headers to pretend to come from elsewhere."""
        if isinstance(data, bytes):
            body, kind = data, "application/x-www-form-urlencoded"
        else:
            pairs: Pairs = [
                (name, text(one)) for name, given in (data or {}).items() for one in several(given)
            ]
            pairs += [(name, Upload(*upload)) for name, upload in (files or {}).items()]
            body, kind = encode(pairs, MULTIPART if files else "")
        sent = {
            "Content-Type": kind,
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
            **(headers or {}),
        }
        return await self.request("POST", path, body, sent, follow=follow)

    async def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = False,
    ) -> "Page":
        """Send one request; with `follow`, go on through redirects within the site as a browser does."""
        sent = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", **(headers or {})}
        history: list[Page] = []
        while True:
            response = await self._client.request(
                method, urljoin(self.origin, path), content=body, headers=sent
            )
            page = Page(self, response, history)
            onward = page.location if response.status_code in REDIRECTS else ""
            if not follow or not onward or not self.owns(onward):
                return page
            if len(history) == 20:
                raise AssertionError(
                    f"{history[0].url} goes round in circles: {[page.url for page in history[-4:]]}"
                )
            history = [*history, page]
            path = onward
            if response.status_code not in (307, 308) and method != "GET":
                method, body = "GET", None
                sent = {name: value for name, value in sent.items() if name not in ("Content-Type", "Origin")}

    def owns(self, url: str) -> bool:
        """Is this address within the site?"""
        return url.startswith(f"{self.origin}/")


class Page:
    """What came back: the answer, and the page as a person sees it."""

    def __init__(self, browser: Browser, response: httpx.Response, history: "list[Page]") -> None:
        self.browser, self.response, self.history = browser, response, history
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.content
        self.html = response.content.decode(response.charset_encoding or "utf-8", "replace")
        self.absolute = str(response.url)
        self.url = self.absolute.removeprefix(browser.origin)
        self.path = urlsplit(self.url).path
        self.location = urljoin(self.absolute, self.headers["location"]) if "location" in self.headers else ""
        is_html = self.headers.get("content-type", "").startswith("text/html") and self.body.strip()
        parser = html.HTMLParser(encoding="utf-8")
        self.tree = html.document_fromstring(self.html.encode(), parser=parser) if is_html else None

    def __repr__(self) -> str:
        return f"<Page {self.status} {self.url} {self.title!r}>"

    @property
    def text(self) -> str:
        """The text a person can read, a line for each block."""
        return self.html if self.tree is None else seen(self.tree)

    @property
    def title(self) -> str:
        """The title in the browser's tab."""
        return " ".join("".join(self.all("/html/head/title//text()")).split())

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    def all(self, xpath: str) -> list[Any]:
        """Whatever the XPath finds; nothing where the answer is not HTML."""
        return [] if self.tree is None else self.tree.xpath(xpath)

    def has(self, *texts: str) -> bool:
        """Does the page say each of these? White space counts as one blank."""
        words = " ".join(self.text.split())
        return all(" ".join(text.split()) in words for text in texts)

    def errors(self) -> list[str]:
        """What the page says beside its fields, from the top."""
        return [" ".join(seen(element).split()) for element in self.all(having("field__error"))]

    def form(self, action: str | None = None, contains: str | None = None, index: int = 0) -> "Form":
        """The form whose address ends in `action` and which says `contains`; else the first one in <main>."""
        forms = [Form(self, element) for element in self.all("//main//form")]
        if action is not None or contains is not None or not forms:
            forms += [Form(self, element) for element in self.all("//form[not(ancestor::main)]")]
        found = [
            form
            for form in forms
            if (action is None or form.action.endswith(action))
            and (contains is None or contains in form.text)
        ]
        if not -len(found) <= index < len(found):
            offered = [form.action for form in forms]
            raise AssertionError(
                f"{self!r} has no such form ({action=}, {contains=}, {index=}); it has {offered}"
            )
        return found[index]

    async def click(self, label: str, index: int = 0) -> "Page":
        """Follow the link that says this, exactly or else among other words; in <main> first."""
        links = self.all("//main//a[@href]") + self.all("//a[@href][not(ancestor::main)]")
        named = [(name_of(link), link) for link in links]
        found = [link for name, link in named if name == label] or [
            link for name, link in named if label in name
        ]
        if not -len(found) <= index < len(found):
            raise AssertionError(f"{self!r} has no link {label!r}; it has {[name for name, _link in named]}")
        url = urljoin(self.absolute, found[index].get("href"))
        if not self.browser.owns(url):
            raise AssertionError(f"the link {label!r} leaves the site for {url}")
        headers = {"Sec-Fetch-Site": "same-origin", **self._referrer()}
        return await self.browser.request("GET", url.partition("#")[0], headers=headers, follow=True)

    async def press(self, label: str, index: int = 0, **values: Any) -> "Page":
        """Fill in the form that has this button and press it."""
        elements = self.all("//main//form") + self.all("//form[not(ancestor::main)]")
        forms = [form for element in elements if (form := Form(self, element)).has_button(label)]
        if not -len(forms) <= index < len(forms):
            raise AssertionError(f"{self!r} has no button {label!r}")
        return await forms[index].fill(**values).submit(label)

    async def follow(self) -> "Page":
        """Go where this redirect points."""
        assert self.location, f"{self!r} points nowhere"
        return await self.browser.request("GET", self.location, headers=self._referrer(), follow=True)

    def _referrer(self) -> dict[str, str]:
        return {} if self._is_silent else {"Referer": self.absolute.partition("#")[0]}

    @property
    def _is_silent(self) -> bool:
        return self.headers.get("referrer-policy", "").split(",")[-1].strip() == "no-referrer"


class Form:
    """A form on a page, holding what the page had filled in until `fill` changes it."""

    def __init__(self, page: Page, element: html.HtmlElement) -> None:
        self.page, self.element = page, element
        whole = urljoin(page.absolute, element.get("action") or page.absolute)
        self.action = whole.partition("#")[0].removeprefix(page.browser.origin)  # as it is sent
        self.text = seen(element)
        self._fields = [one for one in self._elements() if kind(one) not in BUTTONS | {"button", "reset"}]
        self._buttons = [one for one in self._elements() if kind(one) in BUTTONS]
        self._values: dict[html.HtmlElement, list[Value]] = {one: initial(one) for one in self._fields}
        for name in {one.get("name") for one in self._fields if kind(one) == "radio"}:
            for other in [one for one in self._named(name) if self._values[one]][:-1]:
                self._values[other] = []  # of several radios marked in the page a browser keeps the last

    def _elements(self) -> Iterator[html.HtmlElement]:
        own = self.element.get("id")
        for one in self.page.all("//input | //select | //textarea | //button"):
            owner = one.get("form")
            inside = self.element in one.iterancestors("form") if owner is None else owner == own
            if inside and not any(True for _ in one.iterancestors("datalist", "template")):
                yield one

    def _named(self, name: str) -> list[html.HtmlElement]:
        return [one for one in self._fields if one.get("name") == name]

    @property
    def names(self) -> list[str]:
        """The names of its fields, in order."""
        return list(dict.fromkeys(one.get("name") for one in self._fields if one.get("name")))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> str:
        """The first value it would send for this field; an empty text when it would send none."""
        return next((str(value) for value in self.values(name)), "")

    def values(self, name: str) -> list[Value]:
        """Every value it would send for this field."""
        if name not in self:
            raise AssertionError(self._lacks(name))
        return [value for one in self._named(name) for value in self._values[one]]

    def choices(self, name: str) -> list[str]:
        """The values on offer in radios, checkboxes or a select, leaving out what is disabled."""
        return [value for one in self._named(name) if not is_disabled(one) for value in offered(one)]

    def fill(self, values: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """Fill in fields by name. A list fills several boxes, choices or repeated fields; True and False a lone box."""
        for name, given in {**(values or {}), **more}.items():
            fields = self._named(name)
            if not fields:
                raise AssertionError(self._lacks(name))
            usable = [one for one in fields if not is_disabled(one) and (one.get("readonly") is None)]
            if not usable:
                raise AssertionError(f"the field {name!r} of {self.action} cannot be changed")
            if kind(usable[0]) in ("radio", "checkbox") or usable[0].tag == "select":
                self._choose(name, usable, given)
            else:
                self._write(name, usable, given)
        return self

    def _lacks(self, name: str) -> str:
        return f"the form {self.action} has no field {name!r}; it has {self.names}"

    def _choose(self, name: str, fields: list[html.HtmlElement], given: Any) -> None:
        first = fields[0]
        if isinstance(given, bool):
            if len(fields) > 1 or kind(first) != "checkbox":
                raise AssertionError(
                    f"{name!r} is not a lone checkbox: name what to choose among {self.choices(name)}"
                )
            wanted = offered(first) if given else []
        else:
            wanted = [] if given is None else [text(one) for one in several(given)]
        if strange := [value for value in wanted if value not in self.choices(name)]:
            raise AssertionError(
                f"{strange} not on offer for {name!r} of {self.action}: {self.choices(name)}"
            )
        is_list = first.tag == "select"
        is_single = kind(first) == "radio" or (is_list and first.get("multiple") is None)
        if is_single and (len(wanted) > 1 or (is_list and not wanted)):
            raise AssertionError(f"{name!r} takes one choice, not {wanted}")
        for one in fields:
            self._values[one] = [value for value in offered(one) if value in wanted]

    def _write(self, name: str, fields: list[html.HtmlElement], given: Any) -> None:
        if kind(fields[0]) == "file":
            uploads = [given] if isinstance(given, tuple) else list(given)
            parts: list[Value] = [Upload(*upload) for upload in uploads]
            if len(parts) > 1 and fields[0].get("multiple") is None:
                raise AssertionError(f"{name!r} takes one file")
            self._values[fields[0]] = parts or [Upload("", b"")]
            return
        if kind(fields[0]) == "hidden":
            raise AssertionError(f"{name!r} is hidden: nobody can fill it in")
        texts = [text(one) for one in several(given)]
        if len(texts) > len(fields):
            raise AssertionError(f"{name!r} is there {len(fields)} times, not {len(texts)}")
        for one, value in zip(fields, texts, strict=False):
            self._values[one] = [value]

    def has_button(self, label: str) -> bool:
        """Is there a button that says this?"""
        return any(name_of(button) == label for button in self._buttons)

    def _button(self, label: str | None) -> html.HtmlElement | None:
        if label is None:
            if self._buttons and is_disabled(self._buttons[0]):
                raise AssertionError(f"the first button of {self.action} is disabled")
            return self._buttons[0] if self._buttons else None
        for button in self._buttons:
            if label in (name_of(button), button.get("value"), button.get("name")):
                if is_disabled(button):
                    raise AssertionError(f"the button {label!r} is disabled")
                return button
        raise AssertionError(
            f"{self.action} has no button {label!r}; it has {[name_of(one) for one in self._buttons]}"
        )

    def pairs(self, button: str | None = None) -> Pairs:
        """What would be sent, in order: a button by its words, value or name; without one, what Enter would press."""
        pressed = self._button(button)
        sent: Pairs = []
        for one in self._elements():
            name = one.get("name")
            if not name or is_disabled(one):
                continue
            if one is pressed:
                sent.append((name, one.get("value", "")))
            elif one in self._values:
                sent += [(name, wire(value)) for value in self._values[one]]
        return sent

    async def submit(self, button: str | None = None) -> Page:
        """Send the form and go where the answer points; `history` of the page holds the redirects."""
        pressed, pairs, page = self._button(button), self.pairs(button), self.page

        def own(attribute: str) -> str:
            said = pressed.get(f"form{attribute}") if pressed is not None else None
            return (said or self.element.get(attribute) or "").strip()

        url = urljoin(page.absolute, own("action") or page.absolute).partition("#")[0]
        if not page.browser.owns(url):
            raise AssertionError(f"the form sends to another site: {url}")
        headers = {"Sec-Fetch-Site": "same-origin", **page._referrer()}
        if own("method").lower() != "post":
            query = encode(pairs, "")[0].decode()
            return await page.browser.request(
                "GET", f"{url.partition('?')[0]}?{query}", headers=headers, follow=True
            )
        body, content_type = encode(pairs, own("enctype").lower())
        # Under `no-referrer` browsers hide the origin of a form too, even from the site itself.
        headers |= {
            "Content-Type": content_type,
            "Origin": "null" if page._is_silent else page.browser.origin,
        }
        return await page.browser.request("POST", url, body, headers, follow=True)


def several(given: Any) -> Iterable[Any]:
    """A list as it is, anything else as a list of one."""
    return given if isinstance(given, list | tuple | set | frozenset) else [given]


def text(given: Any) -> str:
    """The text of a value a test gives: members of an Enum by their value, None as nothing."""
    if isinstance(given, Enum):
        given = given.value
    return "" if given is None else str(given)


def wire(value: Value) -> Value:
    """A value as browsers send it: line ends as CRLF, halves of characters replaced."""
    if isinstance(value, Upload):
        return value
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\r\n|\r|\n", "\r\n", whole)


def encode(pairs: Pairs, enctype: str) -> tuple[bytes, str]:
    """The body and its content type. A file in a form that is not multipart is only its name, as in a browser."""
    if enctype != MULTIPART:
        named = [(name, value.name if isinstance(value, Upload) else value) for name, value in pairs]
        return urlencode(named, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
    boundary = f"----form{secrets.token_hex(12)}"
    parts: list[bytes] = []
    for name, value in pairs:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"'
        if isinstance(value, Upload):
            head += f'; filename="{quoted(value.name)}"\r\nContent-Type: {value.type}'
            content = value.content
        else:
            content = value.encode("utf-8", "surrogatepass")
        parts += [head.encode(), b"\r\n\r\n", content, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"{MULTIPART}; boundary={boundary}"


def quoted(words: str) -> str:
    """A name inside a multipart header, escaped as browsers escape it."""
    return words.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
