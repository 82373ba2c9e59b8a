"""How every command begins and ends: settings in force, the database open, and one plain sentence when it cannot be done."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, TypeVar

import click

from portal import database, schema, settings
from portal.settings import BadSetting, Settings

T = TypeVar("T")


class Stop(click.ClickException):
    """The end of a command, said in a sentence. The process ends with 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Misset(Stop):
    """A setting is at fault: the process ends with 2."""

    exit_code = 2


class Portal(click.Group):
    """Commands in the order of a portal's life; what stops one is a sentence and never a traceback."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BadSetting as error:
            raise Misset(str(error)) from None
        except schema.Broken as error:
            raise Stop(f"Nothing was changed: {error}.") from None
        except database.Unavailable as error:
            raise Stop(f"The database cannot be reached: {error}") from None
        except BrokenPipeError:
            raise  # whoever read along has gone; click ends quietly
        except OSError as error:
            raise Stop(f"{error.filename or 'It did not work'}: {error.strerror or error}.") from None


def run(command: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
    """Let click call an async function."""

    @wraps(command)
    def called(*arguments: Any, **options: Any) -> T:
        return asyncio.run(command(*arguments, **options))

    return called


def configured() -> Settings:
    """The settings of the environment, now in force. Raises BadSetting."""
    found = settings.read()
    try:
        database.config(found.database_url)
    except ValueError as error:
        raise BadSetting(f"PORTAL_DATABASE is not an address of a database: {error}.") from None
    settings.use(found)
    return found


async def up_to_date(url: str) -> None:
    """Raise BadSetting when the tables are not as this program knows them."""
    if behind := await schema.pending(url):
        raise BadSetting(
            f"The database has not had {len(behind)} of this program's migrations (next: {behind[0]}). "
            "Run: portal migrate"
        )


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    """The database of this address, up to date and open for the block."""
    await up_to_date(url)
    await database.connect(url)
    try:
        yield
    finally:
        await database.close()
