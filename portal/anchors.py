"""A seal on the journal for each day, kept outside the database: who can write everything there still cannot rewrite it unseen.

An anchor is a small file in `PORTAL_ANCHORS`: how far the journal had come, and an HMAC under `PORTAL_SECRET`. Each names the
one before it, so that none can be taken from between. Copied to another machine every day, they also prove the newest days.
"""

import os
from datetime import date
from pathlib import Path
from typing import NamedTuple

from portal import clock, journal, logs, secrecy, settings
from portal.work import Job


class Anchor(NamedTuple):
    """What the journal was when a day was sealed: its last entry, how many entries there were, and the hash of the last."""

    day: date
    last: int
    entries: int
    hash: str
    before: str  # the mac of the anchor before it
    mac: str


def read() -> tuple[list[Anchor], list[str]]:
    """The anchors that are whole, oldest first, and what is wrong with the others. Needs no database."""
    kept: list[Anchor] = []
    wrong = []
    folder = settings.current().anchors_folder
    for file in sorted(folder.glob("????-??-??.txt")) if folder.is_dir() else []:
        anchor = _read(file)
        if anchor is None:
            wrong.append(f"anchor {file.stem}: changed, or not written under this PORTAL_SECRET")
            continue
        if anchor.before != (kept[-1].mac if kept else ""):
            wrong.append(f"anchor {file.stem}: the one before it is missing")
        kept.append(anchor)
    return kept, wrong


async def write() -> int:
    """Seal the journal as it stands, once a day; 1 when that was done now.

    A journal that is broken since the last seal is not sealed: the log says so, and `portal verify` says where.
    """
    day, folder = clock.today(), settings.current().anchors_folder
    if (folder / f"{day}.txt").exists():
        return 0
    kept, wrong = read()
    walk = await journal.follow(since=kept[-1] if kept else None)
    if wrong or walk.fault:
        logs.warn("journal is not sealed: run portal verify")
        return 0
    said = _said(day, walk.last, walk.entries, walk.hash, kept[-1].mac if kept else "")
    return _keep(folder / f"{day}.txt", f"{said}mac {secrecy.keyed('anchor', said)}\n")


async def faults() -> list[str]:
    """What is wrong with the anchors, and the first entry at which the journal is not what they saw."""
    kept, wrong = read()
    walk = await journal.follow(kept)
    return wrong + ([f"entry {walk.fault.entry}: {walk.fault.wrong}"] if walk.fault else [])


async def newest(most: int) -> list[tuple[Anchor, bool]]:
    """The last anchors, newest first, and whether the entry each saw last is still the same."""
    kept = read()[0][-most:]
    entries = journal.Entry.filter(id__in=[anchor.last for anchor in kept])
    hashes = {0: journal.FIRST} | dict(await entries.values_list("id", "hash"))
    return [(anchor, hashes.get(anchor.last) == anchor.hash) for anchor in reversed(kept)]


def _said(day: date, last: int, entries: int, hash: str, before: str) -> str:
    return f"day {day}\nlast {last}\nentries {entries}\nhash {hash}\nbefore {before}\n"


def _read(file: Path) -> Anchor | None:
    try:
        said = file.read_text("ascii")
        found = dict(line.split(" ", 1) for line in said.splitlines())
        anchor = Anchor(
            date.fromisoformat(found["day"]),
            int(found["last"]),
            int(found["entries"]),
            found["hash"],
            found["before"],
            found["mac"],
        )
    except (ValueError, KeyError):
        return None
    again = _said(*anchor[:5])
    is_ours = said == f"{again}mac {secrecy.keyed('anchor', again)}\n" and file.stem == str(anchor.day)
    return anchor if is_ours else None


def _keep(file: Path, text: str) -> int:
    """Write a file that appears whole or not at all, and once: of several processes one makes it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{secrecy.token()[:8]}")
    with open(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii"
    ) as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        return 0
    finally:
        unfinished.unlink()
    return 1


JOBS = [Job("anchor", 600, write)]
