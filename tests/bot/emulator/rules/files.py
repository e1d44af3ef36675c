"""Files both ways: photos and documents of the bot, and documents of people that the bot downloads."""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.bot.emulator.messages import deliver
from tests.bot.emulator.rules.formatting import message_caption
from tests.bot.emulator.wire import ApiError, Json, Parameters, Upload, bad, method

if TYPE_CHECKING:
    from tests.bot.emulator.telegram import Emulator

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that Telegram keeps."""

    id: str
    path: str
    upload: Upload

    def json(self) -> Json:
        return {"file_id": self.id, "file_unique_id": "u" + self.id, "file_size": len(self.upload.content)}


class Files:
    """Stored files by identifier."""

    def __init__(self) -> None:
        self.stored: dict[str, Stored] = {}

    def add(self, upload: Upload, folder: str) -> Stored:
        number = len(self.stored)
        suffix = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        stored = Stored(f"BQACAgQAAx{number:06d}", f"{folder}/file_{number}.{suffix}", upload)
        self.stored[stored.id] = stored
        return stored

    def at(self, path: str) -> Stored | None:
        return next((stored for stored in self.stored.values() if stored.path == path), None)


def _upload(telegram: "Emulator", p: Parameters, field: str) -> Upload:
    """The file of a call: in the field itself, attached under another name, or already known by its identifier."""
    given = p.text(field)
    upload = p.files.get(field) or p.files.get(given.removeprefix("attach://"))
    if upload is None and given in telegram.files.stored:
        upload = telegram.files.stored[given].upload
    if upload is None:
        raise bad(f"there is no {field} in the request" if not given else "wrong file identifier/HTTP URL specified")
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    return upload


@method("sendDocument")
async def send_document(telegram: "Emulator", p: Parameters) -> Json:
    upload = _upload(telegram, p, "document")
    stored = telegram.files.add(upload, "documents")
    document = stored.json() | {"file_name": upload.name, "mime_type": upload.mime}
    return deliver(telegram, p, {"document": document} | message_caption(p))


@method("sendPhoto")
async def send_photo(telegram: "Emulator", p: Parameters) -> Json:
    upload = _upload(telegram, p, "photo")
    if len(upload.content) > PHOTO_LIMIT:
        raise bad("file is too big")
    width, height = _size(upload.content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    stored = telegram.files.add(upload, "photos")
    return deliver(telegram, p, {"photo": [stored.json() | {"width": width, "height": height}]} | message_caption(p))


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; a JPEG passes as 1280 x 720, anything else is no picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content.startswith(b"\xff\xd8\xff"):
        return 1280, 720
    raise bad("IMAGE_PROCESS_FAILED")


@method("getFile")
async def get_file(telegram: "Emulator", p: Parameters) -> Json:
    if not p.text("file_id"):
        raise bad("file_id not specified")
    stored = telegram.files.stored.get(p.text("file_id"))
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(stored.upload.content) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return stored.json() | {"file_path": stored.path}


def download(telegram: "Emulator", path: str) -> web.Response:
    """The bytes behind a file_path."""
    stored = telegram.files.at(path)
    if stored is None:
        return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
    return web.Response(body=stored.upload.content, content_type="application/octet-stream")
