"""Every address of the portal and who it is for, as the gate enforces it."""

import json
import sys
from typing import Any

import click

WIDE = 160  # where no terminal sets the width


def every() -> list[dict[str, Any]]:
    """Method, path, name and policy of each route, in the order they are tried.

    The policy is "public", "signed_in", or the list of offices that may enter; `of` is the kind of record in the path, whose
    lines in `portal/policy.py` say who finds it; `fresh`, whether it asks again who is there.
    """
    from app import app

    return [
        {
            "method": method,
            "path": route.path,  # type: ignore[attr-defined]
            "name": route.name,  # type: ignore[attr-defined]
            "policy": getattr(route, "who", "undeclared"),
            "of": getattr(route, "of", None),
            "fresh": getattr(route, "fresh", False),
        }
        for route in app.routes
        for method in sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"})
    ]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def routes(as_json: bool) -> None:
    """List every address: method, path, name, and who may use it."""
    found = every()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for title in ("method", "path", "name", "who"):
        table.add_column(title, overflow="fold")
    for one in found:
        policy = one["policy"]
        table.add_row(
            one["method"], one["path"], one["name"], policy if isinstance(policy, str) else ", ".join(policy)
        )
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
