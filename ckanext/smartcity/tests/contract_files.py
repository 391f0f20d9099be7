"""Files of contracts as tests need them: PDF with text or as a scan, DOCX with paragraphs and tables."""

from __future__ import annotations

import re
from io import BytesIO
from textwrap import wrap

LINE = 95  # characters that fit on a line


def pdf(*pages: str) -> bytes:
    """A PDF with these pages of text in Latin letters; an empty text gives a page like that of a scan."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        stream = _stream(page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects)


def _stream(text: str) -> bytes:
    lines = [line for paragraph in text.splitlines() for line in wrap(paragraph, LINE) or [""]]
    shown = [re.sub(rb"([\\()])", rb"\\\1", line.encode("latin-1", "replace")) for line in lines]
    return b"BT /F1 10 Tf 50 790 Td 13 TL\n" + b"".join(b"(%s) Tj T*\n" % line for line in shown) + b"ET"


def _file(objects: list[bytes]) -> bytes:
    out = BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def docx(*blocks: str | list[list[str]]) -> bytes:
    """A DOCX of paragraphs (texts) and tables (rows of cells), in this order."""
    import docx as library

    document = library.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), len(block[0]))
        for row, cells in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()
