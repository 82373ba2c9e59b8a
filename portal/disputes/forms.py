"""What is typed about disputes: a report, a list's filters, a move with its reason, a sitting, an agreement."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from portal.conflicts.models import Side
from portal.disputes.actions.reports import Named, Report
from portal.disputes.models import LEVEL_NAMES, OPEN, STATE_NAMES, Level, Outcome, Source
from portal.disputes.queries import NOWHERE, RESULT, Wanted
from portal.disputes.rules import USUAL
from portal.languages import _, lazy_
from portal.law.dispute_types import DisputeType
from portal.people.models import Person
from portal.web.finder import Filter, Finder
from portal.web.forms import Form, read_key
from portal.web.wording import month as month_name


class Danger(StrEnum):
    """What makes somebody act before anything else."""

    VIOLENCE = "violence"
    THREAT = "threat"
    MINOR = "minor"


DANGER_NAMES = {
    Danger.VIOLENCE: lazy_("有人动手"),
    Danger.THREAT: lazy_("有人威胁要伤人"),
    Danger.MINOR: lazy_("牵涉未成年人的安全"),
}


class Start(StrEnum):
    """How a head begins: it is over, or it needs somebody."""

    RAISED = "raised"
    SETTLED = "settled"


# The official categories in the words of whoever stands in the stairwell, the most frequent first.
KINDS = {
    DisputeType.NEIGHBOURS: lazy_("邻里：噪音、漏水、堆物、养狗"),
    DisputeType.PROPERTY_SERVICE: lazy_("物业：收费、维修、停车、保洁"),
    DisputeType.MARRIAGE_FAMILY: lazy_("家里：婚姻、赡养、抚养、继承"),
    DisputeType.CONTRACT: lazy_("合同：借钱、租房、买卖"),
    DisputeType.HOUSING: lazy_("房屋：产权、宅基地、装修改建"),
    DisputeType.DAMAGES: lazy_("受伤、东西被弄坏，要赔偿"),
    DisputeType.MIGRANT_WAGES: lazy_("拖欠农民工工资"),
    DisputeType.LABOUR: lazy_("其他工作上的：工资、辞退、工伤"),
    DisputeType.CONSUMER: lazy_("买东西、办卡、服务不满意"),
    DisputeType.E_COMMERCE: lazy_("网上购物"),
    DisputeType.TRAFFIC: lazy_("道路交通事故"),
    DisputeType.MEDICAL: lazy_("看病、医院"),
    DisputeType.ENVIRONMENT: lazy_("污染：油烟、粉尘、污水"),
    DisputeType.TOURISM: lazy_("旅游"),
    DisputeType.BUSINESS: lazy_("做生意、合伙、店铺经营"),
    DisputeType.EXPROPRIATION: lazy_("征地、拆迁"),
    DisputeType.FOREST_LAND: lazy_("山林、土地"),
    DisputeType.OTHER: lazy_("其他"),
}


def read_report(form: Form, person: Person, own_name: str) -> Report:
    """What was said, without the place. Whoever holds an office writes of others; a resident of themselves."""
    in_office = bool(person.roles)
    category = form.choice("category", DisputeType, missing=_("请选是什么事。"))
    words = form.text("words", most=4000, least=4, missing=_("请用自己的话写几句是怎么回事。"))
    parties = (
        [] if in_office or form.flag("for_others") else [Named(Side.A, own_name, person.phone or "", person)]
    )
    for side in (Side.A, Side.B) if in_office else (Side.B,):
        name = form.text(f"party_{side}", most=60, required=False)
        phone = form.phone(f"phone_{side}", required=False)
        if name or phone:
            parties.append(Named(side, name, phone))
    dangers = form.choices("danger", Danger)
    source = form.choice("source", Source, required=False) if person.is_staff else None
    return Report(
        category=category.value if category else "",
        words=words,
        parties=parties,
        dangers=[danger.value for danger in dangers],
        source=(source or (Source.OWN if in_office else Source.APPLIED)).value,
        channel=("desk" if person.is_staff else "head") if in_office else "web",
        people=form.number("people", 1, 100_000, required=False) or 2,
        amount=form.amount("amount"),
    )


def read_start(form: Form) -> tuple[Start, str]:
    """How a head begins, and what was agreed when it is over."""
    start = form.choice("start", Start, required=False) or Start.RAISED
    content = form.text("content", most=4000, required=start == Start.SETTLED)
    return start, content


# -- lists -----------------------------------------------------------------------------------------------------------

ENDED = "ended"
OPEN_ONES = "open"


CARRIED = ("since", "until", "ended", "building", "unit")  # figures lead to their cases by these


def filters(query: Mapping[str, str], grids: list[tuple[str, str]], today: date) -> list[Filter]:
    """What the list of disputes is narrowed by."""
    months = [f"{year}-{month + 1:02}" for year, month in (divmod(_months(today) - n, 12) for n in range(24))]
    if _is_month(asked := query.get("month", "")) and asked not in months:
        months.append(asked)
    return [
        Filter(
            "state",
            _("状态"),
            [(OPEN_ONES, _("还没结束的")), (ENDED, _("有结果的")), *STATE_NAMES.items()],
        ),
        Filter("level", _("在哪一级"), [(int(level), name) for level, name in LEVEL_NAMES.items()]),
        Filter("grid", _("网格"), [*grids, (NOWHERE, _("没有落到网格"))]),
        Filter("category", _("类别"), [(kind.value, kind.label) for kind in DisputeType]),
        Filter("settled", _("化解在哪里"), [("grid", _("没有出网格")), ("community", _("没有出社区"))]),
        Filter("month", _("月份"), [(key, month_name(key)) for key in months]),
        Filter("danger", _("有危险"), [("1", _("有危险的"))]),
        Filter("late", _("超期"), [("1", _("拖过一个月的"))]),
    ]


def read_wanted(find: Finder, now: datetime) -> Wanted:
    """The same as a condition; what the address cannot mean is refused there, not silently passed over."""
    form = find.form
    wanted = Wanted(
        states=_states(find["state"], form.flag("ended")),
        level=int(find["level"]) if find["level"] else None,
        grid=find["grid"],
        building=_place(form, "building"),
        unit=_place(form, "unit"),
        category=find["category"],
        settled=find["settled"],  # type: ignore[arg-type]
        danger=bool(find["danger"]),
        late=now - USUAL if find["late"] else None,
    )
    first, after = _month(form, "month")
    if first is None:
        first, after = _month(form, "since")[0], _month(form, "until")[1]
        ends = [name for name in ("since", "until") if form.ok and form.values.get(name)]
        find.further += [" – ".join(month_name(form.values[name]) for name in ends)] if ends else []
    if form.ok and form.flag("ended"):
        find.further.append(_("有结果的"))
    return replace(wanted, since=first, until=after)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _states(state: str, ended: bool) -> tuple[str, ...]:
    if ended or state == ENDED:
        return tuple(one.value for one in RESULT)
    if state == OPEN_ONES:
        return tuple(one.value for one in OPEN)
    return (state,) if state else ()


def _place(form: Form, name: str) -> UUID | None:
    """The id of a building or unit on the plan."""
    text = form.values.get(name, "")
    key = read_key(text)
    if text and key is None:
        form.refuse(name, _("请从给出的选项里选一个。"))
    return key


def _month(form: Form, name: str) -> tuple[date | None, date | None]:
    """The first day of a month such as 2026-11 and the first day after it."""
    text = form.values.get(name, "")
    if not text:
        return None, None
    if not _is_month(text):
        form.refuse(name, _("请填月份，例如 2026-11。"))
        return None, None
    first = date(int(text[:4]), int(text[5:]), 1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _is_month(text: str) -> bool:
    """2026-11, and no other spelling."""
    year, dash, month = text[:4], text[4:5], text[5:]
    digits = len(text) == 7 and dash == "-" and (year + month).isascii() and (year + month).isdigit()
    return digits and 2000 <= int(year) <= 2199 and 1 <= int(month) <= 12


# -- moves -----------------------------------------------------------------------------------------------------------


def read_reason(form: Form) -> str:
    """Why something is done: kept with the dispute."""
    return form.text("reason", most=400, least=2)


def read_level(form: Form, levels: list[Level]) -> Level | None:
    """One of the levels on offer; None when it was not asked."""
    chosen = form.choice("level", [str(int(level)) for level in levels], required=False)
    return Level(int(chosen)) if chosen else None


@dataclass(frozen=True)
class Agreed:
    """What the two sides agreed, as typed."""

    form: Outcome
    content: str
    performance: str
    amount: int
    perform_by: date | None
    reached_on: date | None
    level: Level | None
    signed: bool


def read_agreed(form: Form, levels: list[Level], today: date) -> Agreed:
    """An oral agreement needs its content (人民调解法 28); a written one also how, when and where it is performed (29)."""
    kind = form.choice("form", (Outcome.WRITTEN, Outcome.ORAL))
    return Agreed(
        form=Outcome(kind or Outcome.ORAL),
        content=form.text("content", most=8000, least=4),
        performance=form.text("performance", most=2000, required=kind == Outcome.WRITTEN),
        amount=form.amount("amount"),
        perform_by=form.day("perform_by", required=False),
        reached_on=form.day("reached_on", required=False, most=today) or today,
        level=read_level(form, levels),
        signed=kind == Outcome.WRITTEN and form.flag("signed"),
    )
