"""What this room does by itself: let go what nobody needs, propose what has been kept long enough, carry out what two approved."""

from portal.privacy import actions
from portal.work import Job

HOUR = 3600

JOBS: list[Job] = [
    Job("clean", 24 * HOUR, actions.clean),
    Job("propose disposals", 24 * HOUR, actions.propose_due),
    Job("carry out disposals", HOUR, actions.carry_out),
]
