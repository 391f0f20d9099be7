"""Files made to hurt who reads them: archives that swell, texts that grow, things that are fetched from outside."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from ckanext.smartcity.tests.contract_files import docx, pdf

OUTSIDE = "http://192.0.2.1/pixel"
"""An address that nobody has (RFC 5737)."""
SENTENCE = "Penyedia wajib menerbitkan data layanan pada portal data terbuka."


def changed(archive: bytes, **parts: bytes) -> bytes:
    """An archive with some of its parts replaced or added; ``__`` stands for ``/``, ``_xml`` for ``.xml``."""
    new = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in dict.fromkeys([*old.namelist(), *new]):
            made.writestr(name, new[name] if name in new else old.read(name))
    return out.getvalue()


def xlsx(*rows: list[object]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def understating(archive: bytes, part: str) -> bytes:
    """The archive, with a directory that says one part unpacks to a hundred bytes."""
    place = archive.rindex(b"PK\x01\x02", 0, archive.rindex(part.encode()))
    return archive[: place + 24] + struct.pack("<I", 100) + archive[place + 28 :]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
DOCUMENT = (
    '<?xml version="1.0"?><!DOCTYPE d [{entities}]><w:document xmlns:w="http://schemas.openxmlformats.org/'
    'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
)
SHEET = (
    '<?xml version="1.0"?><!DOCTYPE d [{entities}]><worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'
    "</sheetData></worksheet>"
)
LOCAL = '<!ENTITY x SYSTEM "file:///etc/passwd">'
FETCHED = f'<!ENTITY x SYSTEM "{OUTSIDE}">'


def docx_of(entities: str, text: str) -> bytes:
    return changed(docx(SENTENCE), word__document_xml=DOCUMENT.format(entities=entities, text=text).encode())


def xlsx_of(entities: str, text: str) -> bytes:
    return changed(xlsx(["x"]), xl__worksheets__sheet1_xml=SHEET.format(entities=entities, text=text).encode())


def swollen_docx() -> bytes:
    """A paragraph of a hundred megabytes, in a directory that tells of a hundred bytes."""
    body = DOCUMENT.format(entities="", text="a" * 100_000_000).encode()
    return understating(changed(docx(SENTENCE), word__document_xml=body), "word/document.xml")


def swollen_xlsx() -> bytes:
    body = SHEET.format(entities="", text="a" * 100_000_000).encode()
    return understating(changed(xlsx(["x"]), xl__worksheets__sheet1_xml=body), "xl/worksheets/sheet1.xml")


def bomb_docx() -> bytes:
    return changed(docx(SENTENCE), word__media__a=b"0" * 60_000_000)


def bomb_xlsx() -> bytes:
    return changed(xlsx(["x"]), xl__media__a=b"0" * 60_000_000)


def endless_pdf() -> bytes:
    """A PDF whose list of pages holds itself."""
    return pdf(SENTENCE).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def looping_pdf() -> bytes:
    """A PDF whose page draws a form that draws itself."""
    stream = b"/F Do"
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length %d /Resources << /XObject << /F 4 0 R >> >> >>"
    content = b"4 0 obj\n" + form % len(stream) + b"\nstream\n" + stream + b"\nendstream\nendobj\n"
    head, _, rest = pdf(SENTENCE).partition(b"4 0 obj\n")
    fonts = b"/Font << /F1 3 0 R >>"
    return head + content + rest.partition(b"endobj\n")[2].replace(fonts, fonts + b" /XObject << /F 4 0 R >>")


def swelling_pdf() -> bytes:
    """A page whose stream unpacks to half a gigabyte."""
    packed = zlib.compress(b" " * 500_000_000, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    head, _, rest = pdf("").partition(b"4 0 obj\n")
    return head + b"4 0 obj\n" + stream + b"\nendobj\n" + rest.partition(b"endobj\n")[2]


RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def calling_docx() -> bytes:
    """A DOCX with a sentence, whose picture, template and settings lie outside."""
    with zipfile.ZipFile(BytesIO(docx(SENTENCE))) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    more = "".join(
        f'<Relationship Id="x{kind}" Type="{RELATION}{kind}" Target="{OUTSIDE}" TargetMode="External"/>'
        for kind in ("image", "attachedTemplate", "hyperlink", "subDocument")
    )
    relations = relations.replace("</Relationships>", f"{more}</Relationships>")
    return changed(docx(SENTENCE), **{"word___rels__document.xml.rels": relations.encode()})


def calling_pdf() -> bytes:
    """A PDF with a sentence, that asks to open an address and names a file outside."""
    action = b"/OpenAction << /S /URI /URI (%s) >> /F << /FS /URL /F (%s) >>" % ((OUTSIDE.encode(),) * 2)
    return pdf(SENTENCE).replace(b"/Type /Catalog", b"/Type /Catalog " + action)


def calling_xlsx(*rows: list[object]) -> bytes:
    """A workbook with these rows, and a cell that asks for an address."""
    return xlsx(*rows, [f'=WEBSERVICE("{OUTSIDE}")'])
