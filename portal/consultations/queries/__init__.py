"""What is read of consultations and of what belongs to them, by whom the policy lets read it."""

from portal.consultations.queries.cases import (
    LOADED,
    SHEET,
    draft,
    in_force,
    issued,
    just_booked,
    listed,
    meant,
    prescriptions,
    referrals,
    told,
)

__all__ = [
    "LOADED",
    "SHEET",
    "draft",
    "in_force",
    "issued",
    "just_booked",
    "listed",
    "meant",
    "prescriptions",
    "referrals",
    "told",
]
