"""What people of the demonstration say and write: invented for it, one file of texts for each room."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def told(name: str) -> dict[str, Any]:
    """The texts of one file."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
