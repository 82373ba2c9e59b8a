"""What lawyers speak and which of them are women, and how residents ask for it in their own words: a preference, no claim."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from portal.languages import lazy_


class Speech(StrEnum):
    """A language or dialect besides Mandarin."""

    NORTHEAST = "northeast"
    SICHUAN = "sichuan"
    CANTONESE = "cantonese"
    WU = "wu"
    MINNAN = "minnan"
    HAKKA = "hakka"
    KOREAN = "korean"
    MONGOLIAN = "mongolian"
    TIBETAN = "tibetan"
    UYGHUR = "uyghur"
    ENGLISH = "english"
    SIGN = "sign"


class Gender(StrEnum):
    """As a lawyer says it of themselves, or does not."""

    WOMAN = "woman"
    MAN = "man"


SPEECH_NAMES = {
    Speech.NORTHEAST: lazy_("东北话"),
    Speech.SICHUAN: lazy_("四川话"),
    Speech.CANTONESE: lazy_("粤语"),
    Speech.WU: lazy_("上海话（吴语）"),
    Speech.MINNAN: lazy_("闽南话"),
    Speech.HAKKA: lazy_("客家话"),
    Speech.KOREAN: lazy_("朝鲜语"),
    Speech.MONGOLIAN: lazy_("蒙古语"),
    Speech.TIBETAN: lazy_("藏语"),
    Speech.UYGHUR: lazy_("维吾尔语"),
    Speech.ENGLISH: lazy_("英语"),
    Speech.SIGN: lazy_("手语"),
}
GENDER_NAMES = {Gender.WOMAN: lazy_("女律师"), Gender.MAN: lazy_("男律师")}

# What people write when they ask for it. Whoever asks for something else is asked back at the desk.
ASKED: dict[Speech | Gender, tuple[str, ...]] = {
    Speech.NORTHEAST: ("东北话",),
    Speech.SICHUAN: ("四川话", "川话", "重庆话"),
    Speech.CANTONESE: ("粤语", "广东话", "白话", "cantonese"),
    Speech.WU: ("上海话", "吴语", "苏州话", "宁波话"),
    Speech.MINNAN: ("闽南", "台语"),
    Speech.HAKKA: ("客家",),
    Speech.KOREAN: ("朝鲜语", "朝语", "韩语", "korean"),
    Speech.MONGOLIAN: ("蒙古语", "蒙语", "mongolian"),
    Speech.TIBETAN: ("藏语", "藏话", "tibetan"),
    Speech.UYGHUR: ("维吾尔语", "维语", "uyghur"),
    Speech.ENGLISH: ("英语", "英文", "speak english", "english-speaking"),
    Speech.SIGN: ("手语", "sign language"),
    Gender.WOMAN: ("女律师", "女的律师", "女性律师", "律师是女", "律师要女", "woman lawyer", "female lawyer"),
    Gender.MAN: ("男律师", "男的律师", "男性律师", "律师是男", "律师要男", "man lawyer", "male lawyer"),
}
NOT = ("不要", "不想要", "不用", "别")


class Preference(NamedTuple):
    """What somebody would rather have in a lawyer."""

    speaks: frozenset[str] = frozenset()
    gender: str = ""

    def __bool__(self) -> bool:
        return bool(self.speaks or self.gender)

    def met(self, speaks: frozenset[str], gender: str) -> int:
        """How much of it a lawyer meets: a shared language, and the gender, count one each."""
        return int(bool(self.speaks & speaks)) + int(bool(self.gender) and self.gender == gender)


ANY = Preference()


def said(speaks: Iterable[str], gender: str) -> list[str]:
    """What is shown on a lawyer's card: the gender where it was told, then the languages, in the order of the table."""
    spoken = set(speaks)
    names = [str(name) for one, name in SPEECH_NAMES.items() if one in spoken]
    return ([str(GENDER_NAMES[Gender(gender)])] if gender in set(Gender) else []) + names


def preference(words: str) -> Preference:
    """What these words ask for. Whoever asks for both a woman and a man, or for neither, asks for none."""
    said = words.lower()
    asked = {of for of, spellings in ASKED.items() if any(_asks(said, one) for one in spellings)}
    if "female lawyer" in said and "male lawyer" not in said.replace("female lawyer", ""):
        asked.discard(Gender.MAN)
    if "woman lawyer" in said and "man lawyer" not in said.replace("woman lawyer", ""):
        asked.discard(Gender.MAN)
    genders = asked & set(Gender)
    return Preference(
        frozenset(str(one) for one in asked & set(Speech)), str(*genders) if len(genders) == 1 else ""
    )


def _asks(said: str, one: str) -> bool:
    """It stands there, and not right after a no."""
    at = said.find(one)
    return at >= 0 and not said[:at].rstrip().endswith(NOT)
