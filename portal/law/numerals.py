"""Chinese numerals as statutes write them: one 零 for a run of inner zeros, 十 alone and 一十 inside."""

DIGITS = "零一二三四五六七八九"
PLACES = ("", "十", "百", "千")
LARGEST = 9999


def numeral(n: int) -> str:
    """The canonical numeral of 1 to 9999: 10 → 十, 110 → 一百一十, 1001 → 一千零一, 1079 → 一千零七十九."""
    if not 1 <= n <= LARGEST:
        raise ValueError(f"no statute numbers an article {n}")
    written = ""
    gap = False
    for place in range(3, -1, -1):
        digit = n // 10**place % 10
        if digit:
            written += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
        gap = bool(written) and not digit
    return written.removeprefix("一") if 10 <= n < 20 else written


_VALUES = {numeral(n): n for n in range(1, LARGEST + 1)}


def value(text: str) -> int:
    """The number a canonical numeral stands for; 〇 counts as 零. ValueError for anything else."""
    try:
        return _VALUES[text.replace("〇", "零")]
    except KeyError:
        raise ValueError(f"not a numeral: {text[:20]!r}") from None
