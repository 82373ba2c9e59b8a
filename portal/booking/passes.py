"""What opens the screen on the wall and shows that somebody stands at the door: keyed, and stored nowhere."""

import secrets
import unicodedata
from datetime import date, datetime, timedelta
from uuid import UUID

from portal import secrecy

SCREEN_LIVES = timedelta(days=31)
DIGITS = 6


def screen_token(community: UUID, ends_on: date) -> str:
    """The last part of the screen's address, good through this day."""
    said = f"{community.hex}{ends_on:%Y%m%d}"
    return said + secrecy.keyed("screen", said)[:32]


def read_screen(token: str, today: date) -> UUID | None:
    """Whose screen a token opens; None for one that we did not give, or that has ended."""
    said = token[:40]
    if not secrets.compare_digest(token.encode(), (said + secrecy.keyed("screen", said)[:32]).encode()):
        return None
    ends_on = datetime.strptime(said[32:], "%Y%m%d").date()
    return UUID(hex=said[:32]) if today <= ends_on else None


def door_code(community: UUID, day: date) -> str:
    """Six digits that hang at this centre's door on this day."""
    value = int(secrecy.keyed("door", f"{community} {day.isoformat()}")[:15], 16)
    return f"{value % 10**DIGITS:0{DIGITS}}"


def is_at_door(said: str, community: UUID, day: date) -> bool:
    """Are these the digits of that day? Full-width ones and blanks are forgiven."""
    typed = "".join(unicodedata.normalize("NFKC", said[:20]).split())
    return secrets.compare_digest(typed.encode(), door_code(community, day).encode())
