"""The codes of this room, each with the words for it."""

from enum import StrEnum

from portal.languages import lazy_


class Mode(StrEnum):
    """How lawyer and resident meet."""

    DESK = "desk"
    PHONE = "phone"
    HOME = "home"


MODE_NAMES = {
    Mode.DESK: lazy_("到服务中心面谈"),
    Mode.PHONE: lazy_("律师打电话给我"),
    Mode.HOME: lazy_("行动不便，请到家里来"),
}


class State(StrEnum):
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    PARKED = "parked"
    STARTED = "started"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


STATE_NAMES = {
    State.BOOKED: lazy_("已预约"),
    State.CHECKED_IN: lazy_("已报到"),
    State.CALLED: lazy_("已叫号"),
    State.PARKED: lazy_("暂时走开"),
    State.STARTED: lazy_("咨询中"),
    State.DONE: lazy_("已咨询"),
    State.MISSED: lazy_("未到"),
    State.CANCELLED: lazy_("已取消"),
}


class Channel(StrEnum):
    """How it reached us."""

    WEB = "web"
    WAITLIST = "waitlist"
    COUNTER = "counter"
    PHONE = "phone"
    LETTER = "letter"
    WECHAT = "wechat"
    HOME = "home"


CHANNEL_NAMES = {
    Channel.WEB: lazy_("自己在网上"),
    Channel.WAITLIST: lazy_("候补"),
    Channel.COUNTER: lazy_("本人来了"),
    Channel.PHONE: lazy_("打来电话"),
    Channel.LETTER: lazy_("来信"),
    Channel.WECHAT: lazy_("微信留言"),
    Channel.HOME: lazy_("上门走访"),
}
# What staff write down for somebody, in the words they said.
AT_THE_DESK = (Channel.COUNTER, Channel.PHONE, Channel.LETTER, Channel.WECHAT, Channel.HOME)

MISSED_REASONS = {
    "no_answer": lazy_("叫号、打电话都没有人应"),
    "wrong_number": lazy_("电话号码不对"),
    "left": lazy_("来过又走了"),
    "lawyer_absent": lazy_("律师没有到"),
}


RINGS = {
    "no_answer": lazy_("没有人接"),
    "busy": lazy_("占线"),
    "wrong_number": lazy_("号码不对"),
    "voicemail": lazy_("语音信箱"),
    "not_now": lazy_("接了，现在不方便"),
}  # how a call ended that did not become a talk


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"


WAIT_NAMES = {
    WaitState.WAITING: lazy_("候补中"),
    WaitState.OFFERED: lazy_("有空位，等答复"),
    WaitState.BOOKED: lazy_("已约上"),
    WaitState.LEFT: lazy_("已退出候补"),
}
