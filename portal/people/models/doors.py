"""How people come in: passwords, second steps, passkeys, codes and cards, and the sessions they open."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields

from portal.fields import Instant, Mark, Sealed
from portal.records import Row


class Credential(Row):
    """How somebody who holds an office signs in: a password, and the secret of the device with the digits."""

    person = fields.OneToOneField("portal.Person", related_name="credential")
    person_id: UUID
    login = fields.CharField(max_length=40, unique=True)
    password = fields.CharField(max_length=200)
    totp = Sealed(64, default="")

    class Meta:
        table = "credential"


class RecoveryCode(Row):
    """One of ten codes on paper that stand in for the device with the digits, once each."""

    credential = fields.ForeignKeyField("portal.Credential", related_name="recovery_codes", db_index=True)
    credential_id: UUID
    code = fields.CharField(max_length=64, unique=True)
    used_at = Instant(null=True)

    class Meta:
        table = "recovery_code"


class Passkey(Row):
    """A key on somebody's own device that signs them in to their office (WebAuthn)."""

    person = fields.ForeignKeyField("portal.Person", related_name="passkeys", db_index=True)
    person_id: UUID
    key = fields.CharField(max_length=400, unique=True)  # the credential's id, base64url
    public_key = fields.TextField()
    sign_count = fields.BigIntField(default=0)
    name = fields.CharField(max_length=40)
    used_at = Instant(null=True)

    class Meta:
        table = "passkey"


class Invitation(Row):
    """A link, good once and for three days, with which an office holder chooses login and password by themselves."""

    person = fields.ForeignKeyField("portal.Person", related_name="invitations", db_index=True)
    person_id: UUID
    made_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="invited", on_delete=fields.SET_NULL, db_index=True
    )
    secret = fields.CharField(max_length=64, unique=True)
    ends_at = Instant()
    used_at = Instant(null=True)

    class Meta:
        table = "invitation"


class CodeCard(Row):
    """码卡: a card that staff print for a resident without a telephone: a number and four digits open a short session."""

    person = fields.ForeignKeyField("portal.Person", related_name="code_cards", db_index=True)
    person_id: UUID
    made_by = fields.ForeignKeyField(
        "portal.Person", null=True, related_name="code_cards_made", on_delete=fields.SET_NULL, db_index=True
    )
    card = fields.CharField(max_length=64, unique=True)  # keyed hash of its number
    code = fields.CharField(max_length=64)  # keyed hash of number and digits
    tries = fields.IntField(default=0)  # wrong ones since it last opened; five stop the card
    ends_on = fields.DateField()
    revoked_at = Instant(null=True)

    class Meta:
        table = "code_card"


class Way(StrEnum):
    """By which door a session began. Offices are held only by those who came in by theirs."""

    PHONE = "phone"
    CARD = "card"
    OFFICE = "office"


class Session(Row):
    """One browser of one person. The cookie holds the secret; the row only its hash."""

    secret = fields.CharField(max_length=64, unique=True)
    person = fields.ForeignKeyField("portal.Person", related_name="sessions", db_index=True)
    person_id: UUID
    way = fields.CharField(max_length=8, default=Way.PHONE, db_default=Way.PHONE.value)
    browser = fields.CharField(max_length=80, default="", db_default="")  # its kind, as people would call it
    seen_at = Instant(null=True)
    ends_at = Instant()
    revoked_at = Instant(null=True)
    confirmed_at = Instant(null=True)  # when they last showed who they are, for acts that ask for it anew
    protection = fields.ForeignKeyField(
        "portal.Protection", null=True, on_delete=fields.SET_NULL, db_index=True
    )
    protection_id: UUID | None
    unlocked_until = Instant(null=True)

    class Meta:
        table = "session"


class PhoneCode(Row):
    """A code sent to a telephone, good for one browser, five minutes and five tries."""

    browser = fields.CharField(max_length=64, db_index=True)
    phone = Sealed(20)
    phone_mark = Mark("phone", "phone", default="", db_default="", db_index=True)
    code = fields.CharField(max_length=64)
    ends_at = Instant()
    tries = fields.IntField(default=0)
    used_at = Instant(null=True)

    class Meta:
        table = "phone_code"


class KeptForm(Row):
    """What was typed into a form whose sender had been signed out meanwhile: given back, in the same browser, for an hour."""

    browser = fields.CharField(max_length=64, db_index=True)
    path = Sealed(1000)
    typed: Any = Sealed(200_000, json=True, default=list)
    ends_at = Instant(db_index=True)

    class Meta:
        table = "kept_form"


class Link(Row):
    """链接: a link in a message that opens one record to whoever also knows the telephone's last digits, for some days."""

    person = fields.ForeignKeyField("portal.Person", related_name="links", db_index=True)
    person_id: UUID
    kind = fields.CharField(max_length=16)  # of the record
    record = fields.UUIDField(db_index=True)
    secret = fields.CharField(max_length=64, unique=True)  # keyed hash
    tries = fields.IntField(default=0)  # wrong digits; five stop the link
    ends_at = Instant()
    opened_at = Instant(null=True)  # first
    revoked_at = Instant(null=True)

    class Meta:
        table = "link"
