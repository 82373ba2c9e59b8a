"""What this room does by itself."""

from portal.consultations import nagging, settling
from portal.consultations.actions import aftercare, deadlines, reviews
from portal.work import Job

JOBS: list[Job] = [
    Job("settle consultations", 60, settling.settle),
    Job("route follow-ups", 600, aftercare.route),
    Job("ask whether it helped", 600, aftercare.ask_whether_it_helped),
    Job("remind of unwritten prescriptions", 600, nagging.remind),
    Job("draw and offer reviews", 3600, reviews.draw),
    Job("hurry consultations whose last day is near", 600, deadlines.hurry),
]
