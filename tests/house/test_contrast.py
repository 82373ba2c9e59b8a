"""Every colour can be read on what it lies on, in each theme and however much contrast somebody asks for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "static" / "css"
TOKENS = (STYLES / "tokens.css").read_text("utf-8")
DARK, MORE = "(prefers-color-scheme: dark)", "(prefers-contrast: more)"
ELDER = 'html[data-mode="elder"]'
TEXT, LARGE, MUCH = 4.5, 3.0, 7.0  # WCAG 1.4.3, 1.4.11, 1.4.6

THEMES = {
    "light": ((), False),
    "dark": ((DARK,), False),
    "light with more contrast": ((MORE,), False),
    "dark with more contrast": ((DARK, MORE, f"{MORE} and {DARK}"), False),
    "elder": ((), True),
    "elder dark": ((DARK,), True),
    "elder with more contrast": ((MORE,), True),
    "print": (("print",), False),
}

GROUNDS = ("paper", "surface", "sunken")
TONES = ("jade", "red", "amber", "green", "blue")
WORDS = [  # (words, what they lie on)
    *(("ink", ground) for ground in (*GROUNDS, *(f"{tone}-wash" for tone in TONES))),
    *(("muted", ground) for ground in (*GROUNDS, "jade-wash", "amber-wash")),
    *((tone, ground) for tone in TONES for ground in ("paper", "surface", f"{tone}-wash")),
    *(("on-fill", fill) for fill in ("jade-fill", "jade-deep", "red-fill")),
    ("focus", "halo"),
    *((word, "band") for word in ("on-band", "on-band-muted", "on-band-focus")),
]
SHAPES = [  # (edges and figures, what they lie on)
    *(("edge", ground) for ground in GROUNDS),
    *(("jade-fill", ground) for ground in ("paper", "surface")),
    *((f"chart-{n}", "surface") for n in range(1, 7)),
]
UNSEEN = {"line", "code-paper"}  # decoration beside an edge, and the white a scanner needs


def blocks(css: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(medium, selector, tokens) of a sheet of tokens, in order."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    for medium, inner, selector, body in re.findall(
        r"@media ([^{]+)\{((?:[^{}]*\{[^{}]*\})*)\s*\}|([^{}@]+)\{([^{}]*)\}", css
    ):
        if medium:
            yield from ((medium.strip(), one, found) for _none, one, found in blocks(inner))
        else:
            yield "", selector.strip(), dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


def theme(media: tuple[str, ...], is_elder: bool, css: str = TOKENS) -> dict[str, str]:
    """The colours in force, resolved, as #rrggbb."""
    names: dict[str, str] = {}
    for medium, selector, tokens in blocks(css):
        reached = ":root" in selector.split(", ") or (is_elder and selector == ELDER)
        if reached and (not medium or medium in media):
            names |= tokens
    for name, value in names.items():
        if found := re.fullmatch(r"var\(--([\w-]+)\)", value.strip()):
            names[name] = names[found[1]]
    return {name: value.strip() for name, value in names.items() if value.strip().startswith("#")}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faint(colours: dict[str, str], least: float) -> list[str]:
    """The pairs of a theme that are too close: words by `least`, shapes by what large things need."""
    return [
        f"{front} on {ground}: {found:.2f} < {wanted}"
        for pairs, wanted in ((WORDS, least), (SHAPES, LARGE))
        for front, ground in pairs
        if (found := ratio(colours[front], colours[ground])) < wanted
    ]


@pytest.mark.parametrize("name", THEMES)
def test_every_word_and_every_edge_can_be_told_from_its_ground(name: str) -> None:
    assert faint(theme(*THEMES[name]), MUCH if "more" in name else TEXT) == []


def test_no_colour_is_left_out() -> None:
    judged = {name for pair in (*WORDS, *SHAPES) for name in pair} | UNSEEN
    assert set(theme((), False)) <= judged


def test_the_colours_of_a_theme_are_those_that_stand_in_the_sheet() -> None:
    assert theme((DARK,), False)["paper"] != theme((), False)["paper"]
    assert theme((), True)["muted"] == theme((), True)["ink"]
    assert theme(("print",), False)["ink"] == "#000"


def test_planted_faults_are_found() -> None:
    assert round(ratio("#fff", "#000000")) == 21 and round(ratio("#767676", "#fff"), 2) == 4.54
    pale = TOKENS.replace("--muted: #4e5b56", "--muted: #9a9a9a")
    assert any(line.startswith("muted on paper") for line in faint(theme((), False, pale), TEXT))
