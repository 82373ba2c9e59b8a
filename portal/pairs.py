"""What of a text is kept to find it by: its pairs of neighbouring characters; of a name its single ones and its sound too.

In Chinese two characters make a word, and trigrams, which other languages are indexed by, cannot find 漏水.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product

MOST = 20_000  # characters of one text that are looked at; the longest form holds fewer
READINGS = 12  # ways to read one name aloud that are kept
RUN = re.compile(r"[^\W_]+")
HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def runs(text: str) -> list[str]:
    """The unbroken runs of letters, digits and characters in a text, in one spelling of width and case."""
    return RUN.findall(unicodedata.normalize("NFKC", text[:MOST]).lower())


def of_text(text: str) -> set[str]:
    """Every two neighbours in a text; nothing of a single character, which would say too much and mean too little."""
    return {run[n : n + 2] for run in runs(text) for n in range(len(run) - 1)}


def sounds(name: str) -> Iterator[str]:
    """How people type a Chinese name: every stretch of its initials (zxm, xm), every beginning of its pinyin from any
    syllable on (zhangx, xiaoming), in every reading its characters have."""
    from pypinyin import Style, pinyin  # half a second and ten megabytes for whoever never writes a name

    for run in runs(name):
        if not HAN.fullmatch(run[0]):
            continue
        readings = pinyin(run, style=Style.NORMAL, heteronym=True, errors="ignore")
        for syllables in islice(product(*readings), READINGS):
            for start in range(len(syllables)):
                initials = "".join(syllable[0] for syllable in syllables[start:])
                yield from (initials[:end] for end in range(1, len(initials) + 1))
                whole = "".join(syllables[start:])
                yield from (whole[:end] for end in range(2, len(whole) + 1))


def of_name(name: str) -> set[str]:
    """By what a name is found: its pairs, each of its characters, and how it sounds (marked with ~)."""
    single = {run[n] for run in runs(name) for n in range(len(run))}
    return of_text(name) | single | {f"~{sound}" for sound in sounds(name)}


def meant(word: str, is_name: bool) -> list[set[str]]:
    """What must be kept of a text, or of a name, that is found by this run of characters; any of these will do."""
    if not is_name:
        return [of_text(word)] if len(word) > 1 else []
    spelt = [of_text(word) or {word}]
    return [*spelt, {f"~{word}"}] if word.isascii() and word.isalpha() else spelt
