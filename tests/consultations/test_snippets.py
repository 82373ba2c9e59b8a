"""Paragraphs come into a 处方 by the lawyer's hand, and two windows never overwrite each other."""

import asyncio

import pytest

from app import app
from portal import clock
from portal.consultations import rules
from portal.consultations.actions import prescriptions
from portal.consultations.actions import snippets as snippet_actions
from portal.consultations.actions.prescriptions import Overtaken
from portal.consultations.models import Consultation, Prescription, Snippet
from portal.consultations.queries import snippets as snippet_queries
from portal.consultations.rules import Advice, snippets
from portal.errors import Conflict
from portal.law import paragraphs
from portal.law.topics import Topic
from tests import make
from tests.forms_browser import Browser


@pytest.fixture
async def writing(cast, meeting):
    """Chen at the editor, at the time of the meeting."""
    with clock.standing_at(meeting.at):
        chen = await make.sign_in(Browser(app), cast.chen.person)
        page = await chen.get(f"/consultations/{meeting.consultation.number}")
        yield await page.press("开始咨询")


def test_every_topic_has_a_first_set_that_fits_its_part():
    for topic in Topic:
        found = paragraphs.of(topic)
        assert {one.part for one in found} >= {"steps", "risks"} or topic == Topic.CRIMINAL_ADMIN, topic
        assert {one.part for one in found} <= set(snippets.PARTS)
    assert all(len(one.words) <= snippets.MOST for one in paragraphs.shipped())
    assert len({one.words for one in paragraphs.shipped()}) == len(paragraphs.shipped())


async def test_a_chosen_paragraph_goes_to_the_end_of_its_part_and_nothing_by_itself(cast, writing):
    form = writing.form("/prescription")
    assert form["steps"] == ""
    offered = next(one for one in paragraphs.of("debt") if one.part == "steps")
    form = form.fill(**{"steps": "先找证人", "take-steps": offered.key})
    page = await form.submit("放进“五、建议怎么办”")
    assert page.path.endswith("/prescription") and page.status == 200
    assert page.form("/prescription")["steps"] == f"先找证人\n{offered.words}"


async def test_a_lawyers_own_is_theirs_and_the_leads_is_for_all(cast, writing, meeting):
    chen = writing.browser
    page = await chen.get("/snippets?topic=debt")
    page = await page.form("/snippets").fill(part="law", words="陈律师的段落").submit()
    assert page.has("陈律师的段落")
    guo = await make.sign_in(Browser(app), cast.guo)
    page = (
        await (await guo.get("/snippets?topic=debt"))
        .form("/snippets")
        .fill(part="law", words="负责人的段落")
        .submit()
    )
    assert not page.has("陈律师的段落")
    page = await chen.get(f"/consultations/{meeting.consultation.number}/prescription")
    assert page.has("陈律师的段落", "负责人的段落")
    leads = await Snippet.get(words="负责人的段落")
    assert (await chen.post(f"/snippets/{leads.id}", {"words": "改负责人的"})).status == 404
    mine = await Snippet.get(words="陈律师的段落")
    page = await chen.get("/snippets?topic=debt")
    assert (await page.form(f"/{mine.id}").fill(words="").submit()).status == 422
    page = await page.form(f"/{mine.id}").fill(words="改过的段落").submit()
    assert page.has("改过的段落", "负责人写的")
    page = await page.press("删掉")
    assert not page.has("改过的段落")
    fang = await make.sign_in(Browser(app), cast.fang)
    assert (await fang.get("/snippets")).status == 404


async def test_offered_are_ones_own_and_the_leads_of_here_of_this_topic_until_there_are_too_many(
    cast, monkeypatch
):
    chen = cast.chen.person
    for who, topic in ((cast.guo, "debt"), (chen, "debt"), (cast.other.pan, "debt"), (chen, "labour")):
        await snippet_actions.write(who, topic, "law", f"{who.name}{topic}")
    offered = [one.words for one in await snippet_queries.kept(chen, "debt")]
    assert offered == [f"{chen.name}debt", f"{cast.guo.name}debt"], "their own first"
    monkeypatch.setattr(snippet_actions, "MOST_KEPT", 2)
    with pytest.raises(Conflict):
        await snippet_actions.write(chen, "debt", "law", "再来一段")


# -- two windows ---------------------------------------------------------------------------------------------------------

FILLED = {"facts": "借钱", "questions": "怎么办", "steps": "先催告"}


async def test_the_second_window_sees_both_texts_and_nothing_is_lost(cast, writing):
    chen, address = writing.browser, writing.path
    await writing.form("/prescription").fill(**FILLED).submit("只存草稿")
    one, two = [await chen.get(address) for _n in range(2)]
    await one.form("/prescription").fill(steps="第一个窗口写的").submit("只存草稿")
    page = await two.form("/prescription").fill(steps="第二个窗口写的", risks="只有这边有").submit("只存草稿")
    assert page.status == 409 and page.has("第一个窗口写的", "第二个窗口写的", "只有这边有")
    assert (await Prescription.get()).steps == "第一个窗口写的"
    assert page.form("/prescription")["steps"] == "第二个窗口写的"
    page = await page.form("/prescription").fill(steps="两边并在一起").submit("只存草稿")
    assert page.status == 200
    kept = await Prescription.get()
    assert (kept.steps, kept.risks) == ("两边并在一起", "只有这边有")


async def test_the_same_text_from_two_windows_is_no_quarrel(cast, writing):
    chen, address = writing.browser, writing.path
    one, two = [await chen.get(address) for _n in range(2)]
    for window in (one, two):
        page = await window.form("/prescription").fill(**FILLED).submit("只存草稿")
        assert page.status == 200


async def test_of_two_who_save_at_once_one_is_told(cast, meeting):
    with clock.standing_at(meeting.at):
        asked = await Consultation.get(id=meeting.consultation.id).select_related("appointment__lawyer")
        draft = await prescriptions.save(cast.chen.person, asked, Advice(**FILLED))
        seen = rules.text_hash(draft)

        async def save(text: str):
            mine = await Consultation.get(id=asked.id).select_related("appointment__lawyer")
            return await prescriptions.save(cast.chen.person, mine, Advice(**FILLED, risks=text), seen)

        done = await asyncio.gather(save("甲"), save("乙"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == sorted(["Prescription", Overtaken.__name__])
