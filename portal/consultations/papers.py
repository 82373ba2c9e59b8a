"""The 处方 as a document."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from portal import clock
from portal.consultations.models import Prescription, PrescriptionState
from portal.languages import _
from portal.law import code
from portal.people import naming
from portal.web.papers import Articles, Block, Code, Facts, Notice, Paper, Signatures, Steps, Words
from portal.web.templating import url
from portal.web.wording import dated, moment


def prescription(written: Prescription, in_force: Prescription | None) -> Paper:
    """The 处方 with everything that was advised; `in_force` is the version that holds now. A draft and a version that is
    over say so across the sheet. `consultation.person`, `consultation.community` and `lawyer` are to be loaded."""
    consultation, issued = written.consultation, written.issued_at
    version = _("第 %(n)s 版") % {"n": written.version} if written.version > 0 else _("前一位律师没写完的")
    return Paper(
        _("法律咨询处方"),
        [
            *_standing(written, in_force),
            Facts([(_("居民"), naming.whole(consultation.person, written))]),
            _said(_("一、事实（居民陈述）"), written.facts),
            _said(_("二、要解决的问题"), written.questions),
            _cited(written),
            _said(_("四、其他依据和说明"), written.law),
            _listed(_("五、建议怎么办"), written.steps),
            _listed(_("六、期限"), written.deadlines),
            _said(_("七、风险"), written.risks),
            _said(_("八、下一站"), written.next_place),
            Signatures(
                [(_("律师（签名）"), f"{written.lawyer.person.name} · {written.lawyer.firm.name}")],
                on=dated(clock.day_of(issued)) if issued else "",
            ),
            *([Words("", _("校验码 %(hash)s") % {"hash": written.hash}, small=True)] if written.hash else []),
        ],
        number=written.number,
        subtitle=f"{version} · {moment(issued)}" if issued else version,
        issuer=consultation.community.name if consultation.community else "",
        mark=_marked(written),
        code=Code(url("prescriptions:show", number=written.number), _("扫一扫，登录后看有没有更正。")),
        foot=_limits(consultation.community),
    )


# 一、 or 2. or （三） before a line that is numbered anyway; not the beginning of 1.5万元.
ORDINAL = re.compile(
    r"^\s*(?:\d{1,2}\s*(?:[、)）]|[.．](?!\d))|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）])\s*"
)


def _marked(written: Prescription) -> str:
    return {PrescriptionState.DRAFT.value: _("草稿"), PrescriptionState.SUPERSEDED.value: _("已作废")}.get(
        written.state, ""
    )


def _standing(written: Prescription, in_force: Prescription | None) -> list[Block]:
    """What has to be known before reading on: that it holds no more, or why it stands in place of another."""
    if written.state == PrescriptionState.SUPERSEDED:
        newer = _("请看第 %(n)s 版") % {"n": in_force.version} if in_force else ""
        return [Notice(_("这一版已经作废"), newer)]
    if written.correction:
        return [Notice(_("这是更正后的第 %(n)s 版") % {"n": written.version}, written.correction)]
    return []


def _said(heading: str, text: str) -> Words:
    return Words(heading, text or _("不适用"))


def _listed(heading: str, text: str) -> Block:
    """One line, one step, numbered once: with a box to tick, since it is done from the paper."""
    lines = [ORDINAL.sub("", line).strip() for line in text.splitlines() if line.strip()]
    return Steps(heading, lines, boxes=True) if len(lines) > 1 else _said(heading, text)


def _limits(community: Any) -> str:
    """What the clinic's advice is not, and whom to tell when somebody makes a business of it."""
    said = _(
        "律师在诊所解答问题、写书面意见，不收费；这不是代理，不替您打官司。想请律师代理，由您自己另外选、另外签合同。律师不得借在诊所咨询揽案、收钱。"
    )
    told = _("有这样的事，请告诉社区负责人：%(phone)s。") % {"phone": community.phone} if community else ""
    again = _("本处方是志愿律师根据您的陈述给出的意见。事实有变化、材料有出入的，请再来问。")
    return " ".join(filter(None, (again, said, told)))


def cited(articles: Sequence[int]) -> list[tuple[str, str]]:
    """The articles as they are cited, those of one chapter together, each with where they stand."""
    chapters = groupby((code.article(number) for number in articles), key=lambda one: one.path)
    return [
        (_("民法典第 %(n)s 条") % {"n": _("、").join(str(one.number) for one in together)}, path)
        for path, together in chapters
    ]


def _cited(written: Prescription) -> Block:
    heading, rows = _("三、民法典条文"), cited(written.articles)
    return Articles(heading, rows, _("民法典自2021年1月1日起施行。")) if rows else _said(heading, "")
