"""Topics, categories of disputes and hotlines: complete, and in both languages."""

import ast
from pathlib import Path

import pytest

import portal.law
from portal.languages import catalogue, speaking
from portal.law.dispute_types import DisputeType
from portal.law.hotlines import HOTLINES, LABOUR, POLICE
from portal.law.topics import ABOUT, Topic

TOPICS = [
    "contract",
    "debt",
    "marriage_family",
    "inheritance",
    "property_housing",
    "neighbours",
    "injury",
    "personality",
    "labour",
    "consumer",
    "land",
    "criminal_admin",
    "business",
    "procedure",
    "other",
]
CATEGORIES = [
    "婚姻家庭",
    "邻里",
    "房屋宅基地",
    "合同",
    "生产经营",
    "损害赔偿",
    "山林土地",
    "征地拆迁",
    "环境污染",
    "拖欠农民工工资",
    "其他劳动争议",
    "旅游",
    "电子商务",
    "其他消费",
    "医疗",
    "道路交通事故",
    "物业",
    "其他",
]


def test_the_topics_are_fifteen_problems_of_life():
    assert sorted(Topic) == sorted(TOPICS)
    assert set(ABOUT) == set(Topic)
    assert len({str(topic.label) for topic in Topic}) == 15


@pytest.mark.parametrize("topic", Topic)
def test_each_topic_tells_what_to_bring(topic):
    assert len(topic.bring) >= 3
    assert len({str(paper) for paper in topic.bring}) == len(topic.bring)
    assert str(topic.example) != str(topic.label)
    with speaking("en"):
        assert all(str(text).isascii() for text in (topic.label, topic.example, topic.term, *topic.bring))


def test_who_is_sent_elsewhere_is_told_where():
    assert [topic for topic in Topic if not topic.in_scope] == [Topic.CRIMINAL_ADMIN]
    assert POLICE in Topic.CRIMINAL_ADMIN.routes
    assert LABOUR in Topic.LABOUR.routes


def test_the_hotlines_are_the_national_ones():
    everywhere = {"110", "120", "12348", "12333", "12345", "12338", "12356", "96110"}
    assert {line.phone for line in HOTLINES} == everywhere
    for line in HOTLINES:
        assert ("24" in str(line.hours)) is (line.phone in ("110", "120"))
    assert {line for topic in Topic for line in topic.routes} <= set(HOTLINES)


def test_the_categories_are_the_official_eighteen_in_their_order():
    assert [str(kind.label) for kind in DisputeType] == [f"{name}纠纷" for name in CATEGORIES]


def test_the_older_statistics_have_one_labour_category():
    assert DisputeType.MIGRANT_WAGES.older is DisputeType.LABOUR
    assert DisputeType.NEIGHBOURS.older is DisputeType.NEIGHBOURS
    assert {kind for kind in DisputeType if kind.older is None} == {
        DisputeType.TOURISM,
        DisputeType.E_COMMERCE,
    }


def sentences():
    for file in sorted(Path(portal.law.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("_", "lazy_")
            ):
                yield ast.literal_eval(node.args[0])


def test_every_sentence_has_its_english_with_the_same_gaps():
    english = catalogue("en")
    for sentence in sentences():
        assert sentence in english, sentence
        gaps = sorted(part.partition(")")[0] for part in sentence.split("%(")[1:])
        assert gaps == sorted(part.partition(")")[0] for part in english[sentence].split("%(")[1:])


def test_a_title_is_escaped_where_a_page_shows_it():
    from portal.law.tables import Title

    assert Title("<b>", "<i>").__html__() == "&lt;b&gt;"
    with speaking("en"):
        assert Title("<b>", "<i>").__html__() == "&lt;i&gt;"
