"""What a question seems to be about: right often enough on real questions, always with its reasons, and never deaf to danger."""

import csv
from pathlib import Path

import pytest

from portal.law import triage
from portal.law.topics import Topic
from portal.law.triage import Lexicon, Sign, Term, suggest

COLLECTION = Path(__file__).parents[3] / "shared" / "data" / "triage_labelled.tsv"
FIRST, WITHIN_THREE = 0.80, 0.93


def labelled() -> list[dict[str, str]]:
    """Real questions, each with the topics that two people found right and the dangers they saw."""
    with COLLECTION.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE))


def codes(text: str) -> set[str]:
    return {code for code in text.split(",") if code != "-"}


@pytest.mark.parametrize("half", [slice(0, 150), slice(150, 300)], ids=["read", "unread"])
def test_on_real_questions_the_first_guess_and_the_three_are_right_often_enough(half):
    """The list was written with the first half at hand; the second was only counted."""
    rows = labelled()[half]
    first = within = 0
    for row in rows:
        right = {row["topic"]} | codes(row["also_right"])
        guesses = [guess.topic.value for guess in suggest(row["question"], triage.shipped()).topics]
        first += bool(guesses) and guesses[0] in right
        within += bool(right & set(guesses))
    print(f"first {first / len(rows):.1%}, within three {within / len(rows):.1%}")
    assert first / len(rows) >= FIRST and within / len(rows) >= WITHIN_THREE


def test_every_danger_that_people_saw_is_found_and_few_others():
    missed, more, rows = [], 0, labelled()
    for row in rows:
        signs = {sign.value for sign in suggest(row["question"], triage.shipped()).signs}
        missed += [(row["id"], danger) for danger in codes(row["flags"]) - signs]
        more += bool(signs - codes(row["flags"]))
    assert missed == []
    assert more / len(rows) < 0.1


@pytest.mark.parametrize(
    ("said", "topic", "because"),
    [
        ("朋友借钱不还，只有借条", Topic.DEBT, "借条"),
        ("公司辞退我，没签劳动合同", Topic.LABOUR, "劳动合同"),
        ("楼上漏水，把我家天花板泡了", Topic.NEIGHBOURS, "漏水"),
        ("老人走了，遗嘱是手写的", Topic.INHERITANCE, "遗嘱"),
    ],
)
def test_a_guess_says_which_words_led_to_it(said, topic, because):
    guess = suggest(said, triage.shipped()).topics[0]
    assert guess.topic == topic and because in guess.words


def test_the_longest_word_counts_and_each_once():
    lexicon = Lexicon.of([Term("合同", "contract", 5), Term("劳动合同", "labour", 5)])
    assert [guess.topic for guess in suggest("劳动合同、劳动合同", lexicon).topics if guess.words] == [
        Topic.LABOUR
    ]
    once, twice = suggest("合同", lexicon), suggest("合同合同", lexicon)
    assert once.topics == twice.topics


def test_a_sign_may_have_other_words_between_but_not_a_whole_story():
    lexicon = Lexicon.of([Term("老公…打", "domestic_violence", 1)])
    assert suggest("老公喝了酒就打我", lexicon).signs == {Sign.DOMESTIC_VIOLENCE: ("老公…打",)}
    assert not suggest("老公出差了很久很久，我们都挺好的，想问问怎么打官司", lexicon).signs


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ("He hit me yesterday and I am afraid.", Sign.VIOLENCE_THREAT),
        ("My husband beats me when he drinks.", Sign.DOMESTIC_VIOLENCE),
        ("I want to die.", Sign.SELF_HARM),
        ("Their neighbour hits the child.", Sign.MINOR_AT_RISK),
    ],
)
def test_a_danger_told_in_english_shows_too(said, sign):
    assert sign in suggest(said, triage.shipped()).signs


def test_an_everyday_question_in_english_shows_no_danger():
    assert not suggest(
        "I lent my neighbour 20,000 yuan and it was not paid back on time.", triage.shipped()
    ).signs


def test_words_typed_wide_or_in_capitals_are_read_as_any():
    lexicon = Lexicon.of([Term("pua", Topic.MARRIAGE_FAMILY, 3)])
    assert suggest("被ＰＵＡ了", lexicon).topics[0].words == ("pua",)


def test_a_later_term_replaces_an_earlier_and_weight_nought_takes_it_out():
    terms = [Term("彩票", "debt", 5), Term("彩票", "debt", 0), Term("ＡＢ", "labour", 2)]
    assert not suggest("彩票", Lexicon.of(terms)).topics[0].words
    assert suggest("ab", Lexicon.of(terms)).topics[0].topic == Topic.LABOUR


def test_where_words_run_out_stands_what_people_ask_most_and_says_so_by_having_no_words():
    for said in ("", "啊嗯"):
        topics, signs = suggest(said, triage.shipped())
        assert [guess.topic for guess in topics] == list(triage.COMMON[:3]) and not signs
        assert not any(guess.score or guess.words for guess in topics)


def test_every_topic_and_every_sign_has_words_and_none_stands_twice():
    about = {term.about for term in triage.terms()}
    assert about == {topic.value for topic in Topic} | {sign.value for sign in Sign}
    pairs = [(term.about, term.word) for term in triage.terms()]
    assert len(pairs) == len(set(pairs))
