"""Who may give which office to whom, and what a login, a password and a code must be like."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from zxcvbn import zxcvbn

from portal.languages import _
from portal.law.numbers import ALPHABET
from portal.people.models import HEADS, STAFF, ContactBy, Role

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)  # a code sent again within it is tried on the same account
RESIDENT_HOURS = 30 * 24
INVITATION_LIVES = timedelta(hours=72)
FRESH = timedelta(minutes=15)  # so long a dangerous act does not ask again who is there
RECOVERY_CODES, RECOVERY_FEW = 10, 2
PASSWORD_LEAST, PASSWORD_MOST = 10, 128
DIGITS_LEAST = 16  # of a password of digits alone
WEIGHED, SCORE_LEAST = 72, 3  # characters of a password that are judged; of zxcvbn's 0 to 4
# What everybody here would try first.
LOCAL = (
    *("社区法律诊所", "法律诊所", "法律", "诊所", "社区", "街道", "律师", "调解"),
    *("legalclinic", "legal", "clinic", "portal", "login", "community", "lawyer", "mediator"),
    *("falvzhensuo", "zhensuo", "shequ", "lvshi", "tiaojie", "password", "admin", "welcome"),
)
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


# Where an office lies: the id of its community; at any place, for those that belong to no community (a firm's); or None,
# beyond every single community.
ANYWHERE = "anywhere"
Where = UUID | str | None
Office = tuple[str, Where]


def may_grant(actor: Any, role: str, where: Where = ANYWHERE) -> bool:
    """May the actor give or end this office there? Staff choose the heads of their community; its lead every office in it;
    administrators every one. An office for a whole street or portal is given by who answers for the whole portal. Without
    `where`: may they anywhere?"""
    if Role.ADMINISTRATOR in actor.roles:
        return True
    if role == Role.ADMINISTRATOR:
        return False
    givers = STAFF if role in HEADS else frozenset({Role.LEAD})
    covered = {place for giver in givers & actor.roles for place in actor.minds(giver)}
    wanted = None if role == Role.STREET else where
    return None in covered or (bool(covered) and wanted == ANYWHERE) or wanted in covered


def grantable(actor: Any) -> list[Role]:
    """The offices the actor may give, in the order of the table."""
    return [role for role in Role if may_grant(actor, role)]


def may_grant_all(actor: Any, offices: Iterable[Office]) -> bool:
    """Could the actor have given each of these offices?"""
    return all(may_grant(actor, role, where) for role, where in offices)


def may_invite(actor: Any, person: Any, offices: Collection[Office]) -> bool:
    """May the actor invite this person to an account? Only who could have given every office the person holds, or a
    dispatcher could become the lead by way of a new password; and nobody does it for themselves."""
    return bool(offices) and actor.id != person.id and may_grant_all(actor, offices)


def may_change_phone(actor: Any, person: Any, offices: Collection[Office]) -> bool:
    """May the actor enter another telephone for this person, who came in person? A telephone opens a door, so as with
    invitations: only for whoever holds no office the actor could not give."""
    is_inside = actor.is_staff or Role.ADMINISTRATOR in actor.roles
    return is_inside and actor.id != person.id and may_grant_all(actor, offices)


def may_send_link(person: Any) -> bool:
    """May a link that opens an office go to this person's telephone? Only as a message that nobody carries for us and
    nobody reads over their shoulder."""
    return bool(person.phone) and person.contact_by == ContactBy.SMS and not person.is_neutral


def is_fresh(session: Any, now: datetime) -> bool:
    """Did whoever sits at this session show who they are within the last quarter of an hour?"""
    confirmed = session.confirmed_at if session else None
    return confirmed is not None and timedelta() <= now - confirmed < FRESH


def plain_login(text: str) -> str:
    """A login as it is looked up and counted: spellings that mean the same (case, full width, blanks) are one."""
    return "".join(unicodedata.normalize("NFKC", text[:80]).split()).lower()[:40]


def login(text: str) -> str:
    """A login in its one spelling, or ValueError with what is wrong: 3 to 40 of a–z, digits, full stop, dash, underscore."""
    plain = unicodedata.normalize("NFKC", text[:80]).strip().lower()
    if not LOGIN.fullmatch(plain):
        raise ValueError(_("登录名用 3 到 40 个小写字母、数字、点或横线，以字母开头，例如 zhang.min。"))
    return plain


def password_fault(password: str, login: str, places: Collection[str] = ()) -> str:
    """What is wrong with a new password; empty when nothing is. Length and surprise count, not kinds of characters: what is
    on the lists that guessers begin with, in any dress, or made of words of this place (and `places`, names of communities), is refused (NIST SP 800-63B 3.1.1.2).
    """
    if len(password) < PASSWORD_LEAST:
        return _("密码至少要 %(n)s 个字符。") % {"n": PASSWORD_LEAST}
    if len(password) > PASSWORD_MOST:
        return _("密码最多 %(n)s 个字符。") % {"n": PASSWORD_MOST}
    plain = password.lower()
    is_run = all(abs(ord(b) - ord(a)) == 1 for a, b in pairwise(plain))
    is_date = plain.isdigit() and len(plain) < DIGITS_LEAST  # birthdays and telephones
    if (
        is_date
        or len(set(plain)) < 5
        or is_run
        or login.lower() in plain
        or _is_guessed(plain, login, places)
    ):
        return _("这个密码太容易被猜到，请换一个。")
    return ""


def _is_guessed(plain: str, login: str, places: Collection[str]) -> bool:
    """Would a hundred million guesses find it? Only its beginning is weighed: that is enough, and takes no long time."""
    own = [part for part in re.split(r"[._-]", login.lower()) if len(part) > 2]
    bare = plain
    for word in (*own, *places, *LOCAL):
        bare = bare.replace(word.lower(), "*")  # what stands on our own door is no surprise
    weakest = min(zxcvbn(text[:WEIGHED])["score"] for text in {plain, bare})
    return len(bare) < PASSWORD_LEAST - 2 or weakest < SCORE_LEAST


def code(text: str) -> str:
    """The six digits of a code as typed: full-width digits and spaces are forgiven. Empty when it is no code."""
    plain = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    return plain if re.fullmatch(r"\d{6}", plain, re.ASCII) else ""


def recovery_code(text: str) -> str:
    """A recovery code as typed, in its one spelling such as K7F3C-29QXM. Empty when it is none."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text[:40]).upper() if sign.isalnum())
    plain = plain.translate(
        str.maketrans("BSZ", "852")
    )  # whoever types a letter that is never used misread the digit
    is_one = len(plain) == 10 and all(sign in ALPHABET for sign in plain)
    return f"{plain[:5]}-{plain[5:]}" if is_one else ""
