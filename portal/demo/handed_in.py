"""What somebody handed in with a question in the demonstration: a photographed IOU and pictures of a chat."""

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
IOU = (
    "借　条",
    "今向本人借到人民币叁万元整（30000 元），",
    "约定一年内还清，不计利息。空口无凭，立此为据。",
    "借款人：（签名、手印）",
)
CHAT = (
    "聊天记录（截图）",
    "我：说好年底还的，什么时候能还？",
    "对方：手头紧，再缓两个月。",
    "我：那先还一半吧。",
)


def hand_in(history: History, who: Person) -> None:
    """With every question of this person that came by the web, soon after it was asked."""
    rows: list[Any] = history.rows[Consultation]
    for consultation in [row for row in rows if row.person_id == who.id and row.channel == "web"]:
        at = consultation.created_at + timedelta(minutes=6)
        for name, content in (("借条", _drawn(IOU, "JPEG")), ("聊天记录", _drawn(CHAT, "PDF"))):
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
