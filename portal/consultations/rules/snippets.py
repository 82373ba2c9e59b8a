"""Which parts of a 处方 have paragraphs to take over, and who keeps them."""

from typing import Any

from portal.languages import lazy_
from portal.people.models import Role

# In the order in which they stand in a 处方; the names are those of its headings.
PARTS = {
    "questions": lazy_("二、要解决的问题"),
    "law": lazy_("四、其他依据和说明"),
    "steps": lazy_("五、建议怎么办"),
    "risks": lazy_("七、风险"),
    "next_place": lazy_("八、下一站"),
}
MOST = 600  # characters of one


def may_keep(person: Any, snippet: Any) -> bool:
    """Changed and taken away by whoever wrote it."""
    return bool(snippet.author_id == person.id)


def is_for_all(person: Any) -> bool:
    """What a lead writes is offered to every lawyer here; a lawyer's own to themselves."""
    return Role.LEAD in person.roles


def put(text: str, words: str) -> str:
    """The text with the paragraph below it."""
    return f"{text.rstrip()}\n{words}" if text.strip() else words
