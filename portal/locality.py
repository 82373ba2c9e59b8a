"""Which community is meant, and between which ones somebody may change: known for as long as a request lasts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, NamedTuple
from uuid import UUID


class Known(NamedTuple):
    """A community as every page may name it."""

    id: UUID
    name: str


class _Standing(NamedTuple):
    here: Known | None = None
    choices: tuple[Known, ...] = ()


_NOWHERE = _Standing()
_standing: ContextVar[_Standing] = ContextVar("locality", default=_NOWHERE)


def current() -> UUID | None:
    """The community that is meant; None before any is entered, and for work that belongs to none."""
    here = _standing.get().here
    return here.id if here else None


def name() -> str:
    """What it is called."""
    here = _standing.get().here
    return here.name if here else ""


def choices() -> tuple[Known, ...]:
    """Those between which whoever looks may change; the one that is meant is among them."""
    return _standing.get().choices


def overseen(person: Any) -> list[UUID]:
    """The communities whose sums somebody reads as one: for the street all of its own, for everybody else the one meant."""
    if person is not None and "street" in person.roles and not person.is_staff:
        return [known.id for known in choices()]
    here = current()
    return [here] if here else []


def stand(here: Known | None, choices: Sequence[Known] = ()) -> Token[_Standing]:
    """From now on this community is meant, in whatever this task still does."""
    return _standing.set(_Standing(here, tuple(choices)))


@contextmanager
def standing(here: Known | None, choices: Sequence[Known] = ()) -> Iterator[None]:
    """Inside, this community is meant."""
    token = stand(here, choices)
    try:
        yield
    finally:
        _standing.reset(token)


def narrow(found: Any, person: Any, path: str = "community_id") -> Any:
    """Rows of a list for whoever works for a community: only those of the one that is meant. For others what they see is
    theirs wherever it lies, so nothing is left out. What nobody may see stays `visible_to`'s to withhold."""
    here = current()
    return found.filter(**{path: here}) if here and person is not None and person.is_staff else found


def among(column: str, communities: Sequence[UUID]) -> str:
    """SQL with a `?` for each of these communities: the row belongs to one of them; with none of them, to none at all."""
    return f"{column} IN ({', '.join('?' * len(communities))})" if communities else f"{column} IS NULL"
