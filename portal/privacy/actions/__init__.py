"""What is asked, answered, held and let go. Each function is one transaction; none awaits the network."""

from portal.privacy.actions.consents import take_back
from portal.privacy.actions.disposals import approve, carry_out, propose, propose_due, refuse
from portal.privacy.actions.erasure import DISPOSERS, clean
from portal.privacy.actions.holds import hold, lift
from portal.privacy.actions.requests import ask, finish, grant, taken, turn_down, unfreeze, withdraw

__all__ = [
    "DISPOSERS",
    "approve",
    "ask",
    "carry_out",
    "clean",
    "finish",
    "grant",
    "hold",
    "lift",
    "propose",
    "propose_due",
    "refuse",
    "take_back",
    "taken",
    "turn_down",
    "unfreeze",
    "withdraw",
]
