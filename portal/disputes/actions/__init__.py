"""What people do to disputes. Each function is one transaction: judge, write, journal, tell the reporter."""

from portal.disputes.actions.agreements import agree, sign
from portal.disputes.actions.moves import accept, escalate, fail, hand_down, raise_, reopen, unmask, withdraw
from portal.disputes.actions.protections import protect
from portal.disputes.actions.reports import Report, log_settled, report
from portal.disputes.actions.sittings import cancel_sitting, hold_sitting, plan_sitting

__all__ = [
    "Report",
    "accept",
    "agree",
    "cancel_sitting",
    "escalate",
    "fail",
    "hand_down",
    "hold_sitting",
    "log_settled",
    "plan_sitting",
    "protect",
    "raise_",
    "reopen",
    "report",
    "sign",
    "unmask",
    "withdraw",
]
