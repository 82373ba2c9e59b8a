"""A new key for what is confided: everything is brought to it while the portal serves, and only then is the old one let go."""

import click

from portal import reindex, sealing, secrecy
from portal.commands.invocation import Stop, configured, connected, run

MOST = 20  # of what could not be brought are named


@click.command()
@run
async def rotate() -> None:
    """Bring what is sealed to the newest key.

    That is the first in PORTAL_KEYS: put it in front of the old one, restart the portal with both, then run this. The
    portal may serve meanwhile, and whatever interrupts it, nothing is lost: run it again. It says when the old key can
    be taken out.
    """
    async with connected(configured().database_url):
        newest, *older = secrecy.ring()
        stuck: list[str] = []
        async for turn in sealing.rotate():
            click.echo(f"{turn.column.table}.{turn.column.name}: {turn.brought:,}")
            stuck += turn.stuck
        async for table, brought in reindex.rotate():
            click.echo(f"index of {table}: {brought:,}")
        for name in stuck[:MOST]:
            click.echo(click.style("✗ ", fg="red") + name)
        if len(stuck) > MOST:
            click.echo(f"    and {len(stuck) - MOST} more")
        if left := await sealing.behind() + await reindex.behind():
            raise Stop(
                f"{left} values still need another key than {newest.name}: leave every key in PORTAL_KEYS. "
                + (
                    "What is named above cannot be opened; put the missing key back, or see what changed it."
                    if stuck
                    else "Somebody was writing them just now. Run this again."
                )
            )
    click.echo(f"Everything is sealed with {newest.name}.")
    if older:
        names = " and ".join(key.name for key in older)
        click.echo(
            f"{names} can be taken out of PORTAL_KEYS once no process is running that puts it first. "
            "Keep it with the copies that were made until now: they need it."
        )
