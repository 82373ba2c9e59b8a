"""What people do about themselves and each other. Each function is one transaction; none awaits the network."""

from portal.people.actions.accounts import (
    TotpWanted,
    WrongPassword,
    change_password,
    check_totp,
    drop_totp,
    enrol_totp,
    make_account,
    sign_in,
    sign_in_second,
    ticket,
)
from portal.people.actions.codes import confirm_code, send_code
from portal.people.actions.consents import agree, withdraw
from portal.people.actions.kept import forget_form, keep_form, tidy_forms
from portal.people.actions.persons import (
    change_phone,
    choose_contact,
    person_by_phone,
    prefer,
    register,
    rename,
    tidy,
)
from portal.people.actions.posts import end_post, grant
from portal.people.actions.protections import leave, protect, say
from portal.people.actions.sessions import (
    close_session,
    open_session,
    revoke,
    revoke_all,
    revoke_for,
    revoke_others,
    rotate,
    touch,
)

__all__ = [
    "TotpWanted",
    "WrongPassword",
    "agree",
    "change_password",
    "change_phone",
    "check_totp",
    "choose_contact",
    "close_session",
    "confirm_code",
    "drop_totp",
    "end_post",
    "enrol_totp",
    "forget_form",
    "grant",
    "keep_form",
    "leave",
    "make_account",
    "open_session",
    "person_by_phone",
    "prefer",
    "protect",
    "register",
    "rename",
    "revoke",
    "revoke_all",
    "revoke_for",
    "revoke_others",
    "rotate",
    "say",
    "send_code",
    "sign_in",
    "sign_in_second",
    "ticket",
    "tidy",
    "tidy_forms",
    "touch",
    "withdraw",
]
