"""What somebody handed in with a question in the demonstration: a photographed sheet in their own hand, and a chat."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from portal.attachments import cleaning
from portal.attachments.models import Attachment, Content, Place
from portal.consultations.models import Consultation
from portal.demo.history import History
from portal.people.models import Person

SIZE, PAPER, INK = (900, 640), (247, 243, 232), (38, 38, 52)
SHEET = (
    "情况说明",
    "事情的经过，我按时间先后写在下面。",
    "单据和照片都留着，可以带到现场给律师看。",
    "说明人：（签名、手印）",
)
CHAT = (
    "聊天记录（截图）",
    "我：这件事什么时候给个说法？",
    "对方：手头事多，再等两个月。",
    "我：请月底以前答复。",
)


def hand_in(history: History, who: Person) -> None:
    """With every question of this person that came by the web, soon after it was asked."""
    rows: list[Any] = history.rows[Consultation]
    for consultation in [row for row in rows if row.person_id == who.id and row.channel == "web"]:
        brought = (("情况说明", _drawn(SHEET, "JPEG")), ("聊天记录", _drawn(CHAT, "PDF")))
        for minutes, (name, content) in enumerate(brought, 6):
            at = consultation.created_at + timedelta(minutes=minutes)
            kind, body = cleaning.clean(content)
            columns = {**Place.of(consultation).columns, "by_id": who.id}
            kept = history.add(Attachment, at, name=name, kind=kind, size=len(body), **columns)
            history.add(Content, at, id=kept.id, body=body)
        history.note(who, "hand_in", consultation, at, papers=2)


def _drawn(lines: Sequence[str], sort: str) -> bytes:
    """A sheet of paper with these lines, as a photograph or as a PDF."""
    sheet = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(pylopdf_fonts_zh_cn.serif_path()), 34)
    for n, line in enumerate(lines):
        pen.text((80, 90 + 110 * n), line, fill=INK, font=font)
    drawn = io.BytesIO()
    sheet.save(drawn, sort)
    return drawn.getvalue()
