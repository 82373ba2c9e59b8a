"""What this room does by itself."""

from portal.work import Job

JOBS: list[Job] = []
