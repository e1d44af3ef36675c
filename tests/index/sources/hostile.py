"""Hostile documents, made when they are needed: what they hold is either read within limits or refused in one sentence."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from struct import pack
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

SENTENCE = "Il lago di Como è profondo 410 metri e lo visitano molti turisti, soprattutto nei mesi estivi."
PARAGRAPHS = (SENTENCE, "Lake Como is 146 square kilometres large, and the third largest lake of Italy after Garda and Maggiore.")


@dataclass(frozen=True)
class Hostile:
    """A file by its name. ``quotes``: words that must be read from it, "" when reading it may give anything; None: it is refused,
    with ``because`` in the sentence. ``slow``: it takes seconds, and may be refused for its time or memory instead."""

    name: str
    make: Callable[[], bytes]
    quotes: str | None = None
    because: str = ""
    hidden: str = "root:x:0"
    """Words that must not be read from it."""
    slow: bool = False


def archive(*entries: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", method, compresslevel=1) as target:
        for name, content in entries:
            target.writestr(name, content)
    return packed.getvalue()


# --- DOCX ---------------------------------------------------------------------------------------------------------------------

_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/word/document.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="' + _OFFICE + b'/officeDocument" Target="word/document.xml"/></Relationships>'
)
_WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
_WORD_END = b"</w:body></w:document>"


def _words(text: str) -> bytes:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>".encode()


_BODY = b"".join(map(_words, PARAGRAPHS))


def docx(body: bytes = _BODY, prologue: bytes = b"", *more: tuple[str | ZipInfo, bytes]) -> bytes:
    document = b'<?xml version="1.0" encoding="UTF-8"?>' + prologue + _WORD + body + _WORD_END
    return archive(("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", document), *more)


def laughs(levels: int = 10) -> bytes:
    entities = [b'<!ENTITY a0 "ha">']
    entities += [b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, levels)]
    return b"<!DOCTYPE x [" + b"".join(entities) + b"]>"


_QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
FILE_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_WEB_ENTITY = b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>'


def _noise(size: int) -> bytes:
    """Bytes that hardly pack, the same on every machine."""
    state, noise = 1, bytearray()
    while len(noise) < size:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        noise += pack("<Q", state)[2:]
    return bytes(noise[:size])


def _many_paragraphs() -> bytes:
    """45 MB of XML in an archive that packs it less than a hundred times, thanks to noise beside it."""
    return docx(_words("ciao") * 1_000_000, b"", ("word/media/image1.png", _noise(600_000)))


def _deep_tables(depth: int) -> bytes:
    return docx(b"<w:tbl><w:tr><w:tc>" * depth + _BODY + b"<w:p/></w:tc></w:tr></w:tbl>" * depth)


def _link(name: str, target: bytes) -> tuple[ZipInfo, bytes]:
    link = ZipInfo(name)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link, target


def _locked() -> bytes:
    content = bytearray(docx())
    place = 0
    while (place := content.find(b"PK\1\2", place)) >= 0:
        content[place + 8] |= 1
        place += 4
    return bytes(content)


def _overlapping(copies: int) -> bytes:
    """Many names for the same packed bytes, as in Fifield, A better zip bomb (2019)."""
    whole = archive(("a", zlib.compress(_noise(9_000), 0)), method=ZIP_STORED)
    start, end = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    entries = b"".join(whole[start : end - 1] + bytes([33 + number]) for number in range(copies))
    return whole[:start] + entries + pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(entries), start, 0)


def _nested(levels: int) -> bytes:
    content = bytes(100_000)
    for level in range(levels):
        content = archive(*((f"lib{level}{number}.zip", content) for number in range(8)))
    return content


# --- EPUB ---------------------------------------------------------------------------------------------------------------------


def epub(chapter: bytes = b"", href: str = "one.xhtml", container: bytes = b"", *more: tuple[str, bytes]) -> bytes:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS).encode()
    page = chapter or b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Lago</title></head><body>' + body + b"</body></html>"
    root = container or (
        b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="content.opf" '
        b'media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">1</dc:identifier><dc:title>Lago</dc:title>'
        f'<dc:language>it</dc:language></metadata><manifest><item id="c" href="{href}" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    ).encode()
    kind = ZipInfo("mimetype")
    kind.compress_type = ZIP_STORED
    parts = [("META-INF/container.xml", root), ("content.opf", book), ("one.xhtml", page), *more]
    return archive((kind, b"application/epub+zip"), *parts)


def _endless_spine() -> bytes:
    book = b'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest><item id="c" href="one.xhtml" '
    book += b'media-type="application/xhtml+xml"/></manifest><spine>' + b'<itemref idref="c"/>' * 100_000 + b"</spine></package>"
    whole = BytesIO(epub())
    target = BytesIO()
    with ZipFile(whole) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            copy.writestr(entry, book if entry.filename == "content.opf" else source.read(entry))
        copy.writestr("image.png", _noise(100_000))
    return target.getvalue()


# --- PDF ----------------------------------------------------------------------------------------------------------------------

_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font "
    b"/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
)
_QUOTED = "Lake Como is 146 square kilometres large"


def _lines(*lines: str) -> bytes:
    return b"BT /F1 12 Tf 50 800 Td 14 TL " + b" ".join(f"({line}) Tj T*".encode("latin-1") for line in lines) + b" ET"


_PROSE = _lines(f"{_QUOTED},", "and the third largest lake of Italy after Garda and Maggiore.", "Its shore is visited by many people.")


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), entries, content)


def pdf(
    contents: bytes = b"", catalog: bytes = _CATALOG, pages: bytes = _PAGES, page: bytes = _PAGE, *more: bytes, trailer: bytes = b""
) -> bytes:
    objects = [catalog, pages, page, contents or _stream(_PROSE), *more]
    whole, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R %s>>\n" % (len(objects) + 1, table, len(objects) + 1, trailer)
    return whole + end + b"startxref\n%d\n%%%%EOF\n" % len(whole)


def _twice_packed(size: int) -> bytes:
    return _stream(zlib.compress(zlib.compress(bytes(size), 1), 9), b"/Filter [/FlateDecode /FlateDecode] ")


def _xref_loop() -> bytes:
    whole = pdf()
    table = whole.index(b"xref\n0")
    return whole.replace(b"/Root 1 0 R ", b"/Root 1 0 R /Prev %d " % table)


def _locked_pdf() -> bytes:
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >> /ID [<00> <00>] "
    return pdf(trailer=lock)


def _many_pages(number: int) -> bytes:
    return pdf(pages=b"<< /Type /Pages /Kids [" + b"3 0 R " * number + b"] /Count %d >>" % number)


_ACTIONS = (
    b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> /AA << /WC << /S /Launch /F (/bin/sh) >> >> >>"
)
_XFORM = b"<< /XObject << /X 5 0 R >> >>"
_REPEATED = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 12 >>\n"
    b"stream\n/X Do /X Do \nendstream"
)


# --- HTML and text ------------------------------------------------------------------------------------------------------------


def html(body: str | bytes = "", head: str = "") -> bytes:
    prose = "".join(f"<p>{text}</p>" for text in PARAGRAPHS).encode()
    inside = body.encode() if isinstance(body, str) else body
    return f'<!DOCTYPE html><html lang="it"><head><meta charset="utf-8"><title>Lago</title>{head}</head>'.encode() + (
        b"<body><article><h1>Lago</h1>" + prose + inside + b"</article></body></html>"
    )


_PLAIN = "\n\n".join(("Lago", *PARAGRAPHS, ""))

HOSTILE = (
    Hostile("laughs.docx", lambda: docx(_words("&a9;"), laughs()), because="amplification"),
    Hostile("quadratic.docx", lambda: docx(_words("&a;" * 20_000), _QUADRATIC), because="amplification"),
    Hostile("file-entity.docx", lambda: docx(_BODY + _words("&a;"), FILE_ENTITY), ""),
    Hostile("web-entity.docx", lambda: docx(_BODY, _WEB_ENTITY), ""),
    Hostile("fifty-megabytes.docx", lambda: docx(_words("ciao") * 1_150_000), because="unpack to more than"),
    Hostile("many-paragraphs.docx", _many_paragraphs, "", slow=True),
    Hostile("deep-tables.docx", lambda: _deep_tables(10), SENTENCE),
    Hostile("deeper-tables.docx", lambda: _deep_tables(200), because="nested too deeply"),
    Hostile("zip-slip.docx", lambda: docx(_BODY, b"", ("../../escaped.txt", b"x")), because="leads out of its folder"),
    Hostile("absolute.docx", lambda: docx(_BODY, b"", ("/tmp/escaped.txt", b"x")), because="leads out of its folder"),
    Hostile("link.docx", lambda: docx(_BODY, b"", _link("word/link.xml", b"/etc/passwd")), because="a link or a device"),
    Hostile("macros.docm", lambda: docx(_BODY, b"", ("word/vbaProject.bin", b"x")), because="macros"),
    Hostile("locked.docx", _locked, because="password"),
    Hostile(
        "bzip2.docx", lambda: archive(("[Content_Types].xml", _TYPES), ("word/document.xml", b"x"), method=ZIP_BZIP2), because="method 12"
    ),
    Hostile("cut.docx", lambda: docx()[:-30], because="cut off"),
    Hostile("no-document.docx", lambda: archive(("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS))),
    Hostile("broken-xml.docx", lambda: docx(b"<w:p><w:r><w:t>ciao")),
    Hostile("no-types.docx", lambda: docx(_BODY).replace(b"[Content_Types]", b"[Content_Typos]"), ""),
    Hostile("old-word.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)),
    Hostile("bomb.docx", lambda: docx(_BODY, b"", ("word/zeros.xml", bytes(60_000_000))), because="unpack to"),
    Hostile("overlapping.docx", lambda: _overlapping(90), because="share the same bytes"),
    Hostile("nested.zip", lambda: _nested(3)),
    Hostile(
        "many.docx", lambda: docx(_BODY, b"", *((f"word/{number}.xml", b"") for number in range(3_000))), because="more than 2,000 entries"
    ),
    Hostile("laughs.epub", lambda: epub(laughs() + b"<html><body><p>&a9;</p></body></html>"), because="no words"),
    Hostile("file-entity.epub", lambda: epub(FILE_ENTITY + b"<html><body><p>&a;</p><p>" + SENTENCE.encode() + b"</p></body></html>"), ""),
    Hostile("container-entity.epub", lambda: epub(b"", "one.xhtml", FILE_ENTITY + b"<container>&a;</container>")),
    Hostile("outside.epub", lambda: epub(b"", "../../../../../../etc/passwd")),
    Hostile("absolute.epub", lambda: epub(b"", "file:///etc/passwd")),
    Hostile("web-chapter.epub", lambda: epub(b"", "http://127.0.0.1:9/x.xhtml")),
    Hostile("slip.epub", lambda: epub(b"", "one.xhtml", b"", ("../evil.xhtml", b"x")), because="leads out of its folder"),
    Hostile("endless-spine.epub", _endless_spine, "", slow=True),
    Hostile("bomb.epub", lambda: epub(b"", "one.xhtml", b"", ("x.xhtml", bytes(49_000_000))), because="unpack to more than"),
    Hostile("bomb-stream.pdf", lambda: pdf(_stream(zlib.compress(bytes(200_000_000), 1), b"/Filter /FlateDecode ")), slow=True),
    Hostile("twice-packed.pdf", lambda: pdf(_twice_packed(300_000_000)), slow=True),
    Hostile(
        "text-bomb.pdf",
        lambda: pdf(_stream(zlib.compress(_lines(*["ciao a tutti"] * 1_000_000), 9), b"/Filter /FlateDecode ")),
        "",
        slow=True,
    ),
    Hostile("xref-loop.pdf", _xref_loop, _QUOTED),
    Hostile("page-loop.pdf", lambda: pdf(pages=b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>")),
    Hostile("only-page-loop.pdf", lambda: pdf(pages=b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>")),
    Hostile("count-lie.pdf", lambda: pdf(pages=b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"), ""),
    Hostile("many-pages.pdf", lambda: _many_pages(100_000), "", slow=True),
    Hostile("deep-array.pdf", lambda: pdf(catalog=b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 200_000 + b"]" * 200_000 + b" >>"), ""),
    Hostile("deep-operators.pdf", lambda: pdf(_stream(b"[" * 200_000 + b"]" * 200_000 + b" TJ " + _PROSE)), ""),
    Hostile("long-length.pdf", lambda: pdf(_stream(_PROSE).replace(b"/Length ", b"/Length 99999")), ""),
    Hostile("negative-length.pdf", lambda: pdf(_stream(_PROSE).replace(b"/Length ", b"/Length -")), ""),
    Hostile("length-loop.pdf", lambda: pdf(b"<< /Length 4 0 R >>\nstream\n" + _PROSE + b"\nendstream"), ""),
    Hostile("cut.pdf", lambda: pdf()[:300]),
    Hostile("only-head.pdf", lambda: b"%PDF-1.7\n"),
    Hostile("noise.pdf", lambda: b"%PDF-1.7\n" + _noise(300_000)),
    Hostile("actions.pdf", lambda: pdf(catalog=_ACTIONS), _QUOTED, hidden="app.alert"),
    Hostile("locked.pdf", _locked_pdf, because="password"),
    Hostile(
        "form-loop.pdf",
        lambda: pdf(_stream(_PROSE + b" /X Do"), _CATALOG, _PAGES, _PAGE.replace(b"/Font", b"/XObject << /X 5 0 R >> /Font", 1), _REPEATED),
        "",
        slow=True,
    ),
    Hostile("huge-page.pdf", lambda: pdf(page=_PAGE.replace(b"595 842", b"1e30 1e30")), ""),
    Hostile("nested-divs.html", lambda: html("<div>" * 100_000 + f"<p>{SENTENCE}</p>"), SENTENCE),
    Hostile("nested-tables.html", lambda: html("<table><tr><td>" * 5_000 + "ciao"), SENTENCE, slow=True),
    Hostile("nested-formatting.html", lambda: html("<b><i>" * 50_000 + "ciao"), SENTENCE),
    Hostile("one-line.html", lambda: html("<p>" + "parola " * 7_000_000 + "</p>"), "", slow=True),
    Hostile(
        "many-attributes.html",
        lambda: html("<p " + " ".join(f'a{number}="x"' for number in range(300_000)) + ">ciao</p>"),
        SENTENCE,
        slow=True,
    ),
    Hostile("long-attribute.html", lambda: html(f'<p title="{"x" * 12_000_000}">ciao</p>'), SENTENCE),
    Hostile("huge-table.html", lambda: html("<table>" + "<tr>" + "<td>x</td>" * 100 + "</tr>" * 3_000 + "</table>"), SENTENCE),
    Hostile("entities.html", lambda: html("<p>" + "&amp;&#0;&#xD800;&#x110000;&nosuch;" * 50_000 + "</p>"), SENTENCE),
    Hostile("doctype-laughs.html", lambda: laughs() + html("<p>&a9;</p>"), SENTENCE),
    Hostile("nulls.html", lambda: html(b"<p>ci\x00ao</p>" + bytes(100_000)), SENTENCE),
    Hostile("invalid-utf8.html", lambda: html(b"<p>citt\xe0 \xff\xfe\xc3\x28</p>"), "Il lago di Como"),
    Hostile("charset-lie.html", lambda: html().replace(b"utf-8", b"utf-16"), "Lake Como is 146"),
    Hostile("charset-nonsense.html", lambda: html().replace(b"utf-8", b"x-no-such"), SENTENCE),
    Hostile(
        "utf7.html",
        lambda: html("<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</p>").replace(b"utf-8", b"utf-7"),
        "Lake Como is 146",
        hidden="<script>",
    ),
    Hostile(
        "base-file.html",
        lambda: html("<iframe src='/etc/passwd'></iframe>", '<base href="file:///"><link rel=canonical href="javascript:1">'),
        SENTENCE,
    ),
    Hostile("scripts.html", lambda: html("<script>stolen()</script><p onclick='stolen()'>ciao</p>"), SENTENCE, hidden="stolen"),
    Hostile("comment-open.html", lambda: html("<!--" + "-" * 1_000_000), SENTENCE),
    Hostile("many-tags.html", lambda: html("<a><p>" * 200_000), SENTENCE, slow=True),
    Hostile("no-text.html", lambda: b"<!DOCTYPE html><html><body>" + b"<img src=x>" * 10_000),
    Hostile("one-word.txt", lambda: b"x" * 10_000_000, because="bytes of text", slow=True),
    Hostile("many-lines.txt", lambda: b"x\n" * 3_000_000, "", slow=True),
    Hostile("surrogates.txt", lambda: (_PLAIN + "\ud800\udfff\ud83d").encode("utf-8", "surrogatepass"), "Lake Como is 146"),
    Hostile("odd-utf16.txt", lambda: _PLAIN.encode("utf-16") + b"x", SENTENCE),
    Hostile("half-utf16.txt", lambda: b"\xff\xfe" + b"\x00\xd8" * 1_000),
    Hostile("utf32.txt", lambda: _PLAIN.encode("utf-32"), ""),
    Hostile("program.txt", lambda: b"\x7fELF\x02\x01\x01" + bytes(9) + _noise(200_000)),
    Hostile("picture.txt", lambda: b"\x89PNG\r\n\x1a\n" + _noise(50_000)),
    Hostile("archive.txt", lambda: archive(("a.txt", b"ciao"))),
    Hostile("zeros.txt", lambda: bytes(1_000_000)),
    Hostile("empty.txt", lambda: b""),
    Hostile("only-direction-marks.txt", lambda: "\u202e\u202d\u200b\u200e\u2066\ufeff".encode() * 1_000),
    Hostile("only-spaces.txt", lambda: "\u3000\u00a0 \n\f".encode() * 1_000),
    Hostile("escapes.txt", lambda: _PLAIN.encode() + b"\x1b[2J\x1b]0;title\x07\x08\x7f", "Lake Como is 146", hidden="\x1b"),
    Hostile(
        "front-matter.md", lambda: b"---\ntitle: !!python/object/apply:os.system ['true']\n---\n" + _PLAIN.encode(), "Lake Como is 146"
    ),
    Hostile(
        "yaml-laughs.md", lambda: b"---\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\ntitle: *b\n---\n" + _PLAIN.encode(), "Lake Como is 146"
    ),
    Hostile("backticks.md", lambda: ("`" * 100_000 + "\n" + "[" * 100_000 + "\n" + "> " * 50_000 + "\n\n" + _PLAIN).encode(), ""),
)

NAMES = (
    "", ".", "..", "../../etc/passwd.txt", "/etc/passwd.txt", "C:\\Windows\\a.txt", "CON", "NUL.txt", "aux.md", "com1.txt", "a\nb.txt",
    "a\r\x1b[31mb.txt", "a\x00b.txt", "gpj.\u202etxt", "\u200b.txt", "x" * 5_000 + ".txt",
    "é" * 300 + ".txt", ".hidden.txt", "-rf.txt", "a|b;c$(d)`e`.txt", "a\ud800.txt",
    "con\u0323.txt", " .txt", "a.txt/", "a.TXT ", "%2e%2e%2fa.txt", "<b>a</b>.txt", "---.md",
)  # fmt: skip
"""Names of files that an ordinary text comes under."""
