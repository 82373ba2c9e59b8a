"""How lists and pages call a resident: by name, by surname and stars, or not at all."""

from typing import Any

from portal import policy
from portal.languages import _
from portal.law import identifiers


def masked(name: str, protection: Any = None) -> str:
    """For lists: 王**; of a protected record (`protection` is what protects it) no more than that there is one."""
    return _("受保护居民") if protection else identifiers.mask_name(name)


def whole(person: Any, record: Any) -> str:
    """For the page of a record that came through the door: as much of the name of whom it is about as its parts give."""
    return person.name if policy.NAME in record.parts else masked(person.name, True)


def masked_phone(person: Any) -> str:
    """138****1234; empty when there is none."""
    return identifiers.mask_phone(person.phone) if person.phone else ""
