"""The notice of a meeting, to be hung up where everybody passes."""

from collections.abc import Sequence

from portal import clock
from portal.council import vote_rules
from portal.council.models import KIND_NAMES, Kind, Meeting, Motion
from portal.languages import _
from portal.web.papers import Block, Code, Facts, Format, Headline, Notice, Paper, Steps, Words
from portal.web.templating import url
from portal.web.wording import clock_time, dated, day, moment


def notice(meeting: Meeting, agenda: Sequence[Motion], held_by: str) -> Paper:
    """Time, place, agenda and the day it was posted; who may come, who votes, until when. `held_by` is the community."""
    facts = [(_("地点"), meeting.place), (_("通知日期"), dated(clock.day_of(meeting.noticed_at)))]
    if vote_rules.is_by_roll(meeting):
        facts.append((_("表决截止"), moment(vote_rules.closing(meeting))))
    blocks: list[Block] = [
        Headline([day(clock.day_of(meeting.starts_at), year=True), clock_time(meeting.starts_at)]),
        Facts(facts),
    ]
    if vote_rules.stage(meeting, clock.now()) == vote_rules.Stage.CANCELLED:
        blocks.insert(0, Notice(_("会议取消了"), _("议题留到下次会议。")))
    if agenda:
        blocks.append(Steps(_("议程"), [motion.title for motion in agenda]))
    said = _("居民都可以来听。由成员表决；有话想说，开会前告诉您的代表，或者在网站上提出来。")
    blocks += [
        Words("", said),
        Code(url("council:meeting", number=meeting.number), _("扫码看议题和结果"), spelt=True),
    ]
    return Paper(
        meeting.title,
        blocks,
        subtitle=_("%(kind)s会议通知") % {"kind": KIND_NAMES[Kind(meeting.kind)]},
        issuer=held_by,
        foot=_("会后在同一个地方公布结果，至少十五天。"),
        format=Format.POSTER,
        file=meeting.number,
    )
