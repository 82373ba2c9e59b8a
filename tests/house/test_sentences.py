"""Nobody meets a sentence in a language they did not choose."""

from pathlib import Path

import pytest

from portal import languages
from tests.house import sentences


@pytest.fixture(scope="module")
def said():
    """Every sentence of the product."""
    return {sentence for _place, sentence in sentences.sentences()}


def test_every_sentence_is_said_in_english():
    assert sentences.untranslated("en") == {}


def test_no_chinese_stands_outside_the_sentences():
    assert list(sentences.unmarked()) == []


def test_a_planted_sentence_without_english_is_found(tmp_path, monkeypatch):
    (tmp_path / "page.py").write_text('from portal.languages import _\n_("谁也没有译过的一句")\n', "utf-8")
    (tmp_path / "page.html").write_text("<p>漏网的字</p><p>{{ _('又一句没有译的') }}</p>", "utf-8")
    monkeypatch.setattr(sentences, "ROOT", tmp_path)
    assert set(sentences.untranslated("en", "page.py", "page.html")) == {
        "谁也没有译过的一句",
        "又一句没有译的",
    }
    assert len(list(sentences.unmarked("page.html"))) == 1


CATALOGUES = sorted(Path(languages.__file__).parent.rglob("*.po"))


def name(file: Path) -> str:
    """en/booking."""
    return f"{file.parent.name}/{file.stem}"


@pytest.mark.parametrize("file", CATALOGUES, ids=name)
def test_translations_keep_the_places_that_are_filled_in(file):
    assert sentences.misplaced(file) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=name)
def test_a_translation_whose_sentence_is_gone_is_gone_too(file, said):
    assert [sentence for sentence in sentences.translated(file) if sentence not in said] == []


def test_a_sentence_is_translated_in_one_place():
    for language in languages.LANGUAGES:
        seen: dict[str, str] = {}
        for file in CATALOGUES:
            if file.parent.name == language:
                for sentence, _forms in sentences.translated(file).items():
                    assert seen.setdefault(sentence, file.stem) == file.stem, sentence


def test_these_checks_find_planted_faults(tmp_path):
    planted = tmp_path / "en" / "face.po"
    planted.parent.mkdir()
    planted.write_text(
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "还有 %(n)s 个"\nmsgstr "%(m)s left"\n\n'
        'msgid "余 %(num)s 位"\nmsgid_plural "余 %(num)s 位"\nmsgstr[0] "one left"\nmsgstr[1] "%(num)s left"\n',
        "utf-8",
    )
    assert sentences.misplaced(planted) == ["%(m)s left"]
    assert list(sentences.translated(planted)) == ["还有 %(n)s 个", "余 %(num)s 位"]
