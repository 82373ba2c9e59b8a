"""What this room does by itself: write down results whose hour has come, and propose what piles up. Pages are right without it."""

from portal.council import actions
from portal.work import Job

JOBS: list[Job] = [
    Job("council results", 60, actions.conclude_due),
    Job("council suggestions", 3600, actions.suggest_all),
]
