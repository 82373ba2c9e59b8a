"""What this room does by itself: the waitlist is served, what has ended is cleared away."""

from portal.booking import actions, drafts
from portal.work import Job

JOBS: list[Job] = [
    Job("waitlist", 20, actions.serve_waitlist),
    Job("walls", 20, actions.part),
    Job("holds", 60, actions.tidy),
    Job("drafts", 3600, drafts.tidy),
]
