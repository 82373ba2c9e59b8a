"""What this room does by itself: what was typed and never asked back is forgotten."""

from portal.people import actions
from portal.work import Job

JOBS: list[Job] = [Job("kept forms", 300, actions.tidy_forms)]
