"""Refusals: what is said to a person when the portal does not do what was asked, and where to go on."""

from collections.abc import Sequence

from portal.languages import _


class Refusal(Exception):
    """The request is understood and not done. `text` is a sentence for the person; `ways` are (label, route name)."""

    status = 400
    title = ""  # above the sentence, where what its kind is called in general does not fit

    def __init__(self, text: str = "", ways: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(text or type(self).__name__)
        self.text = text or self.plain()
        self.ways = list(ways)

    def plain(self) -> str:
        """What is said where nothing better is known."""
        return _("这一步没有办成。请检查后再试。")


class Missing(Refusal):
    """There is nothing here for this person: absent, or not theirs to see. The two look alike on purpose."""

    status = 404

    def plain(self) -> str:
        return _("没有找到您要的内容。可能是编号有误，或者它不属于您。")


class Forbidden(Refusal):
    """The person may see the record but not do this to it."""

    status = 403

    def plain(self) -> str:
        return _("您的身份不能办理这一步。")


class Conflict(Refusal):
    """Somebody was first, or the record has moved on."""

    status = 409

    def plain(self) -> str:
        return _("刚刚有人先办理了，或者状态已经变化。请看最新情况再试。")


class TooMany(Refusal):
    """Tried too often."""

    status = 429

    def plain(self) -> str:
        return _("尝试次数太多，请稍后再试，或者打电话给服务中心。")
