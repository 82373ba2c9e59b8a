"""What a list is narrowed to: read strictly from its address, and written into every address that leads on from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from portal.languages import _
from portal.web import templating
from portal.web.forms import Form, page_number

MOST = 40  # characters somebody searches for
Options = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list. `usual` holds while the address says nothing; a single option is a box to tick."""

    name: str
    label: str
    options: Options
    usual: str = ""
    known: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {str(value): str(words) for value, words in self.options})

    @property
    def is_flag(self) -> bool:
        """A box to tick rather than a choice."""
        return len(self.known) == 1


class Finder:
    """The state of a list. What its address cannot mean (a state that is none) is noted in `form` as an error, not passed
    over: a list that shows more than was asked for misleads. `carried` are readings the page itself makes of further names;
    they stay in every address."""

    def __init__(
        self, request: Request, filters: Iterable[Filter] = (), *, carried: Sequence[str] = ()
    ) -> None:
        self.form = Form.asked(request)
        self.path = request.url.path
        self.filters = list(filters)
        self.text = self.form.text("q", most=MOST, required=False)
        self.page = page_number(request)
        self.values = {one.name: self._read(one) for one in self.filters}
        self.further: list[str] = []  # what the page read of the carried names, in words
        self.carried = [(name, self.form.values[name]) for name in carried if self.form.values.get(name)]

    def _read(self, one: Filter) -> str:
        return self.form.choice(one.name, one.known, required=False) or one.usual if one.known else ""

    def __getitem__(self, name: str) -> str:
        """What is chosen of a filter; empty where nothing narrows the list."""
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @property
    def ok(self) -> bool:
        """The address can be understood."""
        return self.form.ok

    @property
    def code(self) -> int:
        """The status of the page."""
        return 200 if self.ok else 422

    @property
    def is_narrowed(self) -> bool:
        """Is anything but the usual asked for, understood or not?"""
        return bool(self._query()) or not self.ok

    @property
    def chosen(self) -> list[str]:
        """What the list is narrowed to, in words."""
        said = [_("含“%(text)s”") % {"text": self.text}] if self.text else []
        return (
            said
            + [
                one.known[self.values[one.name]]
                for one in self.filters
                if self.values[one.name] and (one.is_flag or self.values[one.name] != one.usual)
            ]
            + self.further
        )

    def _query(self, **other: str) -> dict[str, str]:
        usual = {one.name: one.usual for one in self.filters}
        asked = {"q": self.text, **self.values, **dict(self.carried), **other}
        return {name: value for name, value in asked.items() if value and value != usual.get(name, "")}

    def address(self, page: int = 1, **other: str) -> str:
        """This list at another page, or narrowed in another way."""
        query = self._query(**other) | ({"page": str(page)} if page > 1 else {})
        return self.path + (f"?{urlencode(query)}" if query else "")

    def to(self, name: str, **parameters: Any) -> str:
        """The address of a record, which knows the way back to this list as it stands."""
        back = self.address(self.page)
        return templating.url(name, **parameters) + (
            f"?{urlencode({'back': back})}" if back != self.path else ""
        )
