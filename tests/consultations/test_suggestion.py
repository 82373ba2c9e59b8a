"""What somebody's own words show: dangers at once and to staff too, a likely topic with its reasons, and never a decision."""

import re

import pytest
from starlette.datastructures import ImmutableMultiDict

from app import app
from portal.consultations import forms, rules
from portal.consultations.intake import Intake
from portal.consultations.models import Danger
from portal.law import hotlines
from portal.law.triage import Sign
from portal.web.forms import Form
from tests.forms_browser import Browser, Page


async def told(words: str, topic: str = "other", **more: str) -> Page:
    """The page after the story."""
    browser = Browser(app)
    page = await browser.get(f"/book/story?topic={topic}")
    return await page.form("/book/story").fill(words=words, **more).submit()


async def test_who_does_not_know_the_kind_is_helped_to_name_it_with_the_words_that_say_so(cast):
    page = await told("去年借给他两万，只有借条，一直不还")
    assert page.path == "/book/suggestion" and page.has("借钱还钱", "“借条”")
    page = await page.press("借钱还钱")
    assert page.path == "/book/times" and "topic=debt" in page.url


async def test_none_of_them_is_an_answer_too(cast):
    page = await (await told("去年借给他两万，只有借条，一直不还")).press("都不像，让律师来分")
    assert page.path == "/book/times" and "topic=other" in page.url


async def test_who_chose_a_kind_is_not_asked_again(cast):
    page = await told("去年借给他两万，只有借条，一直不还", "labour")
    assert page.path == "/book/times" and "topic=labour" in page.url


@pytest.mark.parametrize(
    ("words", "says", "first"),
    [
        ("老公喝酒就打我，我很怕", "家里有人动手", "110"),
        ("被骗了钱，真的不想活了", "有人不想活了", "110"),
        ("收到法院传票该怎么办", "可能有期限快到了", "12348"),
        ("客服说先交保证金才能放款，是真的吗", "可能正在被骗", "96110"),
    ],
)
async def test_danger_in_the_words_is_answered_before_anything_else(cast, words, says, first):
    page = await told(words, "contract")
    assert page.path == "/book/safety" and page.has(says)
    numbers = re.findall(r"\d{3,5}", page.text.partition("现在就可以打这些电话")[2])
    assert numbers[0] == first


async def test_a_mere_deadline_does_not_frighten_with_safety(cast):
    assert (await told("收到法院传票该怎么办", "debt")).has("这件事可能很急")
    assert (await told("老公打我", "debt")).has("先保证安全")


async def test_who_writes_of_violence_at_home_is_offered_a_passphrase_without_ticking_anything(cast):
    assert (await told("老公打我，我想离婚", "marriage_family")).has("可以设一个口令")
    assert not (await told("收到法院传票该怎么办", "debt")).has("可以设一个口令")


def test_words_make_a_booking_urgent_for_staff_too():
    assert Intake(words="老公喝酒就打我").is_urgent and not Intake(words="想问问怎么写借条").is_urgent


async def test_the_page_of_help_is_never_empty(cast):
    page = await Browser(app).get("/book/safety")
    assert {"tel:110", "tel:12338", "tel:120"} <= set(page.all("//main//a/@href"))


def test_what_was_ticked_is_not_outweighed_by_a_milder_sign():
    assert rules.help_for([Danger.VIOLENCE], [Sign.DEADLINE])[0] == hotlines.POLICE
    assert rules.help_for([Danger.DEADLINE], [Sign.DOMESTIC_VIOLENCE])[0] == hotlines.POLICE
    assert rules.help_for([Danger.DEADLINE], [Sign.DEADLINE])[0] == hotlines.LEGAL_SERVICE


def test_for_a_child_somebody_grown_agrees_or_nothing_is_written_down():
    told = {"for_child": "1", "guardian": "梅秀英", "relation": "奶奶"}
    form = Form(ImmutableMultiDict(told))
    forms.guardian(form)
    assert set(form.errors) == {"guardian_agrees"}
    assert forms.guardian(Form(ImmutableMultiDict({**told, "guardian_agrees": "1"}))) == "梅秀英（奶奶）"
    assert forms.guardian(Form(ImmutableMultiDict({"guardian": "梅秀英"}))) is None


@pytest.mark.parametrize("sign", list(Sign))
def test_every_danger_has_a_number_that_answers(sign):
    shown = rules.help_for([], [sign])
    assert {hotlines.POLICE, hotlines.WOMEN, hotlines.AMBULANCE} <= set(shown)
    assert shown[0] == (hotlines.POLICE if sign in rules.AT_RISK else rules.FIRST_FOR[sign])


async def test_the_page_without_a_story_leads_to_one(cast):
    page = await Browser(app).get("/book/suggestion")
    assert page.status == 200 and page.has("去写几句")


async def test_a_kind_that_does_not_exist_is_left_to_the_lawyer(cast):
    page = await Browser(app).post("/book/suggestion", {"topic": "nonsense"})
    assert page.status == 303 and "topic=other" in page.location
