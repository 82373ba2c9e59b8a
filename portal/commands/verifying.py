"""Does everything still hold? A read-only look at the whole database."""

import click

from portal import anchors, invariants
from portal.commands.invocation import Stop, configured, connected, run


@click.command()
@run
async def verify() -> None:
    """Check everything that must always be true of the data. Changes nothing.

    Ends with 1 when something is broken, and names it.
    """
    failed = 0
    async with connected(configured().database_url):
        async for promise, broken in invariants.check():
            click.echo(click.style("✗ " if broken else "✓ ", fg="red" if broken else "green") + promise)
            for name in broken[: invariants.MOST]:
                click.echo(f"    {name}")
            if len(broken) > invariants.MOST:
                click.echo(f"    and {len(broken) - invariants.MOST} more")
            failed += bool(broken)
    kept = anchors.read()[0]
    newest = f", the newest of {kept[-1].day}" if kept else ": none is kept yet"
    click.echo(f"Anchors of the journal that it was held against: {len(kept)}{newest}.")
    if failed:
        raise Stop(f"{failed} of these are broken.")
    click.echo("Everything holds.")
