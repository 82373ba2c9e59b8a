"""How long everything is kept, on which ground, what goes then and what stays: the schedule the notice shows and the jobs obey.

A column that is sealed stands in exactly this table, by itself or with what it belongs to; the tests refuse one that does not.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from portal.languages import Lazy, lazy_


class Hand(StrEnum):
    """Who lets it go."""

    PORTAL = "portal"  # by itself, every day
    TWO = "two"  # proposed by one, approved by another
    NOBODY = "nobody"


class Keeping(NamedTuple):
    """One kind of thing: from when on it is kept how many days, why, and which columns are blanked then.

    A model without columns loses its rows. `by_wish`: once it has ended the person may have it deleted sooner (个人信息保护法 47).
    """

    title: Lazy
    since: Lazy
    days: int
    ground: Lazy
    goes: Lazy
    stays: Lazy
    hand: Hand
    columns: Mapping[str, tuple[str, ...]]
    by_wish: bool = False


YEAR = 365
LINE = lazy_("编号、日期、类别和办理结果")
NOTHING = lazy_("不留")
LIMITATION = lazy_("《民法典》第 188 条：三年诉讼时效内，您可能还要用")
NEEDED = lazy_("《个人信息保护法》第 19 条：办事需要的最短时间")
PARTY = ("name", "phone", "id_tail")
BOOKING = ("needs", "reason", "contested", "over_limit")

SCHEDULE: Mapping[str, Keeping] = {
    "consultation": Keeping(
        lazy_("咨询和处方"),
        lazy_("咨询结束"),
        3 * YEAR,
        LIMITATION,
        lazy_("您说的话、交来的照片和文件、对方的名字和电话、处方全文、算过的期限"),
        LINE,
        Hand.TWO,
        {
            "Consultation": ("words", "other_side", "other_phone", "guardian", "helped_words"),
            "Appointment": BOOKING,
            "Prescription": (
                *("facts", "questions", "articles", "law", "steps", "deadlines", "risks", "next_place"),
                "correction",
            ),
            "Referral": ("reason",),
            "Note": ("words",),
            "FollowUp": ("question", "answer"),
            "Review": ("words",),
            "Attachment": ("name",),
            "Content": (),
            "Deadline": (),
            "Party": PARTY,
        },
        by_wish=True,
    ),
    "appointment": Keeping(
        lazy_("没有成为咨询的预约"),
        lazy_("约的那天"),
        YEAR,
        NEEDED,
        lazy_("需要的帮助、取消的原因、对方的名字和电话"),
        LINE,
        Hand.TWO,
        {"Appointment": BOOKING, "Party": PARTY},
        by_wish=True,
    ),
    "dispute": Keeping(
        lazy_("纠纷和调解协议"),
        lazy_("纠纷了结"),
        5 * YEAR,
        lazy_("人民调解案卷要归档备查，本社区定为五年"),
        lazy_("经过、地点、当事人的名字和电话、调解记录、协议内容"),
        LINE,
        Hand.TWO,
        {
            "Dispute": ("words", "place"),
            "Hop": ("reason",),
            "Sitting": ("attended", "minutes"),
            "Agreement": ("content", "performance"),
            "Party": PARTY,
        },
    ),
    "feedback": Keeping(
        lazy_("诉求和答复"),
        lazy_("答复"),
        2 * YEAR,
        NEEDED,
        lazy_("您说的话、地点、答复和来往的话"),
        LINE,
        Hand.TWO,
        {"Feedback": ("words", "place", "answer"), "Reply": ("words",)},
        by_wish=True,
    ),
    "signup": Keeping(
        lazy_("讲座报名"),
        lazy_("讲座结束"),
        YEAR,
        NEEDED,
        lazy_("您提的问题"),
        LINE,
        Hand.TWO,
        {"SignUp": ("question",)},
        by_wish=True,
    ),
    "visit": Keeping(
        lazy_("入户走访"),
        lazy_("走访"),
        2 * YEAR,
        NEEDED,
        lazy_("记下的话"),
        lazy_("走访的日期和结果"),
        Hand.TWO,
        {"Visit": ("note",)},
    ),
    "request": Keeping(
        lazy_("您对个人信息提的请求"),
        lazy_("办结"),
        3 * YEAR,
        lazy_("《个人信息保护法》第 56 条：处理情况的记录至少保存三年"),
        lazy_("请求和答复的内容"),
        LINE,
        Hand.TWO,
        {"Request": ("words", "answer")},
    ),
    "person": Keeping(
        lazy_("姓名、手机号、联系习惯"),
        lazy_("最后一次来办事"),
        3 * YEAR,
        LIMITATION,
        lazy_("姓名、手机号、什么时候方便"),
        lazy_("编号"),
        Hand.TWO,
        {"Person": ("name", "phone", "contact_when", "former_names")},
    ),
    "wait": Keeping(
        lazy_("候补时先写的内容"),
        lazy_("约上或者退出以后，从登记算起"),
        90,
        NEEDED,
        lazy_("先写的全部内容"),
        LINE,
        Hand.PORTAL,
        {"Wait": ("typed",), "Attachment": ()},
    ),
    "notice": Keeping(
        lazy_("发出的通知"),
        lazy_("发出"),
        90,
        NEEDED,
        lazy_("号码和内容"),
        lazy_("发过这件事和时间"),
        Hand.PORTAL,
        {"Notice": ("address", "values", "text")},
    ),
    "draft": Keeping(
        lazy_("填了一半的内容"),
        lazy_("最后一次填写"),
        7,
        NEEDED,
        lazy_("全部"),
        NOTHING,
        Hand.PORTAL,
        {"Draft": (), "KeptForm": (), "Attachment": ()},
    ),
    "phone_code": Keeping(
        lazy_("短信验证码"),
        lazy_("发出，五分钟后就不能再用"),
        1,
        NEEDED,
        lazy_("全部"),
        NOTHING,
        Hand.PORTAL,
        {"PhoneCode": (), "Tally": ()},
    ),
    "session": Keeping(
        lazy_("登录、邀请和码卡"),
        lazy_("退出或者失效"),
        30,
        NEEDED,
        lazy_("全部"),
        NOTHING,
        Hand.PORTAL,
        {"Session": (), "Invitation": (), "CodeCard": (), "Link": ()},
    ),
    "credential": Keeping(
        lazy_("工作人员的登录方式"),
        lazy_("职务结束"),
        30,
        NEEDED,
        lazy_("全部"),
        NOTHING,
        Hand.PORTAL,
        {"Credential": (), "Passkey": ()},
    ),
    "leave": Keeping(
        lazy_("律师请假、换班"),
        lazy_("请假最后一天"),
        YEAR,
        NEEDED,
        lazy_("原因"),
        lazy_("日期"),
        Hand.PORTAL,
        {"Leave": ("reason",), "Swap": ("reason",)},
    ),
    "glass": Keeping(
        lazy_("工作人员打开保密内容的理由、暂停销毁的理由"),
        lazy_("打开的时间、恢复销毁"),
        3 * YEAR,
        lazy_("《个人信息保护法》第 56 条：处理情况的记录至少保存三年"),
        lazy_("写的理由"),
        lazy_("谁、什么时候、哪一类理由"),
        Hand.PORTAL,
        {"BrokenGlass": ("reason",), "LegalHold": ("reason",)},
    ),
    "consent": Keeping(
        lazy_("同意的凭据、代办的授权"),
        lazy_("收回或者到期"),
        3 * YEAR,
        lazy_("《个人信息保护法》第 14、55、56 条：要能证明您同意过"),
        lazy_("全部"),
        NOTHING,
        Hand.PORTAL,
        {"Consent": (), "Proxy": ()},
    ),
    "journal": Keeping(
        lazy_("谁办过、谁看过的流水"),
        lazy_("写下"),
        0,
        lazy_("《个人信息保护法》第 51、54 条：要能查清每一次处理"),
        lazy_("不销毁，里面没有您说的话"),
        lazy_("全部"),
        Hand.NOBODY,
        {},
    ),
}

CASES = tuple(kind for kind, keeping in SCHEDULE.items() if keeping.hand == Hand.TWO)
