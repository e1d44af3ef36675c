"""Telegram's own reading of parse_mode=HTML: tags, entities and the wording of its refusals.

Follows TDLib's parse_html (td/telegram/MessageEntity.cpp) and its published test cases, byte offsets included. Stricter in
one point: a blockquote inside a blockquote is refused, because clients do not show it.
"""

import re
from dataclasses import dataclass

from tests.bot.emulator.rules.text import Entity, checked_link, sort_entities, utf16_length

SPACE = b" \t\r\n\0\v"
ENTITY = re.compile(rb"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<decimal>[0-9]*)|(?P<name>[A-Za-z]*))")
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    **{"tg-emoji": "custom_emoji", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote"},
}


class MarkupError(ValueError):
    """The markup is refused; the message is Telegram's."""


@dataclass(slots=True)
class Open:
    """A start tag waiting for its end: name, the one attribute that counts, where it began in the text."""

    tag: str
    argument: str
    offset: int
    begin: int


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """Plain text and entities (UTF-16 offsets) of Telegram HTML; MarkupError with Telegram's words when it is refused."""
    return _Parser(markup).parse()


class _Parser:
    def __init__(self, markup: str) -> None:
        self.source = markup.replace("\0", " ").encode() + b"\0"
        self.size = len(self.source) - 1
        self.position = 0
        self.out = bytearray()
        self.offset = 0
        self.open: list[Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.position < self.size:
            byte = self.source[self.position : self.position + 1]
            if byte == b"<":
                self._tag()
            elif byte != b"&" or not self._entity():
                self._plain()
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        try:
            text = self.out.decode()
        except UnicodeDecodeError:
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
            ) from None
        for entity in self.entities:
            entity.pop("said", None)
        return text, sort_entities(self.entities)

    def _plain(self) -> None:
        """Copies up to the next character that may mean something."""
        found = re.compile(rb"[<&]").search(self.source, self.position + 1, self.size)
        end = found.start() if found else self.size
        self._append(self.source[self.position : end].decode())
        self.position = end

    def _append(self, text: str) -> None:
        self.out += text.encode("utf-8", "surrogatepass")
        self.offset += utf16_length(text)

    def _decoded(self) -> str:
        """The character of the entity at the position, which is then behind it; "" when it is none of those allowed."""
        found = ENTITY.match(self.source, self.position)
        assert found is not None
        if found["name"] is not None:
            character = NAMED.get(found["name"], "")
        else:
            digits = found["hex"] if found["hex"] is not None else found["decimal"]
            code = int(digits or b"0", 16 if found["hex"] is not None else 10)
            character = chr(code) if 0 < code < 0x10FFFF and len(found[0]) < 10 else ""
        if character:
            end = found.end()
            self.position = end + (self.source[end : end + 1] == b";")
        return character

    def _entity(self) -> bool:
        character = self._decoded()
        self._append(character)
        return bool(character)

    def _tag(self) -> None:
        if self.source[self.position + 1 : self.position + 2] == b"/":
            self._end_tag()
        else:
            self._start_tag()

    def _take(self, stop: bytes) -> str:
        """Moves to the first byte among `stop`, returning what was passed, lower-cased."""
        begin = self.position
        while self.source[self.position] not in stop:
            self.position += 1
        return self.source[begin : self.position].decode(errors="replace").lower()

    def _skip_space(self) -> int:
        """Moves over white space and returns the byte found there (0 at the end)."""
        while self.position < self.size and self.source[self.position] in SPACE:
            self.position += 1
        return self.source[self.position]

    def _start_tag(self) -> None:
        begin = self.position
        self.position += 1
        tag = self._take(SPACE + b">")
        if self.source[self.position] == 0:
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if tag not in TYPES:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = ""
        while self._skip_space() != ord(">"):
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        self.position += 1
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if tag == "blockquote" and any(outer.tag == tag for outer in self.open):
            raise MarkupError(f'Nested tag "blockquote" at byte offset {begin}')
        self.open.append(Open(tag, argument, self.offset, len(self.out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str | None]:
        """The next attribute's name and value (None without an equal sign)."""
        name = self._take(SPACE + b"=>/\"'")
        if not name and self.source[self.position]:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        if self._skip_space() != ord("="):
            self._refuse_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return name, None
        self.position += 1
        self._skip_space()
        self._refuse_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._string() if self.source[self.position] in b"\"'" else self._token()
        self._refuse_end(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def _refuse_end(self, words: str) -> None:
        if self.position >= self.size:
            raise MarkupError(words)

    def _token(self) -> str:
        begin = self.position
        found = re.compile(rb"[A-Za-z0-9.-]*").match(self.source, begin)
        assert found is not None
        self.position = found.end()
        if self.source[self.position] not in SPACE + b">":
            raise MarkupError(f"Unexpected end of name token at byte offset {begin}")
        return found[0].decode().lower()

    def _string(self) -> str:
        quote = self.source[self.position]
        self.position += 1
        value = bytearray()
        while self.source[self.position] not in (quote, 0):
            character = self._decoded() if self.source[self.position] == ord("&") else ""
            if character:
                value += character.encode("utf-8", "surrogatepass")
            else:
                value.append(self.source[self.position])
                self.position += 1
        if self.source[self.position] == quote:
            self.position += 1
        return value.decode(errors="replace")

    def _end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.position += 2
        name = self._take(SPACE + b">")
        if self._skip_space() != ord(">"):
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.position += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise MarkupError(f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{name}>"')
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: Open) -> None:
        entity: Entity = {"type": TYPES[opened.tag], "offset": opened.offset, "length": self.offset - opened.offset}
        if opened.tag == "a":
            self._link(entity, opened)
        elif opened.tag == "tg-emoji":
            if not re.fullmatch(r"-?[0-9]{1,19}", opened.argument) or not 0 < abs(int(opened.argument)) < 2**63:
                raise MarkupError("Invalid custom emoji identifier specified")
            self.entities.append(entity | {"custom_emoji_id": opened.argument})
        elif opened.tag in ("pre", "code"):
            self._code(entity, opened.argument)
        elif opened.tag == "blockquote" and opened.argument:
            self.entities.append(entity | {"type": "expandable_blockquote"})
        else:
            self.entities.append(entity)

    def _link(self, entity: Entity, opened: Open) -> None:
        target = opened.argument or self.out[opened.begin :].decode(errors="replace")
        if user := re.fullmatch(r"tg:(?://)?user\?id=(\d+)", target):
            self.entities.append(entity | {"type": "text_mention", "user": {"id": int(user[1]), "is_bot": False, "first_name": ""}})
        elif url := checked_link(target):
            self.entities.append(entity | {"url": url})

    def _code(self, entity: Entity, language: str) -> None:
        """`pre` and `code class=language-x` around the same words become one `pre` with a language, in either order."""
        last = self.entities[-1] if self.entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        other = "code" if entity["type"] == "pre" else "pre"
        if same and last["type"] == other and (said := last.get("said") or language):
            self.entities[-1] = {"type": "pre", "offset": entity["offset"], "length": entity["length"], "language": said}
        else:
            self.entities.append(entity | ({"said": language} if language else {}))


def _argument(tag: str, name: str, value: str | None) -> str:
    """What an attribute says that counts for its tag; "" for every attribute that Telegram passes over."""
    if (tag, name) == ("blockquote", "expandable"):
        return "1"
    if value is None:
        return ""
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return ""
