"""A long made-up past, for measuring how the portal bears it."""

from datetime import date, datetime
from time import monotonic

import click
from tortoise.exceptions import IntegrityError

from portal import clock
from portal.commands.invocation import Stop, configured, connected, run
from portal.people.models import Person


@click.command()
@click.option(
    "--cases", default=10_000, show_default=True, type=click.IntRange(1, 1_000_000), help="How many."
)
@click.option("--seed", default=1, show_default=True, type=int, help="Another number makes other cases.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the three years; today if left out."
)
@run
async def seed(cases: int, seed: int, until: datetime | None) -> None:
    """Write invented cases to measure with.

    Three years of disputes, consultations with appointments, and feedback. The same numbers give the same rows. Refuses a database with people in it, unless PORTAL_DEMO is 1.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from portal.demo import seasons

    found, began = configured(), monotonic()
    day: date = until.date() if until else clock.today()
    async with connected(found.database_url):
        if not found.demo and await Person.exists():
            raise Stop(
                "There are people in this database, and invented cases would stand among theirs. "
                "Seed an empty one; or, if this one is for trying out, set PORTAL_DEMO=1."
            )
        columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns) as progress:
            bars = {stage: progress.add_task(stage, total=None) for stage in ("inventing", "writing")}

            def tell(stage: str, done: int, total: int) -> None:
                progress.update(bars[stage], completed=done, total=total)

            try:
                rows = await seasons.sow(cases, seed, day, found.demo, tell)
            except IntegrityError:
                raise Stop(f"These cases are there already. Choose another --seed than {seed}.") from None
    click.echo(f"{cases:,} cases, {rows:,} rows, {monotonic() - began:.1f} seconds.")
