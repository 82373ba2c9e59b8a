"""What this room does by itself."""

from portal.consultations import aftercare_actions, deadline_actions, nagging, settling
from portal.work import Job

JOBS: list[Job] = [
    Job("settle consultations", 60, settling.settle),
    Job("route follow-ups", 600, aftercare_actions.route),
    Job("ask whether it helped", 600, aftercare_actions.ask_whether_it_helped),
    Job("remind of unwritten prescriptions", 600, nagging.remind),
    Job("hurry consultations whose last day is near", 600, deadline_actions.hurry),
]
