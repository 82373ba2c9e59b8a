"""What people do about themselves and each other. Each function is one transaction; none awaits the network."""

from portal.people.actions.accounts import (
    WrongPassword,
    accept,
    change_password,
    make_account,
    sign_in,
)
from portal.people.actions.cards import end_card, open_with_card, print_card
from portal.people.actions.codes import confirm_code, send_code
from portal.people.actions.confirmations import confirm_by_code, confirm_by_password
from portal.people.actions.consents import agree, withdraw
from portal.people.actions.invitations import invite
from portal.people.actions.kept import forget_form, keep_form, tidy_forms
from portal.people.actions.known_browsers import introduce
from portal.people.actions.links import end_links, end_links_of, enter_link, give_link
from portal.people.actions.passkeys import (
    CONFIRM,
    SIGN_IN,
    NoPasskey,
    assertion,
    confirm_by_passkey,
    house,
    register_passkey,
    registration,
    remove_passkey,
    rename_passkey,
    sign_in_by_passkey,
)
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
from portal.people.actions.proxies import appoint, dismiss
from portal.people.actions.second_steps import (
    DeviceWanted,
    SecondStepWanted,
    check_second,
    drop_totp,
    enrol_first,
    enrol_totp,
    enter_without,
    renew_recovery_codes,
    sign_in_second,
    ticket,
    ticket_holder,
)
from portal.people.actions.sessions import (
    close_session,
    open_session,
    revoke,
    revoke_all,
    revoke_for,
    revoke_others,
    touch,
)

__all__ = [
    "CONFIRM",
    "SIGN_IN",
    "DeviceWanted",
    "NoPasskey",
    "SecondStepWanted",
    "WrongPassword",
    "accept",
    "agree",
    "appoint",
    "assertion",
    "change_password",
    "change_phone",
    "check_second",
    "choose_contact",
    "close_session",
    "confirm_by_code",
    "confirm_by_passkey",
    "confirm_by_password",
    "confirm_code",
    "dismiss",
    "drop_totp",
    "end_card",
    "end_links",
    "end_links_of",
    "end_post",
    "enrol_first",
    "enrol_totp",
    "enter_link",
    "enter_without",
    "forget_form",
    "give_link",
    "grant",
    "house",
    "introduce",
    "invite",
    "keep_form",
    "leave",
    "make_account",
    "open_session",
    "open_with_card",
    "person_by_phone",
    "prefer",
    "print_card",
    "protect",
    "register",
    "register_passkey",
    "registration",
    "remove_passkey",
    "rename",
    "rename_passkey",
    "renew_recovery_codes",
    "revoke",
    "revoke_all",
    "revoke_for",
    "revoke_others",
    "say",
    "send_code",
    "sign_in",
    "sign_in_by_passkey",
    "sign_in_second",
    "ticket",
    "ticket_holder",
    "tidy",
    "tidy_forms",
    "touch",
    "withdraw",
]
