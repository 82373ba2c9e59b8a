"""What a short answer to a message means: whether it asks to cancel, and which of somebody's appointments."""

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

CANCEL = frozenset({"取消", "取消预约", "我要取消", "cancel"})

Ahead = TypeVar("Ahead")


def asks_to_cancel(words: str) -> bool:
    """Is this answer the word itself, however it is spaced, dotted or written wide? A sentence is for a person to read."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return "".join(letter for letter in plain if letter.isalnum()) in CANCEL


def meant(ahead: Sequence[Ahead]) -> Ahead | None:
    """The appointment that is meant: the only one there is ahead. With none or several nobody can know."""
    return ahead[0] if len(ahead) == 1 else None
