"""SQL as we write it, `?` for each value, and as PostgreSQL reads it."""

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """`?` outside quotes as $1, $2, …"""
    number = 0

    def place(found: re.Match[str]) -> str:
        nonlocal number
        if found[0] != "?":
            return found[0]
        number += 1
        return f"${number}"

    return re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"|\?", place, sql)
