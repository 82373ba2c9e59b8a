"""Nobody meets a sentence in a language they did not choose."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal import languages
from tests.house import sentences


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


@pytest.mark.parametrize(
    "file", sorted((Path(languages.__file__).parent).rglob("*.po")), ids=lambda file: file.stem
)
def test_translations_keep_the_places_that_are_filled_in(file):
    import re

    place = re.compile(r"%\((\w+)\)s")
    with file.open("rb") as source:
        for message in read_po(source, locale="en"):
            if not message.id:
                continue
            ids = [message.id] if isinstance(message.id, str) else message.id
            strings = [message.string] if isinstance(message.string, str) else message.string
            for said in strings:
                assert set(place.findall(said)) == set(place.findall(ids[-1])), said
                assert said.strip(), ids[0]
