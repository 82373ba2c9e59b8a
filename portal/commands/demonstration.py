"""A portal to look around in: one command makes the database, fills it, prints the accounts and serves."""

import asyncio
import logging
import socket
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import uvicorn

from portal import clock, database, logs, schema, settings
from portal.commands import listening
from portal.commands.invocation import Stop
from portal.settings import Settings

FILE = "demo.sqlite3"  # never the name of a database in use, so that --fresh can remove none


def instant(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """2026-11-24T08:30 as people in China read it."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("write a date and a time, for example 2026-11-24T08:30") from None
    return read if read.tzinfo else read.replace(tzinfo=clock.CHINA)


def refuse_taken(host: str, port: int) -> None:
    """Say so before a minute is spent on loading when the port is not free."""
    with socket.socket() as wanted:
        wanted.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            wanted.bind((host, port))
        except OSError:
            raise Stop(f"Port {port} is in use. Try another: portal demo --port {port + 1}") from None


async def prepare(found: Settings) -> bool:
    """The demonstration's database, migrated; made and filled when there is none. Answers whether it was made now."""
    from portal import demo

    file = database.file(found.database_url)
    assert file is not None
    if file.exists():
        await schema.migrate(found.database_url)
        return False
    unfinished = file.with_name(f"unfinished-{FILE}")
    remove(unfinished)
    url = settings.in_file(unfinished)
    await schema.migrate(url)
    await database.connect(url)
    try:
        await demo.load()
    finally:
        await database.close()
    unfinished.rename(file)
    return True


def remove(file: Path) -> None:
    """A SQLite file with what lies beside it."""
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)


def announce(site: str) -> None:
    """Who can sign in with what, and where."""
    from rich.console import Console
    from rich.table import Table

    from portal.demo.people import ACCOUNTS, PASSWORD, RESIDENTS

    table = Table()
    for title in ("login", "password", "name", "role"):
        table.add_column(title)
    for account in ACCOUNTS:
        table.add_row(account.login, PASSWORD, account.name, account.said)
    phones = Table()
    phones.add_column("telephone")
    phones.add_column("name")
    for name, phone in RESIDENTS:
        phones.add_row(phone, name)
    console = Console(highlight=False)
    console.print("Offices sign in at /staff/sign-in:", table)
    console.print("Residents sign in at /sign-in and read their code at /demo/outbox:", phones)
    console.print(f"[bold]{site}[/bold]")


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port on 127.0.0.1."
)
@click.option(
    "--data",
    default=Path("data/demo"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the demonstration's database and outbox.",
)
@click.option(
    "--at", callback=instant, metavar="TIME", help="Let it be this time in China: 2026-11-24T08:30."
)
@click.option("--fresh", is_flag=True, help="Throw away what is in the folder and start anew.")
@click.option("--no-serve", is_flag=True, help="Make and fill the database, print the accounts, and end.")
def demo(port: int, data: Path, at: datetime | None, fresh: bool, no_serve: bool) -> None:
    """Serve a made-up community to look around in.

    Makes and fills a database in the folder first, and serves on this machine only. Nothing is sent to anybody: every message is appended to outbox.jsonl in the folder and shown at /demo/outbox.
    What you change is kept for the next time, unless you say --fresh.
    """
    host, folder = "127.0.0.1", data.resolve()
    if not no_serve:
        refuse_taken(host, port)
    if at:
        clock.shift_to(at)
    folder.mkdir(parents=True, exist_ok=True)
    found = replace(
        settings.Settings(demo=True, secret=settings.DEMONSTRATION),
        data=folder,
        database=settings.in_file(folder / FILE),
        site=f"http://{host}:{port}",
    )
    settings.use(settings.check(found))
    if fresh:
        remove(folder / FILE)
        (folder / "outbox.jsonl").unlink(missing_ok=True)
        for anchor in found.anchors_folder.glob("*.txt"):  # of the journal that is thrown away
            anchor.unlink()
    made = asyncio.run(prepare(found))
    announce(found.site)
    if not made:
        click.echo("This is the demonstration as it was left. For a new one, add --fresh.")
    if no_serve:
        return
    from app import app

    logs.configure(least=logging.WARNING)
    uvicorn.run(app, host=host, port=port, **listening.options(found))
