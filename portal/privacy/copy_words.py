"""What the tables and columns of somebody's copy are called where people read it."""

from collections.abc import Mapping

from portal.languages import _


def titles() -> Mapping[str, str]:
    """What the tables of a copy are called where people read it; others keep their own name."""
    return {
        "person": _("我的资料"),
        "appointment": _("预约"),
        "wait": _("候补"),
        "consultation": _("咨询"),
        "attachment": _("材料"),
        "prescription": _("处方"),
        "referral": _("转介"),
        "dispute": _("纠纷"),
        "hop": _("纠纷的流转"),
        "sitting": _("调解会"),
        "agreement": _("调解协议"),
        "party": _("当事人登记"),
        "feedback": _("诉求"),
        "reply": _("诉求的往来"),
        "sign_up": _("讲座报名"),
        "motion": _("议题"),
        "notice": _("发出的通知"),
        "consent": _("同意的凭据"),
        "proxy": _("代办授权"),
        "post": _("职务"),
        "session": _("登录"),
        "privacy_request": _("个人信息请求"),
        "opened_by_others": _("谁看过"),
        "lawyer": _("律师登记"),
    }


def names() -> Mapping[str, str]:
    """What the columns that most tables share are called; others keep their own name."""
    return {
        "answer": _("答复"),
        "at": _("时间"),
        "because": _("为什么"),
        "category": _("类别"),
        "contact_by": _("有消息时"),
        "contact_when": _("什么时候方便"),
        "created_at": _("提交时间"),
        "due_at": _("期限"),
        "ended_at": _("结束"),
        "facts": _("事情"),
        "file": _("文件"),
        "law": _("依据"),
        "name": _("姓名"),
        "number": _("编号"),
        "office": _("职务"),
        "outcome": _("结果"),
        "phone": _("手机号"),
        "place": _("地点"),
        "reason": _("原因"),
        "starts_at": _("时间"),
        "state": _("状态"),
        "topic": _("什么事"),
        "version": _("版本"),
        "what": _("看了什么"),
        "words": _("内容"),
    }
