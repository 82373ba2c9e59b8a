"""What a resident tells before a lawyer does: read leniently from where it was kept, so that nothing is asked twice."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from portal.booking.models import Mode
from portal.consultations.models import Danger, Delivery
from portal.law import triage
from portal.law.periods import PERIODS
from portal.law.topics import Topic
from portal.law.triage import Lexicon, Suggestion
from portal.people.models import ContactBy

MOST_WORDS, LEAST_WORDS = 2000, 2


@dataclass(frozen=True)
class Intake:
    """One resident's story as it was typed. Blank means: not said yet."""

    topic: str = ""
    words: str = ""
    other_side: str = ""
    other_phone: str = ""
    dangers: tuple[str, ...] = ()
    contact_by: str = ""
    is_neutral: bool = False
    contact_when: str = ""
    mode: str = Mode.DESK.value
    needs: str = ""
    deliver_by: str = ""  # how the 处方 shall come; blank: as they usually hear from us
    name: str = ""
    passphrase: str = (
        ""  # without which nobody finds what is asked now, and how its resident hears of it then
    )
    protect_by: str = ""
    guardian: str = ""  # and how they are related to the child under fourteen it is for
    deadlines: tuple[tuple[str, date], ...] = ()  # periods of the law, each with the day it was counted from
    lexicon: Lexicon = field(default_factory=triage.shipped, compare=False, repr=False)  # read with this list

    @property
    def is_urgent(self) -> bool:
        """Any danger makes it urgent: one that was ticked, or one that the words show."""
        return bool(self.dangers or self.seems.signs)

    @property
    def is_unnamed(self) -> bool:
        """Something is told, and nobody has said yet which matter it is: there is something to suggest."""
        return self.topic in ("", Topic.OTHER) and bool(self.words)

    @cached_property
    def seems(self) -> Suggestion:
        """What the story seems to be about. The resident chooses the topic; this only helps."""
        return triage.suggest(self.words, self.lexicon)

    @classmethod
    def read(cls, typed: Mapping[str, Any]) -> "Intake":
        """What a draft or a place on the waitlist kept; whatever is not of the right kind counts as not said."""

        def text(name: str, most: int) -> str:
            value = typed.get(name, "")
            return value.strip()[:most] if isinstance(value, str) else ""

        def one(name: str, options: type[Any], blank: str = "") -> str:
            value = text(name, 20)
            return value if value in {option.value for option in options} else blank

        said = typed.get("dangers", [])
        named = {code for code in said if isinstance(code, str)} if isinstance(said, list | tuple) else set()
        return cls(
            topic=one("topic", Topic),
            words=text("words", MOST_WORDS),
            other_side=text("other_side", 60),
            other_phone=text("other_phone", 20),
            dangers=tuple(code.value for code in Danger if code.value in named),
            contact_by=one("contact_by", ContactBy),
            is_neutral=typed.get("is_neutral") in (True, "1", "on"),
            contact_when=text("contact_when", 80),
            mode=one("mode", Mode, Mode.DESK.value),
            needs=text("needs", 200),
            deliver_by=one("deliver_by", Delivery),
            name=text("name", 40),
            passphrase=text("passphrase", 200),
            protect_by=one("protect_by", ContactBy),
            guardian=text("guardian", 80),
            deadlines=_deadlines(typed.get("deadlines")),
        )


def _deadlines(told: Any) -> tuple[tuple[str, date], ...]:
    """(key of a period, day) as a draft keeps them; what is neither is passed over."""
    found: dict[str, date] = {}
    for one in told if isinstance(told, list) else []:
        if isinstance(one, list) and len(one) == 2 and one[0] in PERIODS:
            with suppress(ValueError):
                found[one[0]] = date.fromisoformat(str(one[1]))
    return tuple(found.items())
