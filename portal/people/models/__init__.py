"""Everyone the portal knows: who they are, what office they hold, how they come in, and what they allow."""

from portal.people.models.doors import (
    CodeCard,
    Credential,
    Invitation,
    KeptForm,
    Passkey,
    PhoneCode,
    RecoveryCode,
    Session,
    Way,
)
from portal.people.models.persons import (
    CONTACT_NAMES,
    HEADS,
    ROLE_NAMES,
    STAFF,
    TAIL,
    ContactBy,
    Person,
    Post,
    Role,
)
from portal.people.models.trust import (
    SCOPE_NAMES,
    BrokenGlass,
    Consent,
    Protection,
    Proxy,
    Scope,
)

__all__ = [
    "CONTACT_NAMES",
    "HEADS",
    "ROLE_NAMES",
    "SCOPE_NAMES",
    "STAFF",
    "TAIL",
    "BrokenGlass",
    "CodeCard",
    "Consent",
    "ContactBy",
    "Credential",
    "Invitation",
    "KeptForm",
    "Passkey",
    "Person",
    "PhoneCode",
    "Post",
    "Protection",
    "Proxy",
    "RecoveryCode",
    "Role",
    "Scope",
    "Session",
    "Way",
]
