"""Residents are spoken to in plain words, and a hard one is explained on the page that uses it."""

import re
from pathlib import Path

import pytest

from app import app
from portal.terms import TERMS
from tests.forms_browser import Browser
from tests.house import sentences

TEMPLATES = Path(__file__).parents[2] / "templates"

RESIDENTS = {  # what residents read → words on it that only people with an office are shown
    **dict.fromkeys(
        (
            *("booking/appointment", "booking/move", "booking/times", "booking/wait", "booking/waitlist_new"),
            *("consultations/_contact", "consultations/confirm", "consultations/prescription"),
            *("consultations/safety", "consultations/show", "consultations/story", "consultations/topic"),
            *("council/index", "council/motion", "council/propose"),
            *("desk/desk", "desk/home", "desk/lookup", "desk/report", "desk/words", "error"),
            *("feedback/help", "lectures/index", "lectures/seats", "lectures/show", "lectures/sign_up"),
            *(
                "people/_proxy_form",
                "people/card",
                "people/code",
                "people/me",
                "people/proxies",
                "people/quiet",
            ),
            *("privacy/_consents", "privacy/consents", "privacy/mine", "privacy/notice"),
            *("reporting/told", "roster/public", "_footer", "_masthead", "_strip"),
        ),
        frozenset(),
    ),
    "disputes/new": {"handing_up"},
    "disputes/show": {"handing_over"},
    "feedback/new": frozenset(),
    "feedback/show": frozenset(),
    "people/sign_in": {"heads"},
}
# An office's way of saying things → what residents are told instead.
STIFF = {
    "当事人": "双方、您和对方",
    "申请人": "提的人",
    "依法": "按规定",
    "予以": "（不用）",
    "不予": "不",
    "逾期": "过了期",
    "届时": "到时候",
    "上述": "上面的",
    "敬请": "请",
    "务必": "一定",
    "鉴于": "因为",
    "标的": "要的钱、要的东西",
    "诉请": "您要什么",
    "缴纳": "交",
    "督办": "盯着办",
    "法定人数": "够数",
    "材料不齐": "还缺什么",
    "审核通过": "看过了，可以",
    "操作成功": "办好了",
    "系统异常": "我们这边出了错",
    "无权": "这不能由您办",
}


def said(name: str) -> set[str]:
    """The sentences of a template."""
    return {sentence for _place, sentence in sentences.sentences(f"templates/{name}.html")}


def explained(source: str) -> set[str]:
    """The terms a template explains."""
    listed = re.findall(r"explained\(\[([^\]]*)\]", source)
    return {key for keys in listed for key in re.findall(r'"(\w+)"', keys)}


def unexplained(
    spoken: set[str], source: str, office_only: frozenset[str] | set[str] = frozenset()
) -> list[str]:
    """Hard terms that the sentences use and nothing on the page explains. A sentence “X是……” explains X itself."""
    return [
        key
        for key, term in TERMS.items()
        if term.is_hard
        and key not in office_only | explained(source)
        and any(
            term.word.sentence in sentence.replace("马上", "") for sentence in spoken
        )  # 马上报警 is no 上报
        and not any(f"{term.word.sentence}是" in sentence for sentence in spoken)
    ]


@pytest.mark.parametrize("name", RESIDENTS)
def test_a_page_for_residents_explains_its_hard_words(name: str) -> None:
    source = (TEMPLATES / f"{name}.html").read_text("utf-8")
    assert unexplained(said(name), source, RESIDENTS[name]) == []


@pytest.mark.parametrize("name", RESIDENTS)
def test_a_page_for_residents_speaks_like_a_neighbour(name: str) -> None:
    assert [(word, plain) for word, plain in STIFF.items() if any(word in one for one in said(name))] == []


def test_explanations_are_plain_themselves() -> None:
    for term in TERMS.values():
        meaning = term.meaning.sentence
        assert len(meaning) <= 80 and not any(word in meaning for word in STIFF), meaning
        assert term.word.sentence not in meaning[:6], meaning


def test_whatever_a_page_wants_explained_is_a_term() -> None:
    wanted = {key for file in TEMPLATES.rglob("*.html") for key in explained(file.read_text("utf-8"))}
    assert wanted <= TERMS.keys()


async def test_all_words_are_explained_to_anybody_and_each_has_an_address(database) -> None:
    page = await Browser(app).get("/words")
    assert page.status == 200
    for key, term in TERMS.items():
        [pair] = page.all(f'//div[@id="{key.replace("_", "-")}"]')
        assert [part.text_content() for part in pair] == [term.word.sentence, term.meaning.sentence]


async def test_hard_words_are_folded_away_in_their_place_without_script(database) -> None:
    page = await Browser(app).get("/report")
    [fold] = page.all('//main//details[contains(@class, "term")]')
    assert "open" not in fold.attrib and not fold.xpath("ancestor::p | ancestor::form")
    assert fold.xpath("string(.//dd[1])") == TERMS["mediation"].meaning.sentence
    assert fold.xpath(".//a/@href") == ["/words"]


def test_planted_faults_are_found() -> None:
    spoken = {"也可以申请司法确认"}
    assert unexplained(spoken, "") == ["confirmation"]
    assert unexplained(spoken, '{{ explained(["suit", "confirmation"]) }}') == []
    assert unexplained({"码卡是一张小卡片"}, "") == []
