"""What is kept of whom, what has been kept long enough, who looked at it."""

from portal.privacy.queries.copies import everything
from portal.privacy.queries.openings import of_person as openings
from portal.privacy.queries.papers import files, papers
from portal.privacy.queries.retention import MODELS as KINDS
from portal.privacy.queries.retention import (
    community_of,
    disposed,
    due,
    ended,
    is_held,
    model_of,
    numbers_of,
    owner_of,
    pending,
    theirs,
)

__all__ = [
    "KINDS",
    "community_of",
    "disposed",
    "due",
    "ended",
    "everything",
    "files",
    "is_held",
    "model_of",
    "numbers_of",
    "openings",
    "owner_of",
    "papers",
    "pending",
    "theirs",
]
