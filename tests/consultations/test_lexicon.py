"""The lead changes the word list: at once, everywhere, with who and what before, and never silently where there is danger."""

import pytest

from app import app
from portal import journal
from portal.booking import drafts
from portal.consultations import actions, lexicon
from portal.consultations.actions import lexicon as lexicon_actions
from portal.consultations.intake import Intake
from portal.consultations.models import Clue, Consultation
from portal.consultations.rules import lexicon as lexicon_rules
from portal.errors import Forbidden
from portal.law import triage
from portal.law.topics import Topic
from portal.law.triage import Sign
from portal.people.consents import BOOKING
from tests import make
from tests.forms_browser import Browser


async def browser_of(who) -> Browser:
    return await make.sign_in(Browser(app), getattr(who, "person", who))


async def guessed(words: str) -> list[str]:
    found = triage.suggest(words, await lexicon.current()).topics
    return [guess.topic.value for guess in found if guess.words]


async def test_a_word_that_is_added_counts_at_once_and_an_unchanged_list_is_the_shipped_one(cast):
    assert await lexicon.current() == triage.shipped()
    assert await guessed("我家的锦鲤池") == []
    guo = await browser_of(cast.guo)
    page = await guo.get("/lexicon")
    page = (
        await page.form("/lexicon", contains="为什么改")
        .fill(word="锦鲤池", about="neighbours", weight=5)
        .submit()
    )
    assert page.has("马上生效", "锦鲤池", "郭领") and await guessed("我家的锦鲤池") == ["neighbours"]
    again = Browser(app)
    page = await again.get("/book/story?topic=other")
    await page.form("/book/story").fill(words="我家的锦鲤池", contact_by="sms").submit()
    assert (await again.get("/book/suggestion")).has("锦鲤池")


async def test_who_set_what_before_stays_with_the_word_and_in_the_journal(cast):
    clue = await lexicon_actions.weigh(cast.guo, "借条", "debt", 2)
    await lexicon_actions.weigh(cast.guo, "借条", "debt", 0)
    clue = await Clue.get(id=clue.id)
    assert [(one["was"], one["weight"], one["by"]) for one in clue.former] == [
        (5.0, 2, str(cast.guo.id)),
        (2, 0, str(cast.guo.id)),
    ]
    told = [
        (entry["verb"], entry["detail"]["was"], entry["detail"]["now"]) for entry in await journal.of(clue)
    ]
    assert told == [("weigh", 5.0, 2), ("weigh", 2, 0)]
    assert "借条" not in str(await journal.of(clue))


async def test_a_shipped_danger_is_silenced_only_with_a_reason_and_a_new_one_is_heard(cast):
    guo = await browser_of(cast.guo)
    sent = {"word": "家暴", "about": "domestic_violence", "weight": "0"}
    page = await guo.post("/lexicon", sent)
    assert page.status == 422 and page.has("要写明原因") and await Clue.all().count() == 0
    with pytest.raises(Forbidden):
        await lexicon_actions.weigh(cast.guo, "家暴", "domestic_violence", 0)
    page = await guo.post("/lexicon", {**sent, "reason": "试着停一停看看"}, follow=True)
    assert page.has("停用", "试着停一停看看")
    assert Sign.DOMESTIC_VIOLENCE not in triage.suggest("家暴", await lexicon.current()).signs
    await lexicon_actions.weigh(cast.guo, "家暴", "domestic_violence", 1)
    await lexicon_actions.weigh(cast.guo, "把我…锁", "domestic_violence", 1)
    assert Sign.DOMESTIC_VIOLENCE in triage.suggest("他把我一直锁着", await lexicon.current()).signs


async def test_a_new_danger_makes_what_is_asked_urgent(cast):
    await lexicon_actions.weigh(cast.guo, "喊打喊杀", "violence_threat", 1)
    await drafts.keep("b", topic="other")
    made = await actions.leave(cast.mei, "b", Intake(topic="other", words="他天天喊打喊杀"), BOOKING)
    assert (await Consultation.get(id=made.id)).is_urgent


async def test_the_box_says_which_words_led_to_what_and_keeps_nothing(cast):
    fang = await browser_of(cast.fang)
    page = await fang.get("/lexicon")
    page = await page.form("/lexicon/trial").fill(question="老公喝酒就打我，想离婚").submit()
    assert page.has("猜的结果", str(Topic.MARRIAGE_FAMILY.label), "“离婚”", str(Sign.DOMESTIC_VIOLENCE.label))
    assert (await fang.post("/lexicon/trial", {"question": ""})).status == 422
    assert not [entry for entry in await journal.Entry.all() if entry.kind == "clue"]


async def test_only_the_lead_changes_it_and_dispatchers_read_it(cast):
    sent = {"word": "锦鲤池", "about": "neighbours", "weight": "5"}
    fang = await browser_of(cast.fang)
    assert (await fang.get("/lexicon")).status == 200 and not (await fang.get("/lexicon")).has("为什么改")
    for who in (cast.fang, cast.he, cast.chen, cast.mei, cast.xu, cast.kong, cast.jiang):
        assert (await (await browser_of(who)).post("/lexicon", sent)).status in (403, 404)
    for who in (cast.he, cast.chen, cast.mei, cast.kong):
        assert (await (await browser_of(who)).get("/lexicon")).status in (403, 404)
    assert await Clue.all().count() == 0


@pytest.mark.parametrize(
    ("word", "about"),
    [
        ("两 个", "debt"),
        ("", "debt"),
        ("长" * 41, "debt"),
        ("打", "domestic_violence"),
        ("…打", "domestic_violence"),
        ("一…二…三…四", "domestic_violence"),
        ("借…条", "debt"),
        ("借条", "nonsense"),
    ],
)
async def test_what_is_no_word_is_refused_beside_its_field(cast, word, about):
    guo = await browser_of(cast.guo)
    page = await guo.post("/lexicon", {"word": word, "about": about, "weight": "3"})
    assert page.status == 422 and page.errors() and await Clue.all().count() == 0
    assert (await guo.post("/lexicon", {"word": "好词", "about": "debt", "weight": "11"})).status == 422


def test_a_word_is_kept_in_one_spelling():
    assert lexicon_rules.read(" ＡＢ ", "labour") == "ab"
    assert lexicon_rules.read("老公...打", "domestic_violence") == "老公…打"


async def test_the_list_is_found_by_word_by_what_it_speaks_of_and_by_what_was_changed(cast):
    await lexicon_actions.weigh(cast.guo, "借条", "debt", 0)
    guo = await browser_of(cast.guo)
    page = await guo.get("/lexicon?q=借条&of=debt")
    assert page.has("停用") and page.form("/lexicon", contains="为什么改")["weight"] == "0"
    assert (await guo.get("/lexicon?set=off")).has("共 1 个词")
    assert (await guo.get("/lexicon?of=self_harm")).status == 200
    assert (await guo.get("/lexicon?of=nonsense")).status == 422
    assert (await guo.get("/lexicon?page=99999")).status == 200
