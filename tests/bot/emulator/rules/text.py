"""Text as Telegram keeps it: counted in UTF-16, cleaned, trimmed, with links, commands and mentions found."""

import re
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

PRIORITY = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49}
PRIORITY |= {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99}

SHOWN = 100
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}\b)"
    r"|(?P<url>\bhttps?://[^\s<>«»“”\"]+[^\s<>«»“”\".,;:!?)])"
)
REMOVED = re.compile("[\r\u2028-\u202e]")
BLANKED = re.compile("[\0-\x09\x0b-\x1f]")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def sort_entities(entities: list[Entity]) -> list[Entity]:
    """By offset, then longest first, then outer kinds before inner ones: the order of the Bot API."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], PRIORITY.get(e["type"], 50)))


def checked_link(url: str) -> str:
    """The link as Telegram stores it ("telegram.org" becomes "http://telegram.org/"), or "" when it takes it for no link."""
    if not url or any(character <= " " for character in url):
        return ""
    if re.match(r"(tg|ton|tonsite)://?\w", url, re.I):
        return url
    try:
        parts = urlsplit(url if "://" in url else "http://" + url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not re.fullmatch(r"[^.]+(\.[^.]+)+", host):
        return ""
    prefix = f"{parts.scheme.lower()}://{parts.netloc}"
    rest = (url if "://" in url else "http://" + url)[len(prefix) :]
    return prefix + (rest if rest.startswith("/") else "/" + rest)


def find_entities(text: str) -> list[Entity]:
    """Commands, mentions, links and addresses that Telegram marks by itself."""
    return [
        {"type": found.lastgroup, "offset": utf16_length(text[: found.start()]), "length": utf16_length(found[0])}
        for found in FOUND.finditer(text)
    ]


def finish(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text as stored: cleaned, trimmed, styles kept out of code, at most a hundred entities."""
    text, entities = _cut(text, entities, [match.span() for match in REMOVED.finditer(text)])
    text = BLANKED.sub(" ", text)
    text, entities = _trim(text, entities)
    entities = _outside_code(entities)
    taken = [e for e in entities if e["type"] in ("code", "pre", "text_link", "text_mention")]
    found = [e for e in find_entities(text) if not any(_overlap(e, other) for other in taken)]
    return text, sort_entities(entities + found)[:SHOWN]


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at the end, nor at the start before the first entity."""
    first = min((e["offset"] for e in entities), default=utf16_length(text))
    leading = 0
    while leading < len(text) and leading < first and text[leading] in " \n":
        leading += 1
    trailing = max(len(text.rstrip(" \n")), leading)
    return _cut(text, entities, [(0, leading), (trailing, len(text))])


def _cut(text: str, entities: list[Entity], spans: list[tuple[int, int]]) -> tuple[str, list[Entity]]:
    """Removes spans (code points, in order) and moves the entities with the text; an emptied entity goes."""
    units = [(utf16_length(text[:start]), utf16_length(text[:end])) for start, end in spans if end > start]

    def moved(offset: int) -> int:
        return offset - sum(min(end, offset) - start for start, end in units if start < offset)

    shifted = [e | {"offset": moved(e["offset"]), "length": moved(e["offset"] + e["length"]) - moved(e["offset"])} for e in entities]
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text, [entity for entity in shifted if entity["length"] > 0]


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


def _outside_code(entities: list[Entity]) -> list[Entity]:
    """Bold and its kin end where code begins and go on behind it."""
    kept = [entity for entity in entities if entity["type"] not in STYLES]
    codes = sort_entities([entity for entity in entities if entity["type"] in ("code", "pre")])
    for style in (entity for entity in entities if entity["type"] in STYLES):
        start, end = style["offset"], style["offset"] + style["length"]
        for code in codes:
            if start < code["offset"] < end or (_overlap({"offset": start, "length": end - start}, code) and start < end):
                if code["offset"] > start:
                    kept.append(style | {"offset": start, "length": code["offset"] - start})
                start = min(end, code["offset"] + code["length"])
        if start < end:
            kept.append(style | {"offset": start, "length": end - start})
    return kept
