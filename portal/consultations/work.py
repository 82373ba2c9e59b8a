"""What this room does by itself."""

from portal.consultations import actions
from portal.work import Job

JOBS: list[Job] = [Job("settle consultations", 60, actions.settle)]
