"""What a mediation leaves on paper: minutes, the agreement, and the application to have a court confirm it."""

from collections.abc import Sequence
from datetime import date

from portal import clock
from portal.community.models import Community
from portal.disputes.models import Agreement, Dispute, Outcome, Sitting
from portal.languages import _
from portal.law.dispute_types import DisputeType
from portal.web.papers import Block, Code, Facts, Notice, Paper, Points, Signatures, Words
from portal.web.templating import url
from portal.web.wording import dated, moment, money

Parties = Sequence[tuple[str, str, str]]  # (side, name, telephone), as far as they are the reader's to know


def file_number(agreement: Agreement, short: str) -> str:
    """（2026）银杏人调字第1号: one serial a year; it is written so in every language."""
    values = {"year": agreement.year, "short": short, "serial": agreement.serial}
    return _("（%(year)s）%(short)s人调字第%(serial)s号") % values


def agreement(
    dispute: Dispute,
    agreed: Agreement,
    *,
    community: Community,
    parties: Parties,
    place: str,
    mediator: str,
) -> Paper:
    """协议书, with whatever 人民调解法 29 lets it state: what is not on record is a line to fill in by hand. An oral
    agreement is written down by its mediator (28) and signed by them alone."""
    is_oral = agreed.form == Outcome.ORAL
    signers = [(_("调解员（签名）"), mediator), (_("记录人（签名）"), "")]
    if not is_oral:
        sign = {"a": _("甲方（签名、盖章或按指印）"), "b": _("乙方（签名、盖章或按指印）")}
        signers = [*((sign[side], name) for side, name in _sides(parties)), *signers]
    in_force = (
        _("本协议自达成之日起生效。")
        if is_oral
        else _("本协议自双方签名、盖章或者按指印，调解员签名并加盖调解委员会印章之日起生效。")
    )
    binding = _(
        "双方应当按照约定履行；对履行或者内容有争议的，可以向法院起诉。生效之日起三十日内，双方可以共同向法院申请司法确认（人民调解法第三十一条至第三十三条）。"
    )
    return Paper(
        _("口头协议登记表") if is_oral else _("人民调解协议书"),
        [
            *_who(parties),
            Facts(
                [
                    (_("纠纷类别"), str(DisputeType(dispute.category).label)),
                    (_("地点"), place),
                ],
                _("纠纷情况"),
            ),
            Words(_("主要事实、争议事项和约定的内容"), agreed.content),
            Facts(
                [
                    (_("方式、地点"), agreed.performance),
                    (_("金额"), money(agreed.amount) if agreed.amount else ""),
                    (_("最迟哪天"), dated(agreed.perform_by) if agreed.perform_by else ""),
                ],
                _("履行"),
            ),
            Words(_("效力"), in_force + binding),
            Signatures(signers, _seal(community), _written_on(agreed)),
        ],
        number=agreed.number,
        subtitle=file_number(agreed, community.short),
        issuer=_committee(community),
        code=_way_back(dispute),
        foot=_("本协议一式三份，双方各执一份，调解委员会留存一份。调解不收任何费用。"),
    )


def _written_on(agreed: Agreement) -> str:
    """The day on which it was reached; of one that waits for its signatures a line for the day they are made."""
    is_in_force = agreed.signed or agreed.form == Outcome.ORAL
    return dated(agreed.reached_on) if is_in_force else _("签订日期：　　　　年　　月　　日")


def minutes(
    dispute: Dispute, sitting: Sitting, *, community: Community, parties: Parties, place: str
) -> Paper:
    """调解笔录 of a sitting that was held; `mediator` is to be loaded. How it ended is written and signed by hand."""
    return Paper(
        _("人民调解记录"),
        [
            Facts(
                [
                    (_("时间"), moment(sitting.starts_at)),
                    (_("地点"), sitting.place),
                    (_("事由"), " · ".join(filter(None, [str(DisputeType(dispute.category).label), place]))),
                    *((_side(side), name) for side, name in _sides(parties)),
                    (_("到场"), sitting.attended),
                    (_("主持"), sitting.mediator.name),
                ]
            ),
            Words(_("告知双方的权利"), _rights() if sitting.rights_told else "", lines=2),
            Words(_("记录"), sitting.minutes, lines=6),
            Words(_("结果"), lines=3),
            Words("", _("以上记录已经念给双方听过，与所说的一致。"), small=True),
            Signatures(
                [
                    *(
                        (_("%(side)s（签名或按指印）") % {"side": _side(side)}, name)
                        for side, name in _sides(parties)
                    ),
                    (_("调解员（签名）"), sitting.mediator.name),
                    (_("记录人（签名）"), ""),
                ]
            ),
        ],
        number=dispute.number,
        subtitle=dated(clock.day_of(sitting.starts_at)),
        issuer=_committee(community),
        code=_way_back(dispute),
        foot=_("本记录存入卷宗，不对外公开。调解不收任何费用。"),
    )


