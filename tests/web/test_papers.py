"""A document: its page and its file say the same words, the file is tagged and carries its fonts, and data stays data."""

from collections import Counter
from datetime import date
from types import SimpleNamespace

import pytest
import typst
from lxml import html

from app import app
from portal import clock, languages, settings
from portal.web import papers, templating, typesetting
from portal.web.papers import (
    Articles,
    Code,
    Facts,
    Format,
    Headline,
    Notice,
    Paper,
    Points,
    Signatures,
    Steps,
    Table,
    Words,
)
from tests.attacks import world
from tests.attacks.towns import build
from tests.papers import alternatives, bare, kinds, opened, words

ON = date(2026, 3, 9)
HOSTILE = [
    "*粗* _斜_ `码` #emph[x] #let x = 1",
    "= 标题\n- 列表\n+ 编号\n/ 词: 义",
    "$ x^2 $ @引用 <标签> ~ -- \\ // /* 注 */",
    '#read("/etc/passwd") #sys.inputs #image("/etc/passwd") #import "@preview/x:1.0.0": *',
    "https://zap.example/ \"引号\" '单' ]]})) {{7*7}} </script>",
]


@pytest.fixture(autouse=True)
def site(monkeypatch):
    """An address for the codes."""
    monkeypatch.setattr(settings, "current", lambda: SimpleNamespace(site="https://clinic.example.org"))


def whole(format: Format = Format.DOCUMENT, **columns) -> Paper:
    """A document with a block of every kind."""
    blocks = [
        Notice("已经作废", "请看第二版"),
        Headline(["11月23日 周一", "上午9:30"]),
        Facts([("居民", "梅秀英"), ("电话", "")], "当事人"),
        Words("事实", "借出三万元。\n到期没有还。"),
        Words("结果", lines=3),
        Words("", "小字说明", small=True),
        Articles("条文", [("民法典第 675 条", "第三编 合同")], "自2021年1月1日起施行"),
        Steps("怎么办", ["先催告", "再起诉"]),
        Points("带上", ["身份证"]),
        Table("按月", ["月份", "件数"], [["十月", "12"], ["十一月", "9"]]),
        Code("/lectures/K7F3-29QX", "扫码报名", spelt=True),
        Signatures([("甲方（签名）", "梅秀英"), ("乙方（签名）", "")], "银杏社区（印章）", "2026年11月23日"),
    ]
    filled = {
        "number": "K7F3-29QX",
        "subtitle": "第 1 版",
        "foot": "不收费。",
        "issuer": "银杏社区",
        **columns,
    }
    return Paper("法律咨询处方", blocks, code=Code("/x", "扫码查看"), format=format, **filled)


def drawn(paper: Paper):
    """The document as its page draws it."""
    module = templating.environment.get_template("components/print.html").module
    return html.fragment_fromstring(str(module.drawn(paper)))  # type: ignore[attr-defined]


def made(paper: Paper) -> bytes:
    return typesetting.pdf(papers.described(paper, ON))


def on_page(paper: Paper) -> Counter[str]:
    """How often each character stands on the page; where it stands is the sheet's business."""
    return Counter(bare(drawn(paper).text_content()))


def in_file(paper: Paper) -> Counter[str]:
    """The same of the file, without what only sheets have: running heads and feet, the marks before points and steps."""
    body, said = made(paper), []
    number = "" if paper.format == Format.POSTER else paper.number
    for n, page in enumerate(opened(body).pages, 1):
        pages = len(opened(body).pages)
        count = languages.gettext("第 {x} 页，共 {y} 页").format(x=n, y=pages)
        has_foot = paper.format == Format.DOCUMENT or (paper.format == Format.SLIP and pages > 1)
        head = paper.title + paper.number if n > 1 else ""
        text = bare(page.extract_text())
        running = Counter(bare(head) + (bare(number + count) if has_foot else ""))
        if n > 1:
            running += Counter(bare(paper.mark))
        left = Counter(text)
        assert running <= left, text
        said.append(left - running)
    found = sum(said, Counter())
    for block in paper.blocks:
        if isinstance(block, Steps):
            found -= Counter("".join(f"{n}." for n in range(1, len(block.items) + 1)))
        elif isinstance(block, Points):
            found -= Counter({found_mark: len(block.items) for found_mark in "•" if found_mark in found})
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("mark", ["", "草稿"])
def test_the_page_and_the_file_say_the_same_words(language, format, mark):
    with languages.speaking(language):
        paper = whole(format, mark=mark)
        page = on_page(paper)
        if format == Format.SLIP:  # a slip has its number beside its title, and no line for who hands it over
            page -= Counter(bare(paper.issuer))
        assert in_file(paper) == page


def test_a_file_is_tagged_archivable_and_says_its_language_and_title():
    body = made(whole())
    root = opened(body).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "zh-CN"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    about = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2<" in about and "<pdfaid:conformance>A<" in about and "<pdfuaid:part>1<" in about
    assert opened(body).metadata.title == "法律咨询处方 K7F3-29QX"
    assert {"/H1", "/H2", "/Table", "/TH", "/L", "/Figure"} <= kinds(body)
    assert alternatives(body) == ["扫码查看", "扫码报名"]
    with languages.speaking("en"):
        assert opened(made(whole())).trailer["/Root"]["/Lang"] == "en"


