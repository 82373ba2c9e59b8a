"""The slip of an appointment: one small page in large letters, for whoever carries no telephone."""

from typing import Any

from portal.booking.models import MODE_NAMES, Appointment, Mode, State
from portal.languages import _
from portal.law.topics import Topic
from portal.web.papers import Block, Code, Facts, Format, Headline, Notice, Paper, Points
from portal.web.templating import url
from portal.web.wording import clock_time, moment

TOPICS = {topic.value: topic for topic in Topic}
BROUGHT = 3  # more papers than that would not fit in large letters


def slip(appointment: Appointment, place: dict[str, Any], *, says_what: bool = True) -> Paper:
    """When, where, with whom, what to bring: for a lawyer who sees names only not the papers of that kind of matter. Of a protected appointment neither the lawyer nor the desk is named: whoever
    finds the slip learns that somebody goes to the service centre."""
    is_protected = appointment.protection_id is not None
    cancelled: list[Block] = [Notice(_("这个预约已经取消。"))] if appointment.state == State.CANCELLED else []
    where = [place["address"]] if is_protected else [place["desk"], place["address"]]
    facts = [(_("地点"), "\n".join(filter(None, where)))]
    end = clock_time(appointment.ends_at)
    long = [(_("时长"), _("一小时，到%(time)s") % {"time": end})] if appointment.second_slot_id else []
    papers = [_("身份证")]
    if not is_protected:
        facts += [
            (_("律师"), appointment.lawyer.person.name),
            (_("方式"), str(MODE_NAMES[Mode(appointment.mode)])),
        ]
    if says_what and not is_protected:
        papers += [str(one) for one in TOPICS.get(appointment.topic, Topic.OTHER).bring[:BROUGHT]]
    return Paper(
        _("预约单"),
        [
            *cancelled,
            Headline([moment(appointment.starts_at)]),
            Facts([*long, *facts]),
            Points(_("带上"), papers),
        ],
        number=appointment.number,
        code=Code(url("appointments:show", number=appointment.number), _("扫码查看")),
        foot=_("来不了请打电话 %(phone)s，把时间让给别人。") % {"phone": place["phone"]},
        format=Format.SLIP,
    )
