"""Who may do what to a consultation, and which number helps in which need."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal import policy
from portal.booking.models import State as AppointmentState
from portal.booking.rules import EARLY
from portal.consultations.models import Danger, Delivery, Helped, Onward, Outcome, State
from portal.consultations.rules.mergers import may_merge
from portal.languages import lazy_
from portal.law.hotlines import AMBULANCE, FRAUD, LABOUR, LEGAL_SERVICE, MIND, POLICE, WOMEN, Hotline
from portal.law.topics import Topic
from portal.law.triage import Sign
from portal.people.models import ContactBy

COURT = Hotline(
    "12368", lazy_("人民法院诉讼服务热线"), lazy_("立案、查案、联系法官"), lazy_("以当地公布为准")
)
CLOSINGS = [outcome for outcome in Outcome if outcome not in (Outcome.ADVISED, Outcome.MERGED)]
PRESSING = 7  # days to a last day
LIMITS = "2026-11"  # the words of what advice here is not, as they were shown to whoever asked (templates/consultations/confirm)
WITHOUT_TIME = 2  # consultations a resident may have waiting for a call

OVER = frozenset({AppointmentState.DONE, AppointmentState.MISSED, AppointmentState.CANCELLED})

# Periods of portal.law.periods that lawyers most often name for a topic.
PERIODS_OF: dict[str, tuple[str, ...]] = {
    Topic.DEBT: ("lim_general", "lim_instal", "guarantee", "enforce"),
    Topic.MARRIAGE_FAMILY: ("cooling1", "cooling2", "divorce_resue", "marriage_coerce", "psp_review"),
    Topic.PROPERTY_HOUSING: ("lim_general", "lease_preempt", "sublet", "prop_dismiss"),
    Topic.NEIGHBOURS: ("lim_general", "possession"),
    Topic.LABOUR: ("labour_arb", "labour_wage", "labour_sue", "injury_employer", "injury_worker"),
    Topic.INHERITANCE: ("lim_general", "legacy", "gift_revoke"),
    Topic.INJURY: ("lim_general", "traffic_review", "injury_worker", "lim_minor_sex"),
    Topic.CONTRACT: ("lim_general", "rescind", "revoke_fraud", "revoke_mistake"),
    Topic.CONSUMER: ("consumer_7", "goods_defect", "lim_product", "lim_general"),
    Topic.LAND: ("admin_recon", "admin_sue", "admin_sue_after", "rural_arb", "rural_sue"),
    Topic.BUSINESS: ("lim_general", "arb_setaside", "creditor_revoke"),
    Topic.PROCEDURE: ("appeal_judg", "appeal_ruling", "answer", "retrial", "enforce", "med_confirm"),
    Topic.CRIMINAL_ADMIN: ("admin_recon", "admin_sue", "lim_state_comp"),
}


# What else residents may look for there; with the above, every period of the law has its place.
ALSO_OF: dict[str, tuple[str, ...]] = {
    Topic.DEBT: ("lim_max", "creditor_revoke", "pay_order"),
    Topic.MARRIAGE_FAMILY: ("marriage_illness",),
    Topic.LABOUR: ("labour_inspect", "labour_setaside"),
    Topic.INHERITANCE: ("inherit_waive",),
    Topic.INJURY: ("medical_mediation", "lim_life_ins", "lim_other_ins"),
    Topic.CONTRACT: ("lim_intl_sale",),
    Topic.CONSUMER: ("max_product",),
    Topic.LAND: ("admin_recon_land",),
    Topic.CRIMINAL_ADMIN: ("admin_recon_max", "petition_review", "open_information"),
}


def deadlines_of(topic: str) -> tuple[str, ...]:
    """Keys of all the periods that have to do with a topic, what is asked most first."""
    return PERIODS_OF.get(topic, ()) + ALSO_OF.get(topic, ())


def is_pressing(days_left: int) -> bool:
    """Less than seven days to the last day: urgent here, and legal aid helps at once (法律援助法 44)."""
    return 0 <= days_left < PRESSING


def periods_of(topic: str) -> tuple[str, ...]:
    """Keys of the periods to remind a lawyer of; the general limitation period where nothing is closer."""
    return PERIODS_OF.get(topic, ("lim_general", "lim_max"))


# -- help that cannot wait --------------------------------------------------------------------------------------------


# Who comes first for what somebody's own words show; the others come after.
FIRST_FOR: dict[Sign, Hotline] = {
    Sign.SELF_HARM: MIND,
    Sign.SCAM_ONGOING: FRAUD,
    Sign.DETAINED: LEGAL_SERVICE,
    Sign.DEADLINE: LEGAL_SERVICE,
}
AT_RISK = frozenset({Sign.DOMESTIC_VIOLENCE, Sign.VIOLENCE_THREAT, Sign.SELF_HARM, Sign.MINOR_AT_RISK})


def help_for(dangers: Iterable[str], signs: Iterable[Sign] = ()) -> list[Hotline]:
    """The numbers to show at once, the nearest first. Nobody in any danger is shown fewer than 110, 12338 and 120.

    `dangers` are what somebody ticked, `signs` what their words show.
    """
    named, shown = set(dangers), list(signs)
    if not named and not shown:
        return []
    is_quiet = not named - {Danger.DEADLINE} and not AT_RISK & set(shown)
    first = [FIRST_FOR[sign] for sign in shown if sign in FIRST_FOR]
    first += [LEGAL_SERVICE] if named == {Danger.DEADLINE} else []
    everybody = [POLICE, WOMEN, AMBULANCE]
    return list(dict.fromkeys([*first, *everybody] if is_quiet else [*everybody, *first]))


def onward_help(to: str) -> Hotline | None:
    """The number of the place a consultation is referred to; None for mediation, which is at the service centre."""
    return {
        Onward.LEGAL_AID: LEGAL_SERVICE,
        Onward.NOTARY: LEGAL_SERVICE,
        Onward.LABOUR_ARBITRATION: LABOUR,
        Onward.COURT: COURT,
    }.get(Onward(to))


# -- who may -----------------------------------------------------------------------------------------------------------


def is_lawyer_of(person: Any, consultation: Any) -> bool:
    """Is this the lawyer whose appointment it is now? Needs `appointment__lawyer` loaded."""
    appointment = consultation.appointment
    return appointment is not None and appointment.lawyer.person_id == person.id


def is_handling(person: Any, consultation: Any) -> bool:
    """Works on it: its lawyer, or staff of its community, but never the resident who asked."""
    is_theirs = is_lawyer_of(person, consultation) or person.serves(consultation.community_id)
    return person.id != consultation.person_id and is_theirs


def may_start(person: Any, consultation: Any, now: datetime) -> bool:
    """Only its lawyer begins it, and not before the morning of the appointment may begin."""
    if consultation.state != State.ASKED or not is_lawyer_of(person, consultation):
        return False
    return bool(now >= consultation.appointment.starts_at - EARLY)


def is_ahead(person: Any, consultation: Any, now: datetime) -> bool:
    """Does its lawyer only wait for that morning?"""
    is_theirs = consultation.state == State.ASKED and is_lawyer_of(person, consultation)
    return is_theirs and not may_start(person, consultation, now)


def may_advise(person: Any, consultation: Any, now: datetime) -> bool:
    """Only its lawyer ends it with a 处方."""
    return consultation.state == State.STARTED and is_lawyer_of(person, consultation)


def may_close(person: Any, consultation: Any, now: datetime) -> bool:
    """Without a 处方: its lawyer once it began; staff while it waits without a time, or once the time is over. A booked time
    is first cancelled or marked as missed."""
    if consultation.state not in (State.ASKED, State.STARTED) or not is_handling(person, consultation):
        return False
    appointment = consultation.appointment
    if appointment is None or appointment.state in OVER:
        return True
    return appointment.state == AppointmentState.STARTED and is_lawyer_of(person, consultation)


def may_write(person: Any, consultation: Any, now: datetime) -> bool:
    """A 处方 is written by the lawyer, writing begins the consultation; once it ended only a correction may be opened."""
    return may_start(person, consultation, now) or may_advise(person, consultation, now)


def may_refer(person: Any, consultation: Any, now: datetime) -> bool:
    """The lawyer sends the resident on while advising or afterwards; staff where no lawyer is needed first."""
    if not is_handling(person, consultation) or consultation.state == State.CLOSED:
        return False
    return is_lawyer_of(person, consultation) or consultation.appointment is None


def may_call(person: Any, consultation: Any) -> bool:
    """May the resident's telephone be shown to this person? To whoever reads how to reach them; and to staff while the
    question waits for their call or the 处方 to be read out, or it had not helped, of a protected one only when a call is what its resident chose.

    The consultation came through the door; needs `protection` loaded.
    """
    if policy.CONTACT in consultation.parts:
        return True
    is_read_out = consultation.state == State.ADVISED and consultation.handed_at is None
    is_read_out = is_read_out and consultation.deliver_by == Delivery.CALL
    recalls = consultation.helped == Helped.NO and consultation.recalled_at is None
    waits = is_read_out or recalls or (consultation.state == State.ASKED and consultation.appointment is None)
    protection = consultation.protection
    is_wanted = protection is None or protection.contact_by == ContactBy.CALL
    return waits and is_wanted and is_handling(person, consultation)


def may_alone(person: Any, record: Any, now: datetime) -> bool:
    """Nobody does this by itself: it happens with another step."""
    return False


MAY = {
    "start": may_start,
    "advise": may_advise,
    "close": may_close,
    "merge": may_merge,
    "separate": may_alone,
}
