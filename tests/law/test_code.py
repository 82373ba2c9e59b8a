"""The Civil Code's structure and the way people write its articles down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.languages import speaking
from portal.law import code
from portal.law.code import Level
from portal.law.numerals import LARGEST, numeral, value

ALL = range(code.FIRST, code.LAST + 1)

NUMERALS = {
    1: "一",
    10: "十",
    11: "十一",
    20: "二十",
    99: "九十九",
    100: "一百",
    101: "一百零一",
    110: "一百一十",
    115: "一百一十五",
    667: "六百六十七",
    1000: "一千",
    1001: "一千零一",
    1010: "一千零一十",
    1079: "一千零七十九",
    1100: "一千一百",
    1110: "一千一百一十",
    1254: "一千二百五十四",
    1260: "一千二百六十",
}


@pytest.mark.parametrize(("n", "written"), NUMERALS.items())
def test_numerals_are_those_of_statutes(n, written):
    assert numeral(n) == written


def test_every_numeral_reads_back_as_its_number_and_no_two_are_alike():
    assert [value(numeral(n)) for n in range(1, LARGEST + 1)] == list(range(1, LARGEST + 1))


@pytest.mark.parametrize(
    "text", ["", "零", "一十", "百", "两百", "一千七十九", "十十", "一百零", "1079", "一万"]
)
def test_what_is_no_canonical_numeral_is_refused(text):
    with pytest.raises(ValueError, match="numeral"):
        value(text)


@pytest.mark.parametrize("n", [0, -1, 10_000])
def test_no_numeral_outside_four_places(n):
    with pytest.raises(ValueError):
        numeral(n)


def test_books_and_chapters_tile_the_code():
    for level in (Level.BOOK, Level.CHAPTER):
        reached = 0
        for division in code.DIVISIONS[level]:
            assert division.first == reached + 1
            assert division.last >= division.first
            reached = division.last
        assert reached == (1260 if level is Level.BOOK else 1258)


def test_parts_and_sections_lie_inside_what_they_divide():
    for part in code.DIVISIONS[Level.PART]:
        assert code.BOOKS[part.book - 1].first <= part.first <= part.last <= code.BOOKS[part.book - 1].last
    for section in code.DIVISIONS[Level.SECTION]:
        chapter = code.article(section.first).chapter
        assert section.last in chapter
        assert section.book == chapter.book


def test_the_code_has_its_known_measure():
    assert [len(code.DIVISIONS[level]) for level in Level] == [8, 8, 84, 37]
    assert [(book.first, book.last) for book in code.BOOKS] == [
        (1, 204),
        (205, 462),
        (463, 988),
        (989, 1039),
        (1040, 1118),
        (1119, 1163),
        (1164, 1258),
        (1259, 1260),
    ]


def test_only_book_and_chapter_together_name_a_chapter():
    titles = [chapter.title.zh for chapter in code.CHAPTERS.values()]
    assert titles.count("一般规定") == 9
    assert len(code.CHAPTERS) == 84


def test_every_heading_has_english_and_no_chinese_in_it():
    for divisions in code.DIVISIONS.values():
        for division in divisions:
            assert division.title.en.isascii(), division


PATHS = {
    1: "第一编 总则 › 第一章 基本规定",
    204: "第一编 总则 › 第十章 期间计算",
    205: "第二编 物权 › 第一章 一般规定",
    288: "第二编 物权 › 第七章 相邻关系",
    462: "第二编 物权 › 第二十章 占有",
    710: "第三编 合同 › 第十四章 租赁合同",
    988: "第三编 合同 › 第二十九章 不当得利",
    1039: "第四编 人格权 › 第六章 隐私权和个人信息保护",
    1079: "第五编 婚姻家庭 › 第四章 离婚",
    1134: "第六编 继承 › 第三章 遗嘱继承和遗赠",
    1254: "第七编 侵权责任 › 第十章 建筑物和物件损害责任",
    1259: "附则",
    1260: "附则",
}


@pytest.mark.parametrize(("n", "path"), PATHS.items())
def test_an_article_tells_its_book_and_chapter(n, path):
    assert code.path(n) == path


def test_the_path_is_english_for_who_reads_english():
    with speaking("en"):
        assert code.path(1079) == "Book Five Marriage and Family › Chapter IV Divorce"
        assert code.path(988) == "Book Three Contracts › Chapter XXIX Unjust Enrichment"
        assert code.path(1260) == "Supplementary Provisions"


def test_an_article_knows_every_heading_above_it():
    assert [str(level) for level in code.article(812).trail] == [
        "第三编 合同",
        "第二分编 典型合同",
        "第十九章 运输合同",
        "第一节 一般规定",
    ]
    assert code.article(1079).subbook is None
    assert code.article(1079).section is None
    assert code.article(1079).key == (5, 4)
    assert code.article(1259).key == (0, 0)
    assert code.article(1259).chapter is None


@pytest.mark.parametrize("n", [0, -1, 1261, 10**12])
def test_no_article_outside_the_code(n):
    with pytest.raises(ValueError, match="1260"):
        code.article(n)


def test_every_article_reads_back_from_its_name_and_its_digits():
    for n in ALL:
        assert code.parse(code.article(n).name) == [n]
        assert code.parse(f"第{n}条") == [n]


READ = {
    "": [],
    "  、 ": [],
    "1079": [1079],
    "第1079条": [1079],
    "第 1079 条": [1079],
    "第一千零七十九条": [1079],
    "第一千〇七十九条": [1079],
    "１０７９": [1079],
    "民法典1079": [1079],
    "《中华人民共和国民法典》第1079条": [1079],
    "民法典 667-670、675": [667, 668, 669, 670, 675],
    "667－670，675；６７６": [667, 668, 669, 670, 675, 676],
    "第六百六十七条至第六百七十条": [667, 668, 669, 670],
    "667 ~ 670": [667, 668, 669, 670],
    "667—668 和 10": [667, 668, 10],
    "1079, 1079 1079": [1079],
    "Civil Code art. 288": [288],
    "1-20": list(range(1, 21)),
}


@pytest.mark.parametrize(("text", "numbers"), READ.items())
def test_articles_are_read_as_people_write_them(text, numbers):
    assert code.parse(text) == numbers


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("667, 合同法52", "合同法52"),
        ("1079条第二款", "1079条第二款"),
        ("670-667", "670-667"),
        ("1-21", "1-21"),
        ("667-", "667-"),
        ("-667", "-667"),
        ("1-2-3", "1-2-3"),
        ("1e9", "1e9"),
        ("第一千零七十九章", "第一千零七十九章"),
        ("\x00", "\x00"),
        ("\ud800", "\ud800"),
        ("1261", "1261"),
        ("一千三百", "1300"),
        ("99999999", "99999999"),
    ],
)
def test_a_refusal_names_the_piece(text, piece):
    with pytest.raises(ValueError) as refusal:
        code.parse(text)
    assert piece in str(refusal.value)


def test_ten_megabytes_are_refused_at_once():
    with pytest.raises(ValueError):
        code.parse("1079、" * 2_000_000)


@given(st.text(max_size=60))
def test_any_text_gives_articles_of_the_code_or_a_refusal(text):
    try:
        numbers = code.parse(text)
    except ValueError:
        return
    assert set(numbers) <= set(ALL)


def test_each_theme_lies_inside_one_chapter():
    assert len({theme.key for theme in code.THEMES}) == len(code.THEMES)
    for theme in code.THEMES:
        assert theme.last in code.CHAPTERS[theme.chapter]
        assert theme.question.en.isascii()
    ranges = {theme.key: (theme.first, theme.last) for theme in code.THEMES}
    assert ranges["neighbours"] == (288, 296)
    assert ranges["falling_objects"] == (1254, 1254)
    assert ranges["divorce"] == (1076, 1092)
