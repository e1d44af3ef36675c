"""Small files for the tests, written byte by byte, so that nothing in them is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZipFile

Words = tuple[float, float, str]
"""Where a stretch of text begins, in points from the lower left corner of the page, and its words."""


def pdf(
    *pages: Sequence[Words | tuple[float, float, str, float] | tuple[float, float, str, float, str]], info: str = "", page: str = ""
) -> bytes:
    """A PDF with pages of 400 x 600 points: each stretch with a size of 10 points in Helvetica unless it says others ("bold").

    ``info``: entries of the document's properties, ``page``: further entries of each page, both in PDF's own notation.
    """
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", f"<< {info} >>"]
    objects += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>" for name in ("Helvetica", "Helvetica-Bold")
    ]
    kids = []
    for stretches in pages:
        content = "\n".join(_shown(*stretch) for stretch in stretches)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        fonts = "/Resources << /Font << /regular 4 0 R /bold 5 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] {fonts} /Contents {len(objects)} 0 R {page} >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _file(objects)


def _shown(x: float, y: float, words: str, size: float = 10, font: str = "regular") -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def _file(objects: list[str]) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF".encode()


def archive(entries: dict[str, str]) -> bytes:
    """A zip archive of these files."""
    packed = BytesIO()
    with ZipFile(packed, "w") as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return packed.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body: str, core: str = "", notes: str = "") -> bytes:
    """A Word file of this body (WordprocessingML), these core properties and these footnotes; lists refer to the numbering 1."""
    parts = {"document": "main", "styles": "styles", "numbering": "numbering", "footnotes": "footnotes"}
    kinds = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_OFFICE}.{parts[part]}+xml"/>' for part in parts if part != "document"
    )
    headings = "".join(_style(f"Heading{rank}", f"heading {rank}") for rank in (1, 2)) + _style("Titolo", "Title")
    package = "http://schemas.openxmlformats.org/package/2006"
    links = "".join(
        f'<Relationship Id="{part}" Type="{_RELATED}/{part}" Target="{part}.xml"/>' for part in ("styles", "numbering", "footnotes")
    )
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/>{kinds}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="d" Type="{_RELATED}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{headings}</w:styles>",
            "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="0">'
            '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>'
            '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
            "word/footnotes.xml": f"<w:footnotes {_W}>{notes}</w:footnotes>",
            "docProps/core.xml": '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>',
        }
    )


def _style(id: str, name: str) -> str:
    return f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/></w:style>'


def paragraph(words: str, style: str = "", more: str = "") -> str:
    """A paragraph of a Word file; ``more``: further runs."""
    kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{kind}<w:r><w:t xml:space="preserve">{words}</w:t></w:r>{more}</w:p>'


def epub(chapters: dict[str, str], metadata: str = "", **entries: str) -> bytes:
    """An EPUB of chapters (file name: body in XHTML) in this order; ``entries``: more files, with _ for / in the name."""
    items = "".join(f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>' for number, name in enumerate(chapters))
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    pages = {
        f"OEBPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return archive(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package, **pages}
        | {name.replace("_", "/"): content for name, content in entries.items()}
    )