def _rights() -> str:
    return _(
        "可以选择或者接受调解员；可以接受、拒绝或者要求终止调解；可以要求公开或者不公开；自由表达，自愿达成协议（人民调解法第二十三条）。"
    )


def confirmation(
    dispute: Dispute,
    agreed: Agreement,
    *,
    community: Community,
    parties: Parties,
    last_day: date,
    is_late: bool,
) -> Paper:
    """司法确认申请书: both sides together, to the court, within thirty days of the agreement's effect (人民调解法 33,
    民事诉讼法 205). `last_day` is the last of them."""
    said = {
        "day": dated(agreed.reached_on),
        "committee": _committee(community),
        "file": file_number(agreed, community.short),
    }
    late: list[Block] = []
    if is_late:
        late = [
            Notice(
                _("三十日已经过了"),
                _("法院可能不再受理。对方不履行的，可以凭协议书向法院起诉（人民调解法第三十二条）。"),
            )
        ]
    return Paper(
        _("司法确认申请书"),
        [
            *late,
            *_who(parties, applying=True),
            Words(
                _("请求事项"),
                _("请求法院依法确认双方于%(day)s经%(committee)s主持达成的%(file)s调解协议有效。") % said,
            ),
            Words(
                _("事实与理由"),
                _("双方因%(matter)s发生纠纷，自愿接受调解，达成如下协议：")
                % {"matter": str(DisputeType(dispute.category).label)}
                + "\n"
                + agreed.content
                + ("\n" + agreed.performance if agreed.performance else ""),
            ),
            Words(
                _("双方承诺"),
                _(
                    "协议是双方自愿达成的，没有恶意串通、规避法律，也不损害国家利益、社会公共利益和他人的合法权益。如因此给他人造成损害，愿意承担相应的责任。"
                ),
            ),
            Points(
                _("附上的材料"),
                [
                    _("调解协议书原件（口头协议交调解委员会的登记表）"),
                    _("调解委员会主持调解的证明"),
                    _("双方身份证明、住址和联系方式"),
                    _("与协议有关的财产权利证明（有才交）"),
                ],
            ),
            Facts([(_("向哪个法院"), ""), (_("最迟哪天提出"), dated(last_day))], _("提出申请")),
            Words(
                "",
                _(
                    "双方一起到法院提出，口头申请也可以；不收费。离婚、亲子、收养等身份关系，以及确认房屋等物权归谁所有的，不能申请司法确认。依据：人民调解法第三十三条，民事诉讼法第二百零五条、第二百零六条。"
                ),
                small=True,
            ),
            Signatures(
                [(_("申请人（签名或按指印）"), name) for _which, name in _sides(parties)],
                on=_("申请日期：　　　　年　　月　　日"),
            ),
        ],
        number=agreed.number,
        subtitle=file_number(agreed, community.short),
        issuer=_committee(community),
        code=_way_back(dispute),
    )


def _side(side: str) -> str:
    return _("甲方") if side == "a" else _("乙方")


def _sides(parties: Parties) -> list[tuple[str, str]]:
    """(side, name) of everybody, and of a side on which nobody is known one without a name."""
    known = [(side, name) for side, name, _phone in parties]
    return [
        pair for side in ("a", "b") for pair in ([one for one in known if one[0] == side] or [(side, "")])
    ]


def _who(parties: Parties, *, applying: bool = False) -> list[Block]:
    """Each side's particulars: the name that is known, everything else for themselves to write."""
    rows = [_("性别、年龄、民族"), _("职业、住址"), _("电话")]
    if applying:
        rows = [_("性别、出生日期、民族"), _("身份证号"), _("住址"), _("电话")]
    title = {"a": _("申请人（甲方）"), "b": _("申请人（乙方）")} if applying else {}
    return [
        Facts([(_("姓名"), name), *((row, "") for row in rows)], title.get(side) or _side(side))
        for side, name in _sides(parties)
    ]


def _committee(community: Community) -> str:
    return _("%(name)s人民调解委员会") % {"name": community.name}


def _seal(community: Community) -> str:
    return _("%(name)s人民调解委员会（印章）") % {"name": community.name}


def _way_back(dispute: Dispute) -> Code:
    return Code(url("disputes:show", number=dispute.number), _("扫一扫，登录后看办到哪一步。"))
