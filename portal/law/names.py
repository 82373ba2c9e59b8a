"""The form in which names are compared for a conflict of interest: exact, without a guess."""

from portal.law import identifiers

KEY_LENGTH = 60

# What people write when they do not know or would rather not say: nobody's name.
NOBODY = frozenset(
    (
        "不知道",
        "不清楚",
        "不认识",
        "不详",
        "未知",
        "没有",
        "无",
        "暂无",
        "不想说",
        "保密",
        "对方",
        "unknown",
        "none",
    )
)


def normal(name: str) -> str:
    """The normal form of a name; empty when the text names nobody.

    Widths, spaces, dots, letter case and a company's legal form do not count. 张伟 and 张玮 stay two people.
    """
    key = identifiers.normal_company(name)[:KEY_LENGTH]
    return "" if key in NOBODY else key


def sound(name: str) -> str:
    """How a name sounds: pinyin without tones, syllable by syllable; 张伟 and 张玮 sound alike. Empty for nobody."""
    from pypinyin import lazy_pinyin  # half a second and ten megabytes for whoever never writes a name

    return " ".join(lazy_pinyin(normal(name)))[:KEY_LENGTH]
