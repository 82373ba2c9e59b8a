"""Who may give which office to whom, and what a login, a password and a code must be like."""

import re
import unicodedata
from datetime import timedelta
from itertools import pairwise
from typing import Any

from portal.languages import _
from portal.people.models import HEADS, Role

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)  # a code sent again within it is tried on the same account
RESIDENT_HOURS = 30 * 24
PASSWORD_LEAST, PASSWORD_MOST = 10, 128
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)

# What an office minds: the column of the post that must be filled, and no other.
PLACE_OF: dict[str, str] = {
    Role.UNIT_HEAD: "unit",
    Role.BUILDING_HEAD: "building",
    Role.GRID_OFFICER: "grid",
    Role.LAWYER: "firm",
    Role.FIRM_COORDINATOR: "firm",
    Role.DISPATCHER: "community",
    Role.MEDIATOR: "community",
    Role.LEAD: "community",
    Role.AUDITOR: "community",
    Role.STREET: "street",
}
# Held without a place, these cover the whole portal: so does the first lead, who comes before any community.
MAY_COVER_ALL = frozenset({Role.DISPATCHER, Role.MEDIATOR, Role.LEAD, Role.AUDITOR, Role.STREET})


def may_grant(actor: Any, role: str) -> bool:
    """May the actor give or end this office? Staff choose heads; the lead every office but the administrator's;
    administrators every one."""
    if Role.ADMINISTRATOR in actor.roles:
        return True
    if Role.LEAD in actor.roles:
        return role != Role.ADMINISTRATOR
    return actor.is_staff and role in HEADS


def grantable(actor: Any) -> list[Role]:
    """The offices the actor may give, in the order of the table."""
    return [role for role in Role if may_grant(actor, role)]


def may_make_account(actor: Any, person: Any) -> bool:
    """May the actor give this person a login and a password? Only who could have given every office the person holds,
    or a dispatcher could become the lead by way of a new password; and nobody does it for themselves."""
    return (
        bool(person.roles) and actor.id != person.id and all(may_grant(actor, role) for role in person.roles)
    )


def may_change_phone(actor: Any, person: Any) -> bool:
    """May the actor enter another telephone for this person, who came in person? A telephone opens the door, so as with
    passwords: only for whoever holds no office the actor could not give."""
    is_inside = actor.is_staff or Role.ADMINISTRATOR in actor.roles
    return is_inside and actor.id != person.id and all(may_grant(actor, role) for role in person.roles)


def needs_password(person: Any) -> bool:
    """Must this person sign in at the door for offices? Heads are neighbours and may come in by telephone; everybody who
    reads what others confided may not."""
    return bool(person.roles - HEADS)


def login(text: str) -> str:
    """A login in its one spelling, or ValueError with what is wrong: 3 to 40 of a–z, digits, full stop, dash, underscore."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not LOGIN.fullmatch(plain):
        raise ValueError(_("登录名用 3 到 40 个小写字母、数字、点或横线，以字母开头，例如 zhang.min。"))
    return plain


def password_fault(password: str, login: str) -> str:
    """What is wrong with a new password; empty when nothing is. Length and surprise count, not kinds of characters."""
    if len(password) < PASSWORD_LEAST:
        return _("密码至少要 %(n)s 个字符。") % {"n": PASSWORD_LEAST}
    if len(password) > PASSWORD_MOST:
        return _("密码最多 %(n)s 个字符。") % {"n": PASSWORD_MOST}
    plain = password.lower()
    is_run = all(abs(ord(b) - ord(a)) == 1 for a, b in pairwise(plain))
    # Digits alone are birthdays and telephones.
    if plain.isdigit() or len(set(plain)) < 5 or is_run or login.lower() in plain or plain in WELL_KNOWN:
        return _("这个密码太容易被猜到，请换一个。")
    return ""


WELL_KNOWN = frozenset(
    {
        *("1q2w3e4r5t", "1qaz2wsx3edc", "qwertyuiop", "password123", "password1234", "passw0rd123"),
        *(
            "woaini1314",
            "5201314520",
            "a123456789",
            "abc1234567",
            "abc123456789",
            "admin12345",
            "admin123456",
        ),
        *("qwerty12345", "iloveyou123", "letmein12345", "welcome1234"),
    }
)


def code(text: str) -> str:
    """The six digits of a code as typed: full-width digits and spaces are forgiven. Empty when it is no code."""
    plain = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    return plain if re.fullmatch(r"\d{6}", plain, re.ASCII) else ""
