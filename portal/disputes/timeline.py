"""How a dispute went, in order of time: in full for those who handle it, in plain words for whoever reported it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal.disputes.models import LEVEL_NAMES, Hop, Level, Sitting, SittingState
from portal.languages import _, lazy_


class Step(NamedTuple):
    """One thing that happened."""

    at: datetime
    title: str
    text: str = ""


TITLES = {
    "create": lazy_("反映上来"),
    "accept": lazy_("受理"),
    "mediate": lazy_("开始安排调解"),
    "settle": lazy_("达成协议，化解"),
    "raise": lazy_("上报"),
    "hand_down": lazy_("交办"),
    "fail": lazy_("调解不成，结束"),
    "withdraw": lazy_("撤回"),
    "escalate": lazy_("移送"),
    "reopen": lazy_("重新受理"),
}

PLAIN = {
    "create": lazy_("我们收到了您反映的事"),
    "accept": lazy_("有人受理了"),
    "mediate": lazy_("正在安排双方见面"),
    "settle": lazy_("双方谈成了"),
    "raise": lazy_("转给上一级办理"),
    "hand_down": lazy_("转给离您更近的人办理"),
    "fail": lazy_("没有谈成"),
    "withdraw": lazy_("不再调解"),
    "escalate": lazy_("转到街道或法院的程序"),
    "reopen": lazy_("重新开始办理"),
}


def full(
    entries: Iterable[Mapping[str, Any]],
    hops: Iterable[Hop],
    sittings: Iterable[Sitting],
    names: bool,
    unnamed: UUID | None = None,
) -> list[Step]:
    """Every move, with its levels and its reason; `names` also says who, but for this one. For those who handle the dispute."""
    reasons = list(hops)
    steps = []
    for entry in entries:
        if entry["verb"] not in TITLES:
            continue
        passed = next((one for one in reasons if one.verb == entry["verb"]), None)
        if passed:
            reasons.remove(passed)
        by = passed.person if names and passed else None
        who = by.name if by and by.id != unnamed else ""
        steps.append(Step(entry["at"], _titled(entry), _joined(who, passed.reason if passed else "")))
    for sitting in sittings:
        if sitting.state == SittingState.HELD:
            steps.append(Step(sitting.starts_at, _("调解了一次"), sitting.attended))
    return sorted(steps, key=lambda step: step.at)


def plain(entries: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The same without names, levels or anybody's reasons: for whoever reported it."""
    return [Step(entry["at"], str(PLAIN[entry["verb"]])) for entry in entries if entry["verb"] in PLAIN]


def _titled(entry: Mapping[str, Any]) -> str:
    """The move, and where it went when it changed its level."""
    title, detail = TITLES[entry["verb"]], entry["detail"]
    was, now = detail.get("level_was"), detail.get("level_now")
    if was is None or was == now:
        return str(title)
    levels = {"move": title, "was": LEVEL_NAMES[Level(was)], "now": LEVEL_NAMES[Level(now)]}
    return _("%(move)s：%(was)s → %(now)s") % levels


def _joined(who: str, reason: str) -> str:
    if who and reason:
        return _("%(who)s：%(reason)s") % {"who": who, "reason": reason}
    return who or reason
