"""The command line: everything that is done to the portal rather than in it. It speaks plain English."""

import click

from portal.commands.accounts import create_staff
from portal.commands.copies import backup, restore
from portal.commands.demonstration import demo
from portal.commands.invocation import Portal
from portal.commands.rotating import rotate
from portal.commands.schema import migrate
from portal.commands.seeding import seed
from portal.commands.serving import serve, work
from portal.commands.sitemap import routes
from portal.commands.verifying import verify


@click.group(cls=Portal, context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """The portal of a community's free legal clinic.

    To look around, run: portal demo

    To run it for real: set PORTAL_SECRET in the environment, then portal migrate, portal create-staff, portal serve.
    Settings are environment variables that begin with PORTAL_; a wrong one stops the command with a sentence that
    says what to write.
    """


for command in (demo, serve, migrate, work, create_staff, seed, routes, verify, rotate, backup, restore):
    portal.add_command(command)