def test_every_font_is_inside_and_only_what_is_used_of_it():
    body = made(whole())
    assert len(body) < 200_000
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()["/DescendantFonts"][0].get_object()
        for page in opened(body).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.split("+")[1].split("-")[0] for name in fonts} == {"NotoSansSC", "NotoSerifSC"}
    assert all(name[7] == "+" for name in fonts)
    assert all("/FontFile3" in font["/FontDescriptor"] for font in fonts.values())


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_is_printed_letter_by_letter(text):
    blocks = [
        Words(text, text),
        Facts([(text, text)], text),
        Steps(text, [text]),
        Table(text, [text, text], [[text, text]]),
        Articles(text, [(text, text)], text),
        Notice(text, text),
        Signatures([(text, text)], text, text),
    ]
    paper = Paper(text.replace("\n", " "), blocks, subtitle=text, foot=text, issuer=text, mark="")
    said = bare(words(made(paper)))
    times = sum(str(vars(block)).count(repr(text)[1:-1]) for block in blocks) + 4
    assert said.count(bare(text)) >= times - 2  # a running head of the title, a line broken by the page


def test_what_has_no_shape_is_left_out_and_what_no_face_has_is_marked():
    said = words(made(Paper("表", [Words("", "笑😀脸\u202ezap\u2066\x00\u200b𠀀")])))
    assert "笑〓脸zap〓" in bare(said) and "\u202e" not in said
    assert typesetting.printable({"a": ["龙\u0007", 3, None, True]}) == {"a": ["龙", 3, None, True]}


def test_the_same_document_is_the_same_file_whatever_the_machine_says_of_the_time():
    with clock.standing_at(clock.at(date(2031, 1, 1))):
        later = made(whole())
    assert made(whole()) == later
    assert opened(later).metadata["/CreationDate"].startswith("D:20260309")


def test_neither_a_signature_nor_the_small_print_ever_stands_alone_on_a_sheet():
    for lines in range(18, 34):
        paper = Paper(
            "协议",
            [
                Words("经过", "\n".join("一二三四五" for _ in range(lines))),
                Words("效力", "今日起。"),
                Signatures([("甲方", "")], "印章", "今日"),
            ],
            foot="不收费。",
        )
        pages = [page.extract_text() for page in opened(made(paper)).pages]
        for kept in ("甲方", "不收费"):
            assert [(kept in page) for page in pages] == [("今日起" in page) for page in pages]


def test_without_its_fonts_nothing_is_set_and_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting, "_folder", lambda: tmp_path)
    typesetting.fonts.cache_clear()
    with pytest.raises(typesetting.FontsMissing, match="pylopdf-fonts-zh-cn"):
        made(whole())
    monkeypatch.undo()
    typesetting.fonts.cache_clear()
    assert made(whole())


def test_nothing_is_written_or_fetched(tmp_path, monkeypatch):
    for name in ("TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    made(whole())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(typst.TypstError):
        typst.Compiler(
            b'#read("/etc/hostname")', root=str(typesetting.TEMPLATE.parent), font_paths=typesetting.fonts()
        ).compile(format="pdf")


async def test_a_file_is_handed_over_under_its_number_and_kept_by_nobody():
    answer = await papers.handed_over(whole())
    assert answer.media_type == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="K7F3-29QX.pdf"'
    nameless = await papers.handed_over(whole(number="", file="讲座"))
    assert nameless.headers["content-disposition"] == 'attachment; filename="file.pdf"'


def test_every_kind_of_block_is_drawn_by_both():
    described = papers.described(whole(), ON)
    every = {kind.kind for kind in papers.Block.__args__}  # type: ignore[attr-defined]
    assert {block["kind"] for block in described["blocks"]} == every
    page = drawn(whole())
    assert {f"print__{kind}" for kind in every} <= {
        name for node in page.iter() for name in (node.get("class") or "").split()
    }
    assert SimpleNamespace(**described["frame"]).date == [2026, 3, 9]


DOCUMENTS = [route for route in app.routes if getattr(route, "name", "").endswith("_pdf") and route.of]  # type: ignore[attr-defined]


async def test_every_document_of_the_portal_says_in_its_file_what_stands_on_its_page(database, monkeypatch):
    monkeypatch.undo()  # the address of the tests' portal serves as well
    town = (await build())[0]
    met = set()
    for name in ("owner", "lawyer", "lead"):
        somebody = town.people[name]
        browser = await somebody.browser()
        for route in DOCUMENTS:
            for thing in town.things:
                if thing.kind != route.of or thing.parts(somebody) is None:  # type: ignore[attr-defined]
                    continue
                path = world.address(route.path, thing)
                page, file = await browser.get(path.removesuffix(papers.FILE)), await browser.get(path)
                if file.status != 200:
                    assert file.status in (303, 403, 404, 409) and "pdf" not in file.headers["content-type"]
                    continue
                said = bare(words(file.response.content))
                sheet = page.all("//article[contains(@class, 'print')]//text()[normalize-space()]")
                lacking = [str(text) for text in sheet if bare(str(text)) not in said]
                assert sheet and lacking == [], path
                met.add(route.name)
    assert met == {route.name for route in DOCUMENTS}
