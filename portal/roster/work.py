"""What this room does by itself: keep the calendar and the mornings made ahead, ask whether lawyers come, remind of
licences, and tell the leads on Friday how the mornings stand."""

from portal import clock
from portal.roster.day_actions import seed_days
from portal.roster.duty_actions import materialise
from portal.roster.firm_actions import remind_of_licences
from portal.roster.reminder_actions import digest, remind_of_mornings
from portal.work import Job


async def look_ahead() -> int:
    """Everything the next eight weeks need; how many things that changed."""
    year = clock.today().year
    return await seed_days([year, year + 1]) + await materialise() + await remind_of_licences()


async def say_ahead() -> int:
    """Everything that is said of the coming mornings; how many were told."""
    return await remind_of_mornings() + await digest()


JOBS: list[Job] = [Job("roster", 3600, look_ahead), Job("mornings", 900, say_ahead)]
