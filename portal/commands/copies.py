"""Copies of the whole database: taken while the portal serves, proven whole, and put back only when that was meant."""

import os
import sqlite3
import ssl
import subprocess
from contextlib import closing
from pathlib import Path
from shutil import which
from typing import Any

import click

from portal import database, schema
from portal.commands.invocation import Stop, configured, run

PLACE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=PLACE)
def backup(file: Path) -> None:
    """Copy the whole database into FILE.

    The portal may go on serving: the copy is one moment. SQLite makes a SQLite file, PostgreSQL an archive of
    pg_dump. The copy is checked before FILE appears.
    """
    url = configured().database_url
    if file.exists():
        raise Stop(f"{file} exists already; name a file that does not.")
    file.absolute().parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        if source := database.file(url):
            copy_sqlite(source, unfinished)
            refuse_broken(unfinished)
        else:
            program("pg_dump", url, "--format=custom", f"--file={unfinished}")
            program("pg_restore", url, "--list", str(unfinished), connects=False)
        os.chmod(unfinished, 0o600)  # it holds everything that was confided
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size:,} bytes, checked.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Put FILE in the place of the database that is there now.")
def restore(file: Path, replace: bool) -> None:
    """Make FILE, a copy made by `portal backup`, the database. Stop the portal first.

    Refuses to touch a database that is there already, unless you say --replace; a SQLite file that was replaced is
    kept beside the new one.
    """
    url = configured().database_url
    if target := database.file(url):
        restore_sqlite(file, target, replace)
    else:
        if not replace and holds_tables(url):
            raise Stop("There is a database already. To put this copy in its place, add --replace.")
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        program("pg_restore", url, *options, f"--dbname={parts(url)['database']}", str(file))
    if behind := migrations_behind(url):
        click.echo(f"The copy lacks {len(behind)} migrations of this program. Run: portal migrate")
    click.echo("Restored. To check everything, run: portal verify")


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online copy: one consistent moment, whoever writes meanwhile."""
    if not source.exists():
        raise Stop(f"There is no database at {source}. Run: portal migrate")
    try:
        reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        with closing(reading) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    except sqlite3.Error as error:
        raise Stop(f"{source} could not be copied to {target}: {error}.") from None


def refuse_broken(file: Path) -> None:
    """Stop unless the file is a whole database of the portal."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            said = [row[0] for row in copy.execute("PRAGMA integrity_check")]
            copy.execute("SELECT COUNT(*) FROM tortoise_migrations, journal_entry")
    except sqlite3.DatabaseError as error:
        raise Stop(f"{file} is no database of the portal: {error}.") from None
    if said != ["ok"]:
        raise Stop(f"{file} is damaged: {said[0]}")


def restore_sqlite(file: Path, target: Path, replace: bool) -> None:
    """Check the copy, put the present file aside, and let the new one take its name in one step."""
    refuse_broken(file)
    if target.exists():
        if not replace:
            raise Stop(
                f"There is a database already at {target}. To put this copy in its place, add --replace."
            )
        refuse_in_use(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = target.with_name(f".{target.name}.incoming")
    incoming.unlink(missing_ok=True)
    copy_sqlite(file, incoming)
    os.chmod(incoming, 0o600)
    if target.exists():
        aside = target.with_name(f"{target.name}.replaced")
        os.replace(target, aside)
        click.echo(f"The database that was there is now {aside}.")
    os.replace(incoming, target)


def refuse_in_use(target: Path) -> None:
    """Leaving the write-ahead log takes the file for oneself, which fails while anybody has it open."""
    try:
        with closing(sqlite3.connect(target, timeout=1)) as alone:
            alone.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError:
        raise Stop(f"{target} is in use. Stop the portal first.") from None


def parts(url: str) -> dict[str, Any]:
    """Host, port, user, password and database of a PostgreSQL address."""
    return dict(database.config(url)["connections"]["default"]["credentials"])


def program(name: str, url: str, *arguments: str, connects: bool = True) -> None:
    """Run a program of PostgreSQL; the password goes through the environment, where no list of processes shows it."""
    found = which(name)
    if not found:
        raise Stop(
            f"{name} is missing: install PostgreSQL's client programs (apt install postgresql-client)."
        )
    said = parts(url)
    where = {
        "PGHOST": said["host"],
        "PGPORT": said["port"],
        "PGUSER": said["user"],
        "PGDATABASE": said["database"],
    }
    environment = {**os.environ, **{key: str(value) for key, value in where.items()}}
    if said["password"]:
        environment["PGPASSWORD"] = said["password"]
    environment |= proof(said["ssl"])
    ended = subprocess.run(
        [found, *arguments],
        env=environment if connects else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or ["no reason was given"]
        raise Stop(f"{name} did not succeed: {lines[-1]}")


def proof(said: Any) -> dict[str, str]:
    """What PostgreSQL's programs are told of TLS, so that they ask of a server what the portal itself asks of it."""
    if not said:
        return {}
    if not isinstance(said, ssl.SSLContext):
        return {"PGSSLMODE": str(said).replace("_", "-")}
    known = os.environ.get("PGSSLROOTCERT") or ssl.get_default_verify_paths().cafile or "system"
    return {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": known}


@run
async def holds_tables(url: str) -> bool:
    """Is there anything of the portal in this database?"""
    every = await schema.pending("sqlite:////nowhere")  # a file that is not there lacks every step
    return await schema.pending(url) != every


@run
async def migrations_behind(url: str) -> list[str]:
    """What the restored database still lacks."""
    return await schema.pending(url)
