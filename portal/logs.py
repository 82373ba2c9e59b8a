"""What happened, one line of JSON each: enough to find a fault by, and nobody's words, names or numbers.

Our own lines are made of known words. Of what libraries say only the sentence is kept, without its values; of an exception
its kind and the places it went through, never its text, for that is where a database puts the row it choked on.
"""

import json
import logging
import re
import sys
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

OURS = "portal"
TALKATIVE = (
    "tortoise",
    "asyncpg",
    "aiosqlite",
    "uvicorn",
    "httpx",
    "httpcore",
    "asyncio",
    "python_multipart",
)
MOST_PLACES = 12  # of the way an exception took, the innermost
MOST_CAUSES = 5
VALUES = re.compile(
    r"=\s*[^\s,;)]+"  # what was given for something
    r"|'[^']*'|\"[^\"]*\"|`[^`]*`"  # what is quoted
    r"|\S+@\S+|\S*[/?]\S*"  # addresses, paths
    r"|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"  # numbers of records
    r"|[\d\uff10-\uff19][\d\uff10-\uff19 .:-]{4,}"  # telephones, identity numbers, network addresses
    r"|[^\x20-\x7e]+"  # names and all that people write
)

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
_log = structlog.stdlib.get_logger(OURS)
_stamp = structlog.processors.TimeStamper(fmt="iso")
_json = json.JSONEncoder(ensure_ascii=False).encode
_stream: TextIO | None = None  # where lines go, once that is configured


def note(event: str, **facts: str | int | float | None) -> None:
    """Something worth knowing, in words and facts that are ours."""
    if _stream is None:
        _log.info(event, **facts)
        return
    # Every request leaves such a line: it is written as all others are, but not by way of the handlers of libraries.
    known = structlog.contextvars.get_contextvars()
    line = _json(_stamp(None, "info", {**facts, "event": event, **known, "level": "info"}))
    with suppress(OSError, ValueError):  # as with the others, a line that cannot be written is let go
        _stream.write(f"{line}\n")
        _stream.flush()


def warn(event: str, **facts: str | int | float | None) -> None:
    """Something that somebody should look at."""
    _log.warning(event, **facts)


def mishap(error: BaseException, event: str = "mishap", **facts: str | int | float | None) -> None:
    """A mistake of ours: what kind, and where."""
    _log.error(event, error=told(error), **facts)


def told(error: BaseException) -> list[dict[str, Any]]:
    """An exception and what led to it: the kind of each and the places it went through."""
    found: list[dict[str, Any]] = []
    ahead: list[BaseException | None] = [error]
    while ahead and len(found) < MOST_CAUSES:
        if (one := ahead.pop(0)) is not None:
            found.append(
                {"kind": f"{type(one).__module__}.{type(one).__qualname__}", "at": _places(one.__traceback__)}
            )
            ahead += [*getattr(one, "exceptions", ()), one.__cause__ or one.__context__]
    return found


def _places(way: TracebackType | None) -> list[str]:
    frames = [
        (frame.f_globals.get("__name__", "?"), line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(way)
    ]
    return [f"{module}:{line} {name}" for module, line, name in frames[-MOST_PLACES:]]


def redacted(text: str) -> str:
    """A sentence of somebody else's without the values in it."""
    return VALUES.sub("…", text)


def _sparingly(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What a library said, without what it said it about; a traceback that was written out keeps its kind of error."""
    first, _line, rest = str(event["event"]).strip().partition("\n")
    event["event"] = redacted(first)
    if kind := re.match(r"[\w.]+(?=:|$)", rest.strip().rpartition("\n")[2]):
        event["kind"] = kind[0]
    given = event.pop("exc_info", None)
    if isinstance(given, tuple) and given[1] is not None:
        event["error"] = told(given[1])
    event.pop("stack_info", None)
    return event


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Libraries are heard from a warning upwards, whatever level they were set to: below it stands SQL with its values."""
    return record.name.partition(".")[0] == OURS or record.levelno >= logging.WARNING


def configure(stream: TextIO | None = None, least: int = logging.INFO) -> None:
    """Let everything that is logged in this process come out here as lines of JSON, by default on standard error."""
    global _stream
    handler = logging.StreamHandler(stream or sys.stderr)
    _stream = handler.stream if least <= logging.INFO else None
    handler.addFilter(_is_worth_a_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
                _sparingly,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(least)
    for name in TALKATIVE:
        talkative = logging.getLogger(name)
        talkative.handlers, talkative.propagate = [], True
        talkative.setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a line that cannot be written is not written out in full instead
