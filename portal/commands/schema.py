"""Bringing the tables up to date."""

import click

from portal import schema
from portal.commands.invocation import configured, run


@click.command()
@run
async def migrate() -> None:
    """Bring the database's tables up to date.

    Safe to run at any time, and by several at once: each step is applied as a whole or not at all.
    """
    done = await schema.migrate(configured().database_url)
    for name in done:
        click.echo(f"applied {name}")
    click.echo("The database is up to date.")
