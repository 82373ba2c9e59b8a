"""Record numbers that people can read out and type again: eight characters that no eye confuses."""

import random
import secrets
import unicodedata

ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
LENGTH = 8
# Letters left out for their looks: whoever types one has misread the digit, so it stands for that digit.
_MISREAD = str.maketrans("BSZ", "852")
_BETWEEN = frozenset("-‐‑‒–—―−_·.~ー一")


def new(random: random.Random = secrets.SystemRandom()) -> str:  # noqa: B008 - one source of chance for the process
    """A new number such as K7F3-29QX: one of about 3.8 × 10¹¹. Uniqueness is for the database."""
    drawn = "".join(random.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def read(text: str) -> str | None:
    """The canonical number in what somebody typed, or None.

    Forgives case, spaces, full-width characters, missing dashes and dashes of any kind.
    """
    if len(text) > 64:
        return None
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    kept = "".join(sign for sign in plain if not sign.isspace() and sign not in _BETWEEN)
    if len(kept) != LENGTH or any(sign not in ALPHABET for sign in kept):
        return None
    return f"{kept[:4]}-{kept[4:]}"
