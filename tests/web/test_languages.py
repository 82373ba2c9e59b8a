"""A reader's own language, whole or only begun, on every page, device and message."""

import gettext
import hashlib
import re
from pathlib import Path

import pytest
from lxml import html

from app import app
from portal import delivery, languages
from portal.languages import _, n_
from portal.notices import Notice
from portal.people import consents
from portal.people.models import Person
from portal.web import wording
from tests import make
from tests.forms_browser import Browser

BEGUN = [language for language in languages.LANGUAGES.values() if language.is_started]
FOLDERS = sorted(
    folder for folder in Path(languages.__file__).parent.iterdir() if (folder / "face.po").exists()
)


async def speaking_browser(language: str) -> Browser:
    """A stranger's browser that has asked for a language."""
    browser = Browser(app)
    await browser.post("/preferences", {"language": language})
    return browser


def test_every_folder_of_catalogues_is_listed_under_its_own_name():
    assert set(languages.LANGUAGES) == {"zh", *(folder.name for folder in FOLDERS)}
    assert [language.name for language in languages.LANGUAGES.values()] == ["中文", "བོད་ཡིག", "English"]
    assert languages.WHOLE == ("zh", "en")


async def test_every_language_is_offered_in_itself_without_script_and_one_begun_says_so(database):
    page = await Browser(app).get("/")
    offered = page.all('//button[@name="language"]')
    assert [(one.get("value"), one.get("lang")) for one in offered] == [
        (language.code, language.tag) for language in languages.LANGUAGES.values()
    ]
    assert page.has("试用，待母语者校对")
    assert [one.get("value") for one in offered if one.get("aria-current")] == ["zh"]


@pytest.mark.parametrize("language", BEGUN, ids=lambda one: one.code)
async def test_a_language_that_has_begun_says_what_it_can_and_marks_which_words_are_its_own(
    database, language
):
    page = await (await speaking_browser(language.code)).get("/")
    assert page.all("/html/@lang") == ["zh-CN"] and page.has("还没有请母语者校对")
    assert {"ནང་འཛུལ།", "ཉེན་ཁ་འཕྲད་ན།"} <= {
        span.text_content() for span in page.all(f'//span[@lang="{language.tag}"]')
    }
    for word in page.all(f'//body//text()[not(ancestor::*[@lang="{language.tag}"])]'):
        assert not any("\u0f00" <= sign <= "\u0fff" for sign in word), word


def test_its_own_words_are_marked_in_text_and_never_inside_a_tag():
    tibetan = languages.LANGUAGES["bo"]
    page = '<title>མིང</title><p title="མིང">名 མིང་ དང་ མིང 二</p><option>མིང</option>'
    marked = wording.in_its_own_letters(page, tibetan)
    assert marked.count('<span lang="bo">') == 1
    assert html.fragment_fromstring(f"<div>{marked}</div>").xpath("string(//span)") == "མིང་ དང་ མིང"
    assert wording.in_its_own_letters(page, languages.LANGUAGES["en"]) == page


def test_what_a_begun_language_lacks_is_said_in_chinese():
    with languages.speaking("bo"):
        assert _("登录") == "ནང་འཛུལ།" and _("谁也没有译过的一句") == "谁也没有译过的一句"
        assert n_("余 %(num)s 位", "余 %(num)s 位", 3) == "余 %(num)s 位"


@pytest.mark.parametrize(("n", "said"), [(0, "第三"), (1, "第一"), (2, "第二"), (5, "第三")])
def test_a_count_takes_the_form_its_language_asks_for(monkeypatch, n, said):
    rule = gettext.c2py("n == 1 ? 0 : n == 2 ? 1 : 2")
    monkeypatch.setattr(languages, "_plural", lambda language: rule)
    monkeypatch.setattr(languages, "catalogue", lambda language: {"件": ("第一", "第二", "第三")})
    with languages.speaking("en"):
        assert n_("件", "件", n) == said


def test_nothing_asks_whether_it_is_chinese_so_a_begun_language_gets_the_chinese_form():
    """Dates, money and lists have a Chinese form and an English one; whatever is not English takes the Chinese."""
    asked = re.compile(r"""(?:current|language)\(\) [!=]= (?:"zh"|languages\.SOURCE)""")
    root = Path(languages.__file__).parents[2]
    files = [*root.glob("portal/**/*.py"), *root.glob("templates/**/*.html")]
    assert [str(file) for file in files if asked.search(file.read_text("utf-8"))] == []


async def test_a_persons_language_goes_with_them_to_another_device_and_into_their_messages(cast):
    first = await make.sign_in(await speaking_browser("zh"), cast.mei)
    await first.post("/preferences", {"language": "en"})
    assert (await Person.get(id=cast.mei.id)).language == "en"

    second = Browser(app)
    page = await second.get("/sign-in")
    await page.press("发验证码", phone=cast.mei.phone)
    code = (await make.last_notice(cast.mei.phone)).read_values()["code"]
    page = await (await second.get("/sign-in/code")).press("登录", code=code)
    assert page.all("/html/@lang") == ["en"]


async def test_a_letter_is_in_one_language_or_another(cast):
    for language, said in (("en", "your code is"), ("zh", "验证码"), ("bo", "验证码"), ("xx", "验证码")):
        notice = Notice(kind="people/code", language=language, values='{"code": "123456", "minutes": 5}')
        assert said in delivery.text_of(notice).lower(), language


def test_a_language_that_has_begun_asks_nobody_to_agree_again():
    for purpose in consents.Purpose:
        words = b""
        for language in ("zh", "en"):
            with languages.speaking(language):
                words += consents.text(purpose).encode() + b"\0"
        assert consents.version(purpose) == hashlib.sha256(words).hexdigest()[:8]
