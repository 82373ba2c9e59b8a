"""What people do to a consultation and what belongs to it. Each is one transaction; none awaits the network."""

from portal.consultations.actions.cases import (
    FirmBarred,
    accept,
    ask,
    close,
    consenting,
    leave,
    open_for,
    receive,
    record,
    refer,
    see_out,
    start,
)

__all__ = [
    "FirmBarred",
    "accept",
    "ask",
    "close",
    "consenting",
    "leave",
    "open_for",
    "receive",
    "record",
    "refer",
    "see_out",
    "start",
]
