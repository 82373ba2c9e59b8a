"""How many appointments one person may have; staff may give somebody more, and write down why."""

from collections.abc import Sequence
from datetime import datetime

from portal import clock, settings
from portal.booking import limit_rules, queries
from portal.errors import Conflict
from portal.languages import _
from portal.people.models import Person

REASON = 200  # characters of why somebody was given more


class BeyondLimit(Conflict):
    """Somebody has as many appointments as one person may: `which` says of what, "open" or "month"."""

    def __init__(self, which: str, most: int, ways: Sequence[tuple[str, str]], *, to_staff: bool) -> None:
        told = {
            "open": _("这位居民已经有 %(most)s 个还没到时间的预约。确实需要，请写明原因再约。"),
            "month": _("这位居民这个月已经约了 %(most)s 次。确实需要，请写明原因再约。"),
        }
        said = {
            "open": _("您已经有 %(most)s 个还没到时间的预约。请先用完或者取消一个，再约新的。"),
            "month": _("这个月您已经约了 %(most)s 次。请约下个月的时间，着急就打电话给服务中心。"),
        }
        super().__init__((told if to_staff else said)[which] % {"most": most}, ways)
        self.title = _("暂时不能再约")
        self.which = which


def local(instant: datetime) -> datetime:
    """The instant on China's clock, by which months begin."""
    return instant.astimezone(clock.CHINA)


async def refusal(person: Person, starts_at: datetime, now: datetime) -> BeyondLimit | None:
    """What `within` would say to this person of one more appointment, for a page that tells them before they fill it in."""
    try:
        await within(person, starts_at, now, person)
    except BeyondLimit as refused:
        return refused
    return None


async def within(
    person: Person, starts_at: datetime | None, now: datetime, actor: Person, over_limit: str = ""
) -> str:
    """Times are few: everybody may have `bookings_open` ahead of them and `bookings_month` in one month.

    Answers why this one goes beyond, as staff said it, or nothing where it does not. Raises BeyondLimit for others, and for
    staff who give no reason. The household is not counted: who lives with somebody would learn that they come here.
    """
    most = settings.current()
    limits = {"open": most.bookings_open, "month": most.bookings_month}
    since = clock.at(clock.day_of(now).replace(day=1))
    own = [(local(at), state, because) for at, state, because in await queries.own_times(person, since)]
    wanted = local(starts_at) if starts_at else None
    which = limit_rules.beyond(own, wanted, local(now), limits["open"], limits["month"])
    if not which:
        return ""
    reason = over_limit.strip()[:REASON]
    to_staff = actor.id != person.id and actor.is_staff
    if to_staff and reason:
        return reason
    ways = [(_("看我的预约"), "desk"), (_("请你们打电话给我"), "book:triage")]
    raise BeyondLimit(which, limits[which], [] if to_staff else ways, to_staff=to_staff)
