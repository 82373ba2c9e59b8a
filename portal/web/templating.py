"""Templates, with everything they may use named here."""

from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.routing import BaseRoute, Router

from portal import clock, languages, locality, terms
from portal.law import places
from portal.web import assets, wording

FOLDER = Path(__file__).parents[2] / "templates"


class Lean(Environment):
    """With one dictionary for what all templates may use: Jinja's chain of them is searched name by name at every import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


environment = Lean(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    auto_reload=False,
    cache_size=-1,
)
environment.install_gettext_callables(languages.gettext, languages.ngettext, newstyle=True)  # type: ignore[attr-defined]

_router: Router | None = None


def use(router: Router) -> None:
    """Take the addresses of pages from this router."""
    global _router
    _router = router
    for cached in (plain, _way, _once, _part):
        cached.cache_clear()


@lru_cache(maxsize=512)
def plain(name: str) -> str:
    """The path of a route without parameters."""
    assert _router is not None
    return str(_router.url_path_for(name))


def url(name: str, **parameters: Any) -> str:
    """The path of a route by its name."""
    if not parameters:
        return plain(name)
    return str(_way(name).url_path_for(name, **{key: str(value) for key, value in parameters.items()}))


@lru_cache(maxsize=512)
def _way(name: str) -> BaseRoute | Router:
    """The route of this name, looked for once among them all; the router itself refuses a name that there is not."""
    assert _router is not None
    return next((route for route in _router.routes if getattr(route, "name", None) == name), _router)


@lru_cache(maxsize=1024)
def _once(language: str, macro: Any, arguments: tuple[Any, ...]) -> Any:
    return macro(*arguments)


def once(macro: Any, *arguments: Any) -> Any:
    """What a macro draws that looks at nothing but its arguments: drawn once for the same ones in the same language."""
    try:
        return _once(languages.current(), macro, arguments)
    except TypeError:  # a list among them, as on the page of patterns: nothing to know it again by
        return macro(*arguments)


@lru_cache(maxsize=1024)
def _part(language: str, template: str, values: tuple[tuple[str, Any], ...]) -> Markup:
    return Markup(environment.get_template(template).render(**dict(values)))


def part(template: str, **values: Any) -> Markup:
    """A part of a page that says nothing of who looks, filled in with these values alone: drawn once for the same ones in
    the same language."""
    return _part(languages.current(), template, tuple(values.items()))


def page_language() -> str:
    """What a page's words are in: Chinese, where a language has only started."""
    return languages.LANGUAGES[languages.whole(languages.current())].tag


environment.filters.update(in_columns=wording.in_columns, month=wording.month)
environment.globals.update(
    url=url,
    once=once,
    part=part,
    asset=assets.address,
    inline=assets.inline,
    language=languages.current,
    spoken=languages.spoken,
    languages=languages.LANGUAGES,
    page_language=page_language,
    terms=terms.TERMS,
    community_choices=locality.choices,
    community_name=locality.name,
    day=wording.day,
    moment=wording.moment,
    month=wording.month,
    clock_time=wording.clock_time,
    minute=wording.minute,
    money=wording.money,
    days_away=wording.days_away,
    today=clock.today,
    now=clock.now,
    day_of=clock.day_of,
    place_name=places.say,
)


def render(template: str, **context: Any) -> str:
    """A template filled in, in the language that is being spoken."""
    page = environment.get_template(template).render(**context)
    spoken = languages.spoken()
    return wording.in_its_own_letters(page, spoken) if spoken.is_started else page
