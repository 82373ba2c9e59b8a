"""What people are told and asked before something is kept of them or given on: each purpose apart, in words with a version.

What is needed to do what somebody came for is told; what the law wants agreed to separately is asked (个人信息保护法 13–16,
23, 28–31). A change of the words, in either language, is a new version, and whoever agreed to the old one is asked again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from portal import database, languages
from portal.languages import Lazy, _, lazy_


class Purpose(StrEnum):
    """What for."""

    CONSULT = "consult"
    MESSAGES = "messages"
    SENSITIVE = "sensitive"
    FIRM = "firm"
    MEDIATION = "mediation"
    CHILD = "child"


class Way(StrEnum):
    """How somebody agreed: by their own hand, or aloud to whoever received them."""

    WEB = "web"
    DESK = "desk"


WAY_NAMES = {Way.WEB: lazy_("自己在网上勾选"), Way.DESK: lazy_("当面说的，工作人员代记")}


class Wording(NamedTuple):
    """A purpose as people read it: a heading, the sentence beside the box, the whole of it, what happens without."""

    title: Lazy
    sentence: Lazy
    words: Lazy
    without: Lazy
    article: Lazy
    is_asked: bool  # told otherwise
    is_needed: bool  # what is asked for cannot be done without it (个人信息保护法 16)


WORDINGS = {
    Purpose.CONSULT: Wording(
        lazy_("办您来办的事"),
        lazy_("记下您的称呼、电话和要办的事，只为办这件事。"),
        lazy_(
            "您约律师、反映问题、报名讲座，我们要记下怎么称呼您、怎么联系您、要办什么事。只用来办这件事，到了期限就销毁。"
        ),
        lazy_("不记下这些，就没法替您办。您可以只写姓，也可以不留电话，到服务中心来办。"),
        lazy_("《个人信息保护法》第 13 条"),
        False,
        True,
    ),
    Purpose.MESSAGES: Wording(
        lazy_("给您发通知"),
        lazy_("短信由我们委托的短信公司发出。"),
        lazy_("短信公司只拿到您的手机号和那条短信的内容，只能用来发送，不能另作他用，也不能再转给别人。"),
        lazy_("不想收短信，在“我的资料”里改成打电话、取纸条，或者不联系。"),
        lazy_("《个人信息保护法》第 21 条"),
        False,
        False,
    ),
    Purpose.SENSITIVE: Wording(
        lazy_("记下敏感的内容"),
        lazy_("我同意诊所记下我说的敏感内容（如病情、欠款、家里的矛盾），只用来办这次咨询。"),
        lazy_(
            "您说的事情里可能有敏感的内容：身体和病情、银行账户、去过哪里、家里的矛盾。律师不了解这些，给不出可靠的意见。"
            "这些内容万一泄露，会伤到您的名誉和财产，所以全部加密保存，只有接待您的律师能看，别人打开过都有记录。"
            "写多少由您定。您随时可以收回同意，收回以后不再用它办新的事。"
        ),
        lazy_("不同意，就不能在网上约律师。您可以到服务中心当面问，不留下文字。"),
        lazy_("《个人信息保护法》第 28 至 30 条"),
        True,
        True,
    ),
    Purpose.FIRM: Wording(
        lazy_("交给律师所在的律所"),
        lazy_("我同意把我写的内容交给接待律师的律师事务所，用来准备咨询、查有没有替对方办过事。"),
        lazy_(
            "接待您的律师属于一家伙伴律所，它的名称写在您的预约页面上，电话可以向服务中心要。"
            "我们把您的称呼、要问的事和对方的名字交给这家律所，让律师提前准备，也查一查律所有没有替对方办过事。"
            "律所只能为这件事使用，律师对您说的话有保密的义务。换了律所，预约页面上会写明。"
        ),
        lazy_("不同意，律师就没法接待。您可以请工作人员介绍别的途径，例如拨打 12348。"),
        lazy_("《个人信息保护法》第 23 条"),
        True,
        True,
    ),
    Purpose.MEDIATION: Wording(
        lazy_("告诉对方和调解委员会"),
        lazy_("我同意把这件事告诉对方和社区的人民调解委员会，好安排调解。"),
        lazy_(
            "要调解，就得让对方知道是什么事，也要让人民调解委员会的调解员了解情况。"
            "我们只告诉对方要调解的是什么事，不给对方您的电话和门牌号。您随时可以收回同意，收回以后不再安排新的调解。"
        ),
        lazy_("不同意也可以反映，我们照样受理，只是不能安排双方坐下来调解。"),
        lazy_("《个人信息保护法》第 23 条"),
        True,
        False,
    ),
    Purpose.CHILD: Wording(
        lazy_("替不满 14 岁的孩子来问"),
        lazy_("我是孩子的父母或其他监护人，同意为办这件事记下孩子的情况。"),
        lazy_(
            "不满 14 岁的孩子的信息都按敏感信息保管，要由父母或其他监护人同意。我们只记办这件事必须知道的，"
            "名单里不写孩子的名字，打开过的人都有记录。监护人随时可以来查、来改、要求删除。"
        ),
        lazy_("没有监护人同意，就不记孩子的情况。孩子有危险时不受此限，请马上打 110。"),
        lazy_("《个人信息保护法》第 31 条"),
        True,
        True,
    ),
}

STANDING = "SELECT purpose, version FROM consent WHERE person_id = ? AND withdrawn_at IS NULL"
BOOKING = (Purpose.SENSITIVE, Purpose.FIRM)  # what must be agreed to before a lawyer is booked


def text(purpose: Purpose) -> str:
    """The whole wording as it is shown, in the language that is being spoken: what a receipt keeps."""
    wording = WORDINGS[purpose]
    return "\n".join(str(part) for part in (wording.title, wording.sentence, wording.words, wording.without))


@cache
def version(purpose: Purpose) -> str:
    """Eight hex digits that change when the words change in any language that says them."""
    said = hashlib.sha256()
    for language in languages.WHOLE:
        with languages.speaking(language):
            said.update(text(purpose).encode() + b"\0")
    return said.hexdigest()[:8]


def asked(purposes: Iterable[Purpose]) -> list[tuple[str, Wording]]:
    """What a form draws boxes for."""
    return [(purpose.value, WORDINGS[purpose]) for purpose in purposes]


def read(form: Any, purposes: Sequence[Purpose], *, required: bool = False) -> list[Purpose]:
    """The boxes ticked among those that were asked; a form lacking one that is needed (`required`: any) is refused."""
    ticked = [purpose for purpose in form.choices("consent", Purpose) if purpose in purposes]
    missing = [
        WORDINGS[each] for each in purposes if (required or WORDINGS[each].is_needed) and each not in ticked
    ]
    if missing:
        names = _("、").join(str(wording.title) for wording in missing)
        form.refuse("consent", _("还要您勾选同意：%(what)s。") % {"what": names})
    return ticked


async def lacking(person: Any, purposes: Sequence[Purpose]) -> list[Purpose]:
    """Those that this person (or whoever has this id) has not agreed to in their newest words, or took back."""
    standing = await database.look_up(STANDING, getattr(person, "id", person))
    held = {(row["purpose"], row["version"]) for row in standing}
    return [purpose for purpose in purposes if (purpose.value, version(purpose)) not in held]
