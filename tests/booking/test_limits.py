"""How many appointments one person may have: what counts, in whose month, and who may give somebody more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal import clock, settings
from portal.booking import limit_rules
from portal.booking.actions import allowance
from portal.booking.models import State
from tests import make

pytestmark = pytest.mark.anyio


def test_a_month_is_one_of_chinas_clock_and_of_its_own_year():
    """Half past midnight on the first of December in China is still November in Greenwich."""
    now = allowance.local(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    assert (now.month, now.day, now.hour) == (12, 1, 0)
    gone = [(now.replace(year=2025), State.DONE, "")]
    assert limit_rules.beyond(gone, now, now, 2, 1) == ""
    assert limit_rules.beyond([(now, State.DONE, "")], now, now, 2, 1) == "month"


async def test_only_staff_give_more_only_to_others_and_only_beyond_a_limit_is_the_reason_kept(cast):
    with clock.standing_at(clock.at(datetime(2026, 11, 23).date(), 8 * 60 + 30)):
        now, times = clock.now(), (await make.duty(cast.chen)).made
        wanted, why = times[5].starts_at, "明天要开庭"
        await make.appointment(cast.mei, times[0])
        assert await allowance.within(cast.mei, wanted, now, cast.fang, why) == ""
        assert await allowance.refusal(cast.mei, wanted, now) is None
        for slot, who in ((times[1], cast.mei), (times[2], cast.fang), (times[3], cast.fang)):
            await make.appointment(who, slot)
        assert await allowance.within(cast.mei, wanted, now, cast.fang, f" {why} ") == why
        for whose, actor, reason in (
            (cast.mei, cast.tao, why),
            (cast.fang, cast.fang, why),
            (cast.mei, cast.fang, " "),
        ):
            with pytest.raises(allowance.BeyondLimit) as refused:
                await allowance.within(whose, wanted, now, actor, reason)
            assert refused.value.which == "open"
        told = await allowance.refusal(cast.mei, wanted, now)
        assert told and told.which == "open" and told.title


async def test_what_was_cancelled_counts_for_no_month(cast):
    slots = (await make.duty(cast.chen)).made
    before = settings.use(replace(settings.current(), bookings_month=1))
    try:
        await make.appointment(cast.mei, slots[0], state=State.CANCELLED)
        assert await allowance.within(cast.mei, slots[1].starts_at, clock.now(), cast.mei) == ""
        await make.appointment(cast.mei, slots[1], state=State.MISSED)
        with pytest.raises(allowance.BeyondLimit):
            await allowance.within(cast.mei, slots[1].starts_at, clock.now(), cast.mei)
    finally:
        settings.use(before)
