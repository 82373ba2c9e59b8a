"""Serving the portal, and doing its background work without serving."""

import asyncio
import os
from contextlib import suppress
from typing import Any

import click
import uvicorn

from portal import logs, settings
from portal import work as jobs
from portal.commands import listening
from portal.commands.invocation import configured, connected, run, up_to_date
from portal.settings import BadSetting, Settings


def application() -> Any:
    """The portal with the settings of the environment: what each worker process starts with."""
    settings.use(settings.read())
    logs.configure()
    from app import app

    return app


def warnings(found: Settings) -> list[str]:
    """What will not work although the portal can start."""
    said = []
    if not found.demo and not found.sms_url:
        said.append(
            "No message reaches anybody, so no resident can sign in: set PORTAL_SMS_URL and PORTAL_SMS_SECRET "
            "to the gateway that sends your messages."
        )
    if not found.demo and not found.is_https:
        said.append(
            f"PORTAL_SITE is {found.site}: cookies travel unprotected. Serve over TLS and set PORTAL_SITE to the "
            "https:// address people type."
        )
    if found.demo:
        said.append(
            "PORTAL_DEMO is 1: every message, codes included, can be read at /demo/outbox by anybody."
        )
    return said


def refuse_processes(found: Settings, workers: int) -> None:
    """SQLite takes one process; more of them mean PostgreSQL."""
    if workers > 1 and found.database_url.startswith("sqlite"):
        raise BadSetting(
            f"{workers} workers cannot share a SQLite file. Leave out --workers, or set PORTAL_DATABASE to a "
            "PostgreSQL database: postgres://portal:password@127.0.0.1:5432/portal"
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; more than one needs PostgreSQL.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the portal until it is stopped with Ctrl-C.

    Refuses to start on settings that would not work, and on tables that are not up to date.
    """
    found = configured()
    refuse_processes(found, workers)
    asyncio.run(up_to_date(found.database_url))
    for sentence in warnings(found):
        click.secho(sentence, err=True, fg="yellow")
    logs.configure()
    click.echo(f"Serving {found.site} at {host}:{port}.")
    uvicorn.run(
        "portal.commands.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **listening.options(found),
    )


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@run
async def work(once: bool) -> None:
    """Do the background work without serving.

    It sends messages, offers free times and keeps the roster filled.
    `portal serve` does this by itself; run it apart when the web should not wait for it.
    """
    from app import JOBS

    found = configured()
    logs.configure()
    if os.environ.get("PORTAL_DATABASE", "").startswith("sqlite") or not found.database:
        click.echo("SQLite takes one process: stop this before you serve.", err=True)
    async with connected(found.database_url):
        if once:
            for name, count in (await jobs.once(JOBS)).items():
                click.echo(f"{name}: {count}")
            return
        with suppress(asyncio.CancelledError):
            await jobs.forever(JOBS)
