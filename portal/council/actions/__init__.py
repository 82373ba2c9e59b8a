"""How what touches everyone is weighed: proposed, screened, called, voted on, decided, followed up. Each is one transaction."""

from portal.council.actions.charters import appoint, dismiss, set_charter
from portal.council.actions.conclusions import conclude, conclude_due
from portal.council.actions.meetings import call, cancel, hold
from portal.council.actions.minutes import sign, write_minutes
from portal.council.actions.motions import (
    admit,
    assign,
    decline,
    finish,
    propose,
    report_progress,
    word_decision,
)
from portal.council.actions.suggestions import suggest, suggest_all
from portal.council.actions.votes import attend, count_open, count_secret, recuse, rejoin, vote

__all__ = [
    "admit",
    "appoint",
    "assign",
    "attend",
    "call",
    "cancel",
    "conclude",
    "conclude_due",
    "count_open",
    "count_secret",
    "decline",
    "dismiss",
    "finish",
    "hold",
    "propose",
    "recuse",
    "rejoin",
    "report_progress",
    "set_charter",
    "sign",
    "suggest",
    "suggest_all",
    "vote",
    "word_decision",
    "write_minutes",
]
