"""China's clock and the reader's language, wherever the server stands and whatever the browser says."""

import os
import time
from datetime import UTC, date, datetime

import pytest

from portal import clock, languages
from portal.languages import lazy_
from portal.web import wording


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Shanghai"])
def somewhere(request, monkeypatch):
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    assert os.environ.get("TZ") != "America/New_York"


def test_a_moment_is_said_on_chinas_clock_wherever_the_server_stands(somewhere):
    at = datetime(2026, 12, 15, 1, 30, tzinfo=UTC)
    with clock.standing_at(datetime(2026, 11, 23, tzinfo=UTC)):
        assert wording.moment(at) == "12月15日 周二 上午9:30"
        with languages.speaking("en"):
            assert wording.moment(at) == "Tue 15 Dec, 9:30 am"
        assert wording.day(date(2027, 1, 4)) == "2027年1月4日 周一"


def test_the_day_changes_at_midnight_in_china():
    with clock.standing_at(datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)
    assert clock.span(date(2026, 12, 15))[0] == datetime(2026, 12, 14, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "accepted", "chosen"),
    [
        ("en", "zh-CN", "en"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr,en;q=0.5,zh;q=0.8", "zh"),
        (None, "bo,fr", "zh"),  # only begun: given to whoever asks for it
        ("bo", "zh-CN", "bo"),
        (None, "en;q=0,fr", "zh"),
        (None, "EN-us;q=0.9,zh;q=0.8", "en"),
        (None, "", "zh"),
        ("klingon", "en", "en"),
        (None, "en;q=banana,zh;q=0.9", "en"),
        (None, "," * 5000, "zh"),
    ],
)
def test_the_language_is_the_persons_then_the_browsers_then_chinese(wanted, accepted, chosen):
    assert languages.choose(wanted, accepted) == chosen


def test_a_lazy_sentence_is_said_in_the_language_of_the_moment():
    label = lazy_("单元长")
    assert str(label) == "单元长"
    with languages.speaking("en"):
        assert str(label) != "单元长"
    assert str(label) == "单元长"
