"""Deadlines: counted by the Code, carried by days off, and open about what is not yet published."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.languages import speaking
from portal.law import periods
from portal.law.days import Calendar, seed_rows
from portal.law.periods import Nature, Unit, deadline, last_day, period

KNOWN = Calendar.of(seed_rows(2024) + seed_rows(2025) + seed_rows(2026) + seed_rows(2027))

VECTORS = [
    ("2026-01-15", 30, Unit.DAY, "2026-02-14", "2026-02-14"),  # a Saturday worked: not moved
    ("2026-01-20", 30, Unit.DAY, "2026-02-19", "2026-02-24"),
    ("2026-09-01", 30, Unit.DAY, "2026-10-01", "2026-10-08"),
    ("2026-08-21", 30, Unit.DAY, "2026-09-20", "2026-09-20"),  # a Sunday worked
    ("2025-10-03", 1, Unit.YEAR, "2026-10-03", "2026-10-08"),
    ("2023-05-31", 3, Unit.YEAR, "2026-05-31", "2026-06-01"),
    ("2024-02-29", 3, Unit.YEAR, "2027-02-28", "2027-03-01"),  # the year is not published
    ("2025-08-31", 6, Unit.MONTH, "2026-02-28", "2026-02-28"),  # a Saturday worked
    ("2026-04-20", 15, Unit.DAY, "2026-05-05", "2026-05-06"),
    ("2026-02-13", 3, Unit.WORKDAY, "2026-02-25", "2026-02-25"),
    ("2026-09-30", 5, Unit.WORKDAY, "2026-10-13", "2026-10-13"),
]


@pytest.mark.parametrize(("start", "length", "unit", "raw", "rolled"), VECTORS)
def test_known_deadlines(start, length, unit, raw, rolled):
    end = deadline(date.fromisoformat(start), length, unit, KNOWN)
    assert (end.raw.isoformat(), end.rolled.isoformat()) == (raw, rolled)
    assert end.provisional is (end.rolled.year == 2027)
    assert end.is_moved is (raw != rolled)


@pytest.mark.parametrize(
    ("start", "length", "unit", "end"),
    [
        ("2024-01-31", 1, Unit.MONTH, "2024-02-29"),
        ("2025-01-31", 1, Unit.MONTH, "2025-02-28"),
        ("2025-03-31", 1, Unit.MONTH, "2025-04-30"),
        ("2025-11-30", 3, Unit.MONTH, "2026-02-28"),
        ("2025-12-31", 2, Unit.MONTH, "2026-02-28"),
        ("2024-02-29", 1, Unit.YEAR, "2025-02-28"),
        ("2024-02-29", 4, Unit.YEAR, "2028-02-29"),
        ("2025-02-28", 1, Unit.MONTH, "2025-03-28"),
        ("2025-06-15", 20, Unit.YEAR, "2045-06-15"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(start, length, unit, end):
    assert last_day(date.fromisoformat(start), length, unit) == date.fromisoformat(end)


@pytest.mark.parametrize("length", [0, -1, 10**9])
@pytest.mark.parametrize("unit", list(Unit))
def test_lengths_beyond_sense_are_refused(length, unit):
    with pytest.raises(ValueError):
        last_day(date(2026, 1, 1), length, unit)


@pytest.mark.parametrize("unit", list(Unit))
def test_the_end_of_time_is_a_refusal_too(unit):
    with pytest.raises(ValueError, match="日期"):
        last_day(date(9999, 12, 31), 3, unit)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 240))
def test_twelve_months_are_a_year_and_the_day_never_grows(start, months):
    end = last_day(start, months, Unit.MONTH)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day
    if months % 12 == 0:
        assert end == last_day(start, months // 12, Unit.YEAR)


@given(st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(1, 200), st.sampled_from(list(Unit)[:3]))
def test_the_latest_day_is_a_working_day_not_before_the_safe_one(start, length, unit):
    end = deadline(start, min(length, 6) if unit is Unit.MONTH else length, unit, KNOWN)
    assert start < end.raw <= end.rolled
    assert KNOWN.is_workday(end.rolled)


def test_days_left_are_counted_to_the_safe_day():
    end = deadline(date(2026, 9, 1), 30, Unit.DAY, KNOWN)
    assert end.days_left(date(2026, 9, 30)) == 1
    assert end.days_left(date(2026, 10, 2)) == -1


def test_a_deadline_that_crosses_into_an_unpublished_year_says_so():
    assert not deadline(date(2026, 11, 1), 30, Unit.DAY, KNOWN).provisional
    assert deadline(date(2026, 12, 2), 30, Unit.DAY, KNOWN).provisional  # 1 January 2027
    assert deadline(date(2026, 12, 20), 20, Unit.WORKDAY, KNOWN).provisional
    assert deadline(date(2026, 9, 1), 30, Unit.DAY, Calendar()).provisional
    assert deadline(
        date(2023, 12, 20), 20, Unit.WORKDAY, KNOWN
    ).provisional  # counted through an unknown December


CORE = {
    "lim_general": (3, Unit.YEAR, Nature.LIMITATION),
    "lim_max": (20, Unit.YEAR, Nature.MAXIMUM),
    "labour_arb": (1, Unit.YEAR, Nature.LIMITATION),
    "labour_sue": (15, Unit.DAY, Nature.PRECLUSIVE),
    "injury_employer": (30, Unit.DAY, Nature.ADMINISTRATIVE),
    "injury_worker": (1, Unit.YEAR, Nature.ADMINISTRATIVE),
    "med_confirm": (30, Unit.DAY, Nature.PRECLUSIVE),
    "enforce": (2, Unit.YEAR, Nature.LIMITATION),
    "appeal_judg": (15, Unit.DAY, Nature.PRECLUSIVE),
    "appeal_ruling": (10, Unit.DAY, Nature.PRECLUSIVE),
    "retrial": (6, Unit.MONTH, Nature.PRECLUSIVE),
    "admin_recon": (60, Unit.DAY, Nature.PRECLUSIVE),
    "admin_sue": (6, Unit.MONTH, Nature.PRECLUSIVE),
    "guarantee": (6, Unit.MONTH, Nature.PRECLUSIVE),
    "revoke_mistake": (90, Unit.DAY, Nature.PRECLUSIVE),
    "cooling1": (30, Unit.DAY, Nature.PROCEDURAL),
    "legacy": (60, Unit.DAY, Nature.PRECLUSIVE),
    "open_information": (20, Unit.WORKDAY, Nature.ADMINISTRATIVE),
    "arb_setaside": (3, Unit.MONTH, Nature.PRECLUSIVE),
    "inherit_waive": (None, None, Nature.PRECLUSIVE),
}


@pytest.mark.parametrize(("key", "expected"), CORE.items())
def test_core_periods_are_as_the_law_has_them(key, expected):
    found = period(key)
    assert (found.length, found.unit, found.nature) == expected


def test_every_period_is_complete_in_both_languages():
    assert len(periods.PERIODS) == 56
    for found in periods.PERIODS.values():
        for title in (found.name, found.law, found.starts):
            assert title.zh and title.en, found.key
        assert bool(found.note.zh) is bool(found.note.en), found.key
        assert (found.length is None) is (found.unit is None), found.key
        assert found.basis.startswith("《")
        with speaking("en"):
            assert found.basis.isascii(), found.basis
            assert str(found.nature.label).isascii()
            assert str(found.span).isascii()


def test_only_limitation_is_interrupted():
    for found in periods.PERIODS.values():
        if found.interrupts:
            assert found.nature is Nature.LIMITATION, found.key


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("lim_general", "《民法典》第188条第2款", "Civil Code, art. 188, para. 2"),
        ("divorce_resue", "《民事诉讼法》第127条第7项", "Civil Procedure Law, art. 127, item 7"),
        ("enforce", "《民事诉讼法》第250条", "Civil Procedure Law, art. 250"),
    ],
)
def test_the_legal_basis_reads_as_a_citation(key, zh, en):
    assert period(key).basis == zh
    with speaking("en"):
        assert period(key).basis == en


def test_lengths_read_well():
    assert str(period("lim_general").span) == "3年"
    assert str(period("inherit_waive").span) == ""
    with speaking("en"):
        assert str(period("labour_arb").span) == "1 year"
        assert str(period("open_information").span) == "20 working days"


def test_a_notice_is_counted_back_and_a_bar_is_not_moved():
    notice = period("prop_dismiss").deadline(date(2026, 12, 31), KNOWN)
    assert notice.raw == notice.rolled == date(2026, 11, 1)
    bar = period("divorce_resue").deadline(date(2026, 4, 1), KNOWN)
    assert bar.raw == bar.rolled == date(2026, 10, 1)
    assert period("inherit_waive").deadline(date(2026, 4, 1), KNOWN) is None
    assert period("med_confirm").deadline(date(2026, 9, 1), KNOWN).rolled == date(2026, 10, 8)


def test_an_unknown_period_is_a_refusal():
    with pytest.raises(ValueError):
        period("nothing")
