"""Files that people hand in, and files that somebody hopes to hand in."""

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

pillow_heif.register_heif_opener(thumbnails=False)
WHERE = (31.2304, 121.4737)  # written into photographs as the place where they were taken
REMARK = "remark-by-the-camera"
HIDDEN = b"payload that nobody sees"


def picture(size: tuple[int, int] = (640, 400), mode: str = "RGB") -> Image.Image:
    """A sheet with its upper left corner dark, so that one sees which way is up."""
    made = Image.new("RGB", size, "white")
    ImageDraw.Draw(made).rectangle([0, 0, size[0] // 4, size[1] // 4], fill="black")
    return made.convert(mode)


def photograph(
    sort: str = "JPEG", size: tuple[int, int] = (640, 400), turned: int = 1, **options: Any
) -> bytes:
    """A photograph as a telephone makes it: with the place, the camera, and which way it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = turned, REMARK
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    kept = io.BytesIO()
    if sort == "JPEG":
        options.setdefault("comment", REMARK.encode())
    picture(size).save(kept, sort, exif=exif, **options)
    return kept.getvalue()


def plain(sort: str, made: Image.Image, **options: Any) -> bytes:
    """An image in a format, without anything beside it."""
    kept = io.BytesIO()
    made.save(kept, sort, **options)
    return kept.getvalue()


def name(text: str) -> NameObject:
    return NameObject(text)


def words(text: str) -> TextStringObject:
    return TextStringObject(text)


def table(**pairs: Any) -> DictionaryObject:
    """A dictionary of a PDF; `S=` becomes /S."""
    return DictionaryObject({name(f"/{key}"): value for key, value in pairs.items()})


def stream(data: bytes, **pairs: Any) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    made.update(table(**pairs))
    return made


def box(*corners: float) -> ArrayObject:
    return ArrayObject([FloatObject(corner) for corner in corners])


def paper(pages: int = 1, text: str = "IOU 30000") -> PdfWriter:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    font = table(Type=name("/Font"), Subtype=name("/Type1"), BaseFont=name("/Helvetica"))
    for _n in range(pages):
        page = writer.add_blank_page(300, 200)
        page[name("/Resources")] = table(Font=table(JS=font))  # a font may well be called /JS
        page[name("/Contents")] = writer._add_object(
            stream(f"BT /JS 18 Tf 20 100 Td ({text}) Tj ET".encode())
        )
    return writer


def written(writer: PdfWriter) -> bytes:
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def hostile_paper() -> bytes:
    """A PDF with everything in it that acts, hides or tells."""
    writer = paper()
    page, root = writer.pages[0], writer.root_object
    script = table(Type=name("/Action"), S=name("/JavaScript"), JS=words("app.alert('hostile-script')"))
    out = table(S=name("/URI"), URI=words("http://hostile.example/"))
    run = table(S=name("/Launch"), F=words("hostile.exe"))
    inside = writer._add_object(stream(HIDDEN, Type=name("/EmbeddedFile")))
    spec = table(Type=name("/Filespec"), F=words("hostile-attachment.exe"), EF=table(F=inside))
    root[name("/OpenAction")] = writer._add_object(script)
    root[name("/AA")] = table(WC=run)
    root[name("/Names")] = table(
        EmbeddedFiles=table(Names=ArrayObject([words("x"), spec])),
        JavaScript=table(Names=ArrayObject([words("y"), script])),
    )
    root[name("/Metadata")] = writer._add_object(
        stream(b"<x:xmpmeta>hostile-author</x:xmpmeta>", Type=name("/Metadata"))
    )
    root[name("/AcroForm")] = table(XFA=words("<xfa>hostile-form</xfa>"), Fields=ArrayObject())
    writer.add_metadata({"/Author": "hostile-author", "/Title": "hostile-title"})
    seal = writer._add_object(
        stream(
            b"BT /Helv 12 Tf (SEAL) Tj ET",
            Type=name("/XObject"),
            Subtype=name("/Form"),
            BBox=box(0, 0, 50, 50),
        )
    )
    page[name("/AA")] = table(O=script)
    page[name("/Annots")] = ArrayObject(
        [
            table(Type=name("/Annot"), Subtype=name("/Link"), Rect=box(0, 0, 50, 50), A=out, AP=table(N=seal)),
            table(Type=name("/Annot"), Subtype=name("/FileAttachment"), Rect=box(0, 0, 9, 9), FS=spec, AP=table(N=seal)),
            table(
                Type=name("/Annot"), Subtype=name("/Widget"), FT=name("/Sig"), T=words("hostile-field"),
                Rect=box(100, 100, 150, 150), AP=table(N=seal), A=run, AA=table(D=script), V=table(Reason=words("hostile-reason")),
            ),
        ]
    )  # fmt: skip
    image = DecodedStreamObject()
    image._data = photograph()
    image.update(
        table(
            Type=name("/XObject"), Subtype=name("/Image"), Width=NumberObject(640), Height=NumberObject(400)
        )
        | table(ColorSpace=name("/DeviceRGB"), BitsPerComponent=NumberObject(8), Filter=name("/DCTDecode"))
    )
    image[name("/Metadata")] = writer._add_object(stream(b"hostile-author"))  # and does not say so
    page[name("/Resources")][name("/XObject")] = table(Im=writer._add_object(image))  # type: ignore[index]
    page[name("/PieceInfo")] = table(Maker=table(Private=words("hostile-maker")))
    return written(writer) + b"\nPK\x03\x04 hostile-zip"


def locked_paper(password: str = "secret", owner: str = "owner") -> bytes:
    writer = paper()
    writer.encrypt(password, owner)
    return written(writer)


def unpacked(pdf: bytes) -> bytes:
    """Every object of a PDF in the open, so that nothing can hide in a compressed stream."""
    reader = PdfReader(io.BytesIO(pdf))
    seen = bytearray(pdf)
    for number in range(1, int(reader.trailer["/Size"])):
        one = reader.get_object(number)
        seen += repr(one).encode()
        if hasattr(one, "get_data") and one.get("/Subtype") != "/Image":
            seen += one.get_data()
    return bytes(seen)
