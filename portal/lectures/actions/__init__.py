"""What people do to lectures and to the seats in them. Each function is one transaction; none awaits the network."""

from portal.lectures.actions.lectures import cancel, count, hold, open, plan, revise
from portal.lectures.actions.seats import Full, give_up, resize, sign_up

__all__ = ["Full", "cancel", "count", "give_up", "hold", "open", "plan", "resize", "revise", "sign_up"]
