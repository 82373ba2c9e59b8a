"""What may be handed in: how many, how large, under which name, and why something is not taken, in plain words."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from portal.attachments import cleaning
from portal.languages import Lazy, lazy_

MEGABYTE = 1024 * 1024
MOST_FILES = 10  # with one matter, or with one form
MOST_BYTES = 10 * MEGABYTE  # of one file, as it is handed in and as it is kept
MOST_UNSIGNED = 500 * MEGABYTE  # that the portal keeps for people who have not shown a telephone yet
A_FEW = 60  # files that one person, or one address, hands in within AN_HOUR
AN_HOUR = timedelta(hours=1)
LONGEST_NAME = 60

NO_ROOM, TOO_MANY, TOO_LARGE = "no room", "too many", "too large"
REASONS: Mapping[str, Lazy] = {
    cleaning.UNKNOWN: lazy_("这不是照片，也不是 PDF。请拍成照片，或者存成 PDF 再交。"),
    cleaning.LOCKED: lazy_("这份 PDF 加了密码，我们打不开。请先去掉密码，或者把每一页拍成照片。"),
    cleaning.BROKEN: lazy_("这个文件坏了，打不开。请重新拍一张，或者重新存一次。"),
    cleaning.LARGE: lazy_("这张图太大了，我们打不开。请用手机重新拍一张。"),
    cleaning.LONG: lazy_("这份 PDF 超过 100 页。请只交要紧的几页，其余的带到现场。"),
    TOO_LARGE: lazy_("这个文件超过 10 MB。请拍得小一点，或者分成几份。"),
    TOO_MANY: lazy_("一共只能交 10 份。其余的请带到现场。"),
    NO_ROOM: lazy_("地方不够了。先约好时间，其余的到“我的咨询”里再交，或者带到现场。"),
}

# What turns writing around or stays unseen: a name made of it could pass for another.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def named(file: str) -> str:
    """A file's name as people call it: no folder, no ending, nothing unseen; empty where nothing is left."""
    last = re.split(r"[/\\]", file)[-1]
    seen = "".join(one for one in last if unicodedata.category(one) not in UNSEEN)
    return " ".join(ENDING.sub("", seen.strip()).split())[:LONGEST_NAME].strip()


def why_not(count: int, total: int, size: int, most_total: int) -> str:
    """Why another file of this size is not kept beside `count` files of `total` bytes; empty where nothing speaks against it."""
    if size > MOST_BYTES:
        return TOO_LARGE
    if count >= MOST_FILES:
        return TOO_MANY
    return NO_ROOM if total + size > most_total else ""
