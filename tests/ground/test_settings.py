"""A wrong setting stops the start with a sentence that says what to write."""

import pytest

from portal import database, settings
from portal.settings import BadSetting

GOOD = {"PORTAL_SECRET": "x" * 32}


def test_with_a_secret_the_rest_has_sensible_values():
    read = settings.read(GOOD)
    assert read.database_url.startswith("sqlite:///") and read.mornings == 10 and not read.demo


def test_the_data_folder_may_be_called_anything(tmp_path):
    folder = tmp_path / "50% of #1? 诊所"
    url = settings.read({**GOOD, "PORTAL_DATA": str(folder)}).database_url
    assert database.file(url) == folder / "portal.sqlite3"
    assert database.config(url)["connections"]["default"]["credentials"] == {
        "file_path": str(folder / "portal.sqlite3")
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORTAL_SECRET", "short", "PORTAL_SECRET"),
        ("PORTAL_SECRET", "", "PORTAL_SECRET"),
        ("PORTAL_MORNINGS", "ten", "PORTAL_MORNINGS"),
        ("PORTAL_MORNINGS", "0", "above 0"),
        ("PORTAL_MORNINGS", "1_0", "PORTAL_MORNINGS"),
        ("PORTAL_MORNINGS", "٣", "PORTAL_MORNINGS"),
        ("PORTAL_DEMO", "yes", "1 (yes) or 0 (no)"),
        ("PORTAL_DATABASE", "mysql://x", "sqlite:/// or postgres://"),
        ("PORTAL_SITE", "clinic.example.org", "https://"),
        ("PORTAL_SITE", "https://clinic.example.org/", "without a slash"),
        ("PORTAL_SITE", "https://", "PORTAL_SITE"),
        ("PORTAL_SITE", "http://[::1", "PORTAL_SITE"),
        ("PORTAL_SITE", "https://clinic.example.org:port", "PORTAL_SITE"),
        ("PORTAL_SITE", "https://clinic.example.org?a=b", "PORTAL_SITE"),
        ("PORTAL_MORNINGS", "41", "at most 40"),
        ("PORTAL_QUORUM_PERCENT", "101", "from 1 to 100"),
        ("PORTAL_SMS_URL", "ftp://x", "PORTAL_SMS_URL"),
        ("PORTAL_SMS_URL", "https://[::1", "PORTAL_SMS_URL"),
        ("PORTAL_SMS_URL", "https://sms.example.org/send", "PORTAL_SMS_SECRET"),
    ],
)
def test_a_bad_value_is_refused_in_plain_words(name, value, says):
    with pytest.raises(BadSetting, match=says.replace("(", r"\(").replace(")", r"\)")):
        settings.read({**GOOD, name: value})


def test_only_a_demonstration_does_without_a_secret():
    assert settings.read({"PORTAL_DEMO": "1"}).demo
    with pytest.raises(BadSetting):
        settings.read({})


def test_secrets_are_not_printed():
    assert "xxxx" not in repr(settings.read(GOOD))
