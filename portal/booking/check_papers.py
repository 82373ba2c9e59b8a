"""利益冲突检查记录: what was asked of which firm about an appointment, what was found, who decided: to be printed, without facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.booking.models import Appointment
from portal.conflicts.models import DECISION_NAMES, Decision
from portal.languages import _
from portal.web.papers import Block, Facts, Paper, Words
from portal.web.wording import moment


def record(
    appointment: Appointment, checks: Sequence[Mapping[str, Any]], numbers: Mapping[str, str]
) -> Paper:
    """Every check in order. `numbers` says of each party that was met in which matter it stands."""
    blocks: list[Block] = [
        Facts(
            [
                (_("检查时间"), moment(check["created_at"])),
                (_("律所"), check["firm"]),
                (_("比对了什么"), _searched(check["searched"])),
                (_("肯定相同"), _matters(check["hits"], numbers)),
                (_("可能相同"), _matters(check["possible"], numbers)),
                (_("结论"), _result(check)),
                (_("谁决定的"), check["by"] or _("系统")),
            ],
            heading=_("第 %(n)s 次检查") % {"n": place},
        )
        for place, check in enumerate(checks, 1)
    ]
    if not blocks:
        blocks = [Words(_("还没有检查"), _("预约成立、换律师或者写下对方时，系统会自动检查。"))]
    why = _("按律师法第 39 条、律师执业行为规范第 50、51 条，以律所为单位检查。记录只增不改，不含案情。")
    return Paper(
        _("利益冲突检查记录"),
        [*blocks, Words(_("说明"), why, small=True)],
        number=appointment.number,
    )


def _searched(searched: Mapping[str, Mapping[str, int]]) -> str:
    """How much was compared, as counts."""
    said = {"served": _("居民一方"), "others": _("对方")}
    return _("；").join(
        _("%(side)s：姓名 %(names)s 个，电话 %(phones)s 个")
        % {"side": said[name], "names": side.get("names", 0), "phones": side.get("phones", 0)}
        for name, side in searched.items()
        if name in said
    )


def _matters(parties: Sequence[str], numbers: Mapping[str, str]) -> str:
    """The numbers of the matters in which they stand."""
    found = list(dict.fromkeys(numbers.get(party, _("一件不显示编号的事")) for party in parties))
    return "、".join(found) if found else _("没有")


def _result(check: Mapping[str, Any]) -> str:
    if check["decision"]:
        return str(DECISION_NAMES[Decision(check["decision"])])
    if not check["is_clear"]:
        return _("这家律所不能接待")
    return _("等律师看姓名后决定") if check["possible"] else _("没有发现冲突")
