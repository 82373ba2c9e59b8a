"""What the community certifies and reports: a lawyer's service in a year, and its own month."""

from collections.abc import Mapping, Sequence

from portal import clock
from portal.languages import _
from portal.reporting.service_queries import Month, Served, total
from portal.roster.models import Firm, Lawyer
from portal.web.papers import Block, Code, Facts, Notice, Paper, Signatures, Table, Words
from portal.web.templating import url
from portal.web.wording import dated, month


def certificate(lawyer: Lawyer, year: int, served: Sequence[Month], community: str) -> Paper:
    """志愿服务证明: mornings, hours and matters of a year, month by month and in all."""
    sums = {
        "name": lawyer.person.name,
        "firm": lawyer.firm.name,
        "year": year,
        "community": community,
        **_sums(served),
    }
    said = _(
        "%(name)s律师（%(firm)s）%(year)s年在%(community)s法律诊所志愿服务：值班 %(mornings)s 个上午，接待咨询 %(consultations)s 件，讲座 %(lectures)s 场，合计 %(hours)s 小时。全部服务不收费。"
    )
    nothing = _("%(year)s年还没有服务记录。") % sums
    rows = [_row(month(one.key), one) for one in served]
    columns = [_("月份"), *_columns()]
    return Paper(
        _("志愿服务证明"),
        [
            Words("", said % sums if served else nothing),
            Facts([(_("执业证号"), lawyer.licence)]),
            *([Table(_("按月"), columns, rows)] if served else []),
            _counted(served),
            _signed(community),
        ],
        subtitle=_("%(year)s年") % {"year": year},
        issuer=community,
        file=f"service-{lawyer.person.number}-{year}",
    )


def firm_certificate(
    firm: Firm, year: int, months: Sequence[Month], served: Sequence[Served], community: str
) -> Paper:
    """律所志愿服务证明: what all lawyers of a firm gave in a year, month by month and by lawyer. The sums are those of the
    lawyers' own certificates."""
    sums = {"firm": firm.name, "year": year, "community": community, "people": len(served), **_sums(months)}
    said = _(
        "%(firm)s %(year)s年有 %(people)s 位律师在%(community)s法律诊所志愿服务：值班 %(mornings)s 个上午，接待咨询 %(consultations)s 件，讲座 %(lectures)s 场，合计 %(hours)s 小时。全部服务不收费。"
    )
    nothing = _("%(year)s年还没有服务记录。") % sums
    by_month = [_row(month(one.key), one) for one in months]
    by_lawyer = [_row(one.lawyer.person.name, one.given) for one in served]
    tables = [
        Table(_("按月"), [_("月份"), *_columns()], by_month),
        Table(_("按律师"), [_("律师"), *_columns()], by_lawyer),
    ]
    return Paper(
        _("律所志愿服务证明"),
        [
            Words("", said % sums if months else nothing),
            *([Facts([(_("统一社会信用代码"), firm.code)])] if firm.code else []),
            *(tables if months else []),
            _counted(months),
            _signed(community),
        ],
        subtitle=_("%(year)s年") % {"year": year},
        issuer=community,
        file=f"service-{firm.code or firm.id}-{year}",
    )


def _sums(served: Sequence[Month]) -> dict[str, object]:
    whole = total(list(served))
    return {**whole._asdict(), "hours": hours(whole.minutes)}


def _columns() -> list[str]:
    return [_("值班"), _("咨询"), _("处方"), _("讲座"), _("小时")]


def _row(name: str, one: Month) -> tuple[str, ...]:
    return (name, *map(str, one[1:5]), hours(one.minutes))


def _counted(served: Sequence[Month]) -> Words:
    """How the hours were counted, and how many of them nobody recorded."""
    said = _("值班按到岗、离岗的记录计时，请假和停诊的不算；讲座按实际举办的时间计。")
    if planned := total(list(served)).planned:
        said += _("其中 %(planned)s 个上午没有记录，按排班的时间计。") % {"planned": planned}
    return Words("", said + _("数字取自诊所的值班、预约和讲座登记。"), small=True)


def _signed(community: str) -> Signatures:
    return Signatures(
        [(_("经办人（签名）"), ""), (_("社区负责人（签名）"), "")],
        _("%(name)s居民委员会（印章）") % {"name": community},
        dated(clock.today()),
    )


def monthly(key: str, counts: Mapping[str, int | None], communities: str, *, inside: bool) -> Paper:
    """月报: what was offered in a month and what came of it. Inside the house in whole numbers, and marked so."""

    def said(name: str) -> str:
        count = counts[name]
        return _("不公布") if count is None else str(count)

    figures: list[tuple[str, list[tuple[str, str]]]] = [
        (
            _("法律诊所"),
            [
                (_("提供的时段"), said("offered")),
                (_("到访"), said("attended")),
                (_("开出处方"), said("prescriptions")),
            ],
        ),
        (
            _("纠纷调解"),
            [
                (_("有结果"), said("ended")),
                (_("已化解"), said("settled")),
                (_("网格内化解"), said("in_grid")),
                (_("社区内化解"), said("in_community")),
            ],
        ),
        (
            _("居民诉求"),
            [(_("收到"), said("received")), (_("已答复"), said("answered")), (_("已办好"), said("solved"))],
        ),
        (_("普法讲座"), [(_("举办场数"), said("held")), (_("到场人数"), said("came"))]),
    ]
    head: list[Block] = []
    if inside:
        head = [
            Notice(
                _("仅供社区内部使用"), _("数字没有隐去，件数少的可能指向具体的人。给街道的由街道自己打开。")
            )
        ]
    return Paper(
        _("法律诊所月报"),
        [
            *head,
            Table(
                _("本月数字"),
                [_("项目"), _("数量")],
                [(f"{title} · {name}", value) for title, rows in figures for name, value in rows],
            ),
            *([] if inside else [Words("", _untold(), small=True)]),
            Words(_("说明"), lines=2),
            Signatures([(_("填报人（签名）"), ""), (_("社区负责人（签名）"), "")], on=dated(clock.today())),
        ],
        subtitle=month(key),
        issuer=communities,
        code=Code(url("reporting:month", month=key), _("扫一扫，登录后看这份月报。")),
        mark=_("内部") if inside else "",
        foot=_("每个数字怎么算，见看板的指标说明。"),
        file=f"month-{key}",
    )


def _untold() -> str:
    return _("“不公布”：件数少、会指向具体的人，或者半年还没有结束。半年结束以后，能公布的都会公布。")


def hours(minutes: int) -> str:
    """Hours with a half where there is one: 3, 4.5."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
