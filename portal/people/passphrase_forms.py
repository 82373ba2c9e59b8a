"""A passphrase and the one way to hear of what lies behind it, read from a form: chosen alone, or at the desk."""

from typing import Any

from portal.languages import _
from portal.people.actions import protections
from portal.people.models import CONTACT_NAMES, ContactBy, Person
from portal.web.forms import Form

SAFE = (ContactBy.CALL, ContactBy.PAPER, ContactBy.NONE)  # a message on a telephone is for whoever holds it


def ways() -> list[tuple[ContactBy, Any]]:
    """The ways to choose from, with their names."""
    return [(way, CONTACT_NAMES[way]) for way in SAFE]


def safely(form: Form, person: Person | None = None) -> dict[str, Any]:
    """A passphrase, where one is wanted, and the one way to hear of it; both None where it is not. It is judged for this
    person where they are known."""
    if not form.values.get("passphrase", "").strip():
        return {"passphrase": None, "protect_by": None}
    passphrase = form.text("passphrase", most=100)
    if wrong := protections.fault(passphrase, person):
        form.refuse("passphrase", wrong)
    contact_by = form.choice("protect_by", SAFE, missing=_("请选我们怎么联系您。"))
    return {"passphrase": passphrase, "protect_by": contact_by.value if contact_by else None}


def at_desk(form: Form, person: Person | None = None) -> dict[str, Any]:
    """The same where it must be said, with this person standing there."""
    typed = safely(form, person)
    if form.ok and not typed["passphrase"]:
        form.refuse("passphrase", _("请让居民自己说一句口令。"))
    if not form.flag("present"):
        form.refuse("present", _("要居民本人在场、核对过本人，才能设。"))
    return typed
