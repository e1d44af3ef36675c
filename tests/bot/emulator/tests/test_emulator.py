"""The emulator as a bot meets it: messages, buttons, menus, files and queries, accepted and refused as on Telegram."""

from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)

from tests.bot.conftest import Api
from tests.bot.emulator import Emulator

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\xe0\x08\2\0\0\0"


async def test_the_bot_knows_itself(client: Bot) -> None:
    """getMe tells name, groups, privacy, inline and guest mode."""
    me = await client.get_me()
    assert (me.is_bot, me.username, me.can_join_groups, me.can_read_all_group_messages) == (True, "chiedi_test_bot", True, False)
    assert (me.supports_inline_queries, me.supports_guest_queries) == (True, False)


async def test_a_message_arrives_as_telegram_shows_it(telegram: Emulator, client: Bot) -> None:
    """HTML, reply, preview and buttons go through python-telegram-bot and come back parsed, to the test and to the bot."""
    alice = telegram.user()
    question = await alice.send("Quanto?")
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Sì", callback_data="y")], [InlineKeyboardButton("Fonte", url="https://e.org")]])
    sent = await client.send_message(
        alice.id,
        "🏟 <b>43%</b>\n<blockquote expandable>Il <i>43%</i></blockquote>",
        parse_mode="HTML",
        reply_parameters=ReplyParameters(question.id, quote="Quan"),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=keys,
    )
    reply = await alice.reply()
    assert (reply.text, reply.reply_to, reply.buttons) == ("🏟 43%\nIl 43%", question.id, ["Sì", "Fonte"])
    assert (reply.marked("bold"), reply.marked("expandable_blockquote"), reply.marked("italic")) == (["43%"], ["Il 43%"], ["43%"])
    assert (sent.message_id, sent.text, sent.text_html_urled) == (reply.id, reply.text, sent.text_html)
    assert sent.quote is not None
    assert (sent.quote.text, reply.data["link_preview_options"]) == ("Quan", {"is_disabled": True})


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "🏟" * 2049}, "message is too long"),
        ({"text": "a < b", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ({"text": "a", "parse_mode": "MarkdownV2"}, "unsupported by the emulator: Markdown; send HTML"),
        ({"text": "a", "parse_mode": "BB"}, "unsupported parse_mode"),
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
        ({"text": "a", "chat_id": 1}, "chat not found"),
        ({"text": "a", "reply_parameters": {"message_id": 9}}, "message to be replied not found"),
        ({"text": "a", "reply_parameters": "{"}, "can't parse reply parameters JSON object"),
        ({"text": "a", "message_thread_id": 5}, "message thread not found"),
    ],
)
async def test_messages_are_refused_in_telegrams_words(telegram: Emulator, api: Api, parameters: dict[str, Any], words: str) -> None:
    """Empty, over-long, unparsable and misdirected messages get the 400 that Telegram gives."""
    assert await api("sendMessage", **({"chat_id": telegram.user().id} | parameters)) == f"400 Bad Request: {words}"


async def test_length_is_counted_after_parsing(telegram: Emulator, api: Api) -> None:
    """4,096 UTF-16 units pass, however long their markup is."""
    sent = await api("sendMessage", chat_id=telegram.user().id, text=f"<b>{'🏟' * 2047}&lt;&gt;</b>", parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "a", "callback_data": "x" * 64}, None),
        ({"text": "a", "callback_data": "è" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "url": "tg://resolve?domain=x"}, None),
        ({"text": "a", "url": "exam ple"}, "inline keyboard button URL 'exam ple' is invalid: Wrong HTTP URL"),
        ({"text": "a", "copy_text": {"text": "x" * 256}}, None),
        ({"text": "a", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "a"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "a"}, "can't parse inline keyboard button: Can't find field \"text\""),
    ],
)
async def test_buttons_are_checked(telegram: Emulator, api: Api, button: dict[str, Any], words: str | None) -> None:
    """Callback data of 1 to 64 bytes, valid links and 1 to 256 characters to copy pass; the rest is refused."""
    sent = await api("sendMessage", chat_id=telegram.user().id, text="a", reply_markup={"inline_keyboard": [[button]]})
    assert sent == f"400 Bad Request: {words}" if words else sent["reply_markup"] == {"inline_keyboard": [[button]]}


async def test_a_reply_survives_its_question_only_when_allowed(telegram: Emulator, api: Api) -> None:
    """allow_sending_without_reply sends without the reply; a quote that the question does not hold is refused."""
    alice = telegram.user()
    question = await alice.send("Quanto?")
    gone = {"message_id": 999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api("sendMessage", chat_id=alice.id, text="a", reply_parameters=gone)
    quote = {"message_id": question.id, "quote": "Quando"}
    assert await api("sendMessage", chat_id=alice.id, text="a", reply_parameters=quote) == "400 Bad Request: QUOTE_TEXT_INVALID"


async def test_who_cannot_be_written_to(telegram: Emulator, api: Api) -> None:
    """Blocked, deleted and never started users, and groups that threw the bot out, are refused as Telegram refuses them."""
    blocked, deactivated, stranger, group, gone = (
        telegram.user(),
        telegram.user(),
        telegram.user(started=False),
        telegram.group(),
        telegram.group(),
    )
    blocked.block()
    deactivated.deactivate()
    group.remove_bot()
    gone.delete()
    answers = [await api("sendMessage", chat_id=place.chat.id, text="a") for place in (blocked, deactivated, stranger, group, gone)]
    assert answers == [
        "403 Forbidden: bot was blocked by the user",
        "403 Forbidden: user is deactivated",
        "403 Forbidden: bot can't initiate conversation with a user",
        "403 Forbidden: bot was kicked from the supergroup chat",
        "400 Bad Request: chat not found",
    ]


async def test_edits_change_the_message_in_place(telegram: Emulator, api: Api) -> None:
    """Text and buttons are replaced; an edit that changes nothing, or another's message, is refused."""
    alice = telegram.user()
    question = await alice.send("Quanto?")
    keys = {"inline_keyboard": [[{"text": "Altro", "callback_data": "x"}]]}
    sent = await api("sendMessage", chat_id=alice.id, text="uno", reply_markup=keys)
    message, here = await alice.reply(), {"chat_id": alice.id, "message_id": sent["message_id"]}
    assert await api("editMessageText", **here, text="<b>due</b>", parse_mode="HTML") != sent
    assert (message.text, message.marked("bold"), message.buttons, message.edits) == ("due", ["due"], [], 1)
    refusal = await api("editMessageText", **here, text="<b>due</b>", parse_mode="HTML")
    assert refusal.startswith("400 Bad Request: message is not modified: specified new message content")
    await api("editMessageReplyMarkup", **here, reply_markup=keys)
    assert (message.text, message.buttons) == ("due", ["Altro"])
    other = here | {"message_id": question.id}
    assert await api("editMessageText", **other, text="tre") == "400 Bad Request: message can't be edited"
    assert await api("editMessageText", **here | {"message_id": 1}, text="tre") == "400 Bad Request: message to edit not found"
    assert await api("deleteMessage", **here) is True
    assert await api("deleteMessage", **here) == "400 Bad Request: message to delete not found"
    assert alice.replies == []


async def test_a_pressed_button_is_answered_once(telegram: Emulator, api: Api) -> None:
    """The callback brings data and message; its answer holds 200 characters, and a second one comes too late."""
    alice = telegram.user()
    await api("sendMessage", chat_id=alice.id, text="?", reply_markup={"inline_keyboard": [[{"text": "Sì", "callback_data": "y:1"}]]})
    query = await alice.press(await alice.reply(), "Sì")
    (update,) = await api("getUpdates")
    assert (update["callback_query"]["data"], update["callback_query"]["message"]["text"]) == ("y:1", "?")
    assert await api("answerCallbackQuery", callback_query_id=query.id, text="a" * 201) == "400 Bad Request: MESSAGE_TOO_LONG"
    assert await api("answerCallbackQuery", callback_query_id=query.id, text="Fatto", show_alert=True) is True
    assert await query.answer() == {"text": "Fatto", "show_alert": True, "url": ""}
    late = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await api("answerCallbackQuery", callback_query_id=query.id) == late


async def test_signs_of_work_are_kept(telegram: Emulator, api: Api) -> None:
    """Chat actions are known ones; drafts go to private chats only."""
    alice, group = telegram.user(), telegram.group()
    assert await api("sendChatAction", chat_id=alice.id, action="typing") is True
    assert await api("sendChatAction", chat_id=alice.id, action="thinking") == "400 Bad Request: wrong parameter action in request"
    assert await api("sendMessageDraft", chat_id=alice.id, draft_id=1, text="Cerco") is True
    assert await api("sendMessageDraft", chat_id=group.chat.id, draft_id=1, text="Cerco") == "400 Bad Request: TEXTDRAFT_PEER_INVALID"
    assert [action.get("action", action.get("draft")) for action in alice.chat.actions] == ["typing", "Cerco"]


async def test_menus_are_kept_by_scope_and_language(telegram: Emulator, client: Bot, api: Api) -> None:
    """Commands have their scope and language and Telegram's limits."""
    await client.set_my_commands([("ask", "Fai una domanda")], scope=BotCommandScopeAllGroupChats(), language_code="it")
    assert telegram.commands == {('{"type": "all_group_chats"}', "it"): [{"command": "ask", "description": "Fai una domanda"}]}
    assert list(await client.get_my_commands(language_code="it")) == []
    for commands, words in (
        ([{"command": "Ask", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "ask", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "ask", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ):
        assert await api("setMyCommands", commands=commands) == f"400 Bad Request: {words}"
    assert await api("setMyCommands", commands=[], language_code="ita") == "400 Bad Request: invalid language code specified"


async def test_descriptions_have_limits_and_languages(api: Api) -> None:
    """512, 120 and 64 characters; a language without its own text gets the general one."""
    assert await api("setMyDescription", description="x" * 512) is True
    assert await api("setMyShortDescription", short_description="x" * 121) == "400 Bad Request: ABOUT_TOO_LONG"
    assert await api("setMyDescription", description="x" * 513) == "400 Bad Request: DESCRIPTION_TOO_LONG"
    assert await api("setMyName", name="x" * 65) == "400 Bad Request: NAME_TOO_LONG"
    await api("setMyName", name="Chiedi", language_code="it")
    assert [await api("getMyName", language_code=code) for code in ("it", "en")] == [{"name": "Chiedi"}, {"name": ""}]
    assert await api("getMyDescription", language_code="de") == {"description": "x" * 512}


async def test_files_go_both_ways(telegram: Emulator, client: Bot) -> None:
    """Pictures and documents go up by multipart with captions; a person's document comes down as it was sent."""
    alice = telegram.user()
    sent = await client.send_photo(alice.id, PNG, caption="<b>Grafico</b>", parse_mode="HTML")
    assert (sent.photo[0].width, sent.photo[0].height, (await alice.reply()).marked("bold")) == (640, 480, ["Grafico"])
    sent = await client.send_document(alice.id, b'{"a": 1}\n', filename="eval.jsonl")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("eval.jsonl", 9)
    await alice.send_document("nuovo.txt", b"Il lago")
    (update,) = await client.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    assert bytes(await (await update.message.document.get_file()).download_as_bytearray()) == b"Il lago"


async def test_files_are_refused_in_telegrams_words(telegram: Emulator, api: Api) -> None:
    """No file, an empty one, no picture, a caption beyond 1,024 units, a file beyond 20 MB: refused."""
    alice = telegram.user()
    assert await api("sendPhoto", chat_id=alice.id) == "400 Bad Request: there is no photo in the request"
    assert await api("sendPhoto", chat_id=alice.id, photo="x") == "400 Bad Request: wrong file identifier/HTTP URL specified"
    assert await api("getFile", file_id="x") == "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    big = await alice.send_document("big.txt", b"x" * (20 * 1024 * 1024 + 1))
    assert await api("getFile", file_id=big.data["document"]["file_id"]) == "400 Bad Request: file is too big"
    for content, caption, words in (
        (b"", "", "file must be non-empty"),
        (b"GIF", "", "IMAGE_PROCESS_FAILED"),
        (PNG, "a" * 1025, "message caption is too long"),
    ):
        form = FormData({"chat_id": str(alice.id), "caption": caption})
        form.add_field("photo", content, filename="x.png")
        async with ClientSession() as session, session.post(f"{telegram.url}/bot{telegram.token}/sendPhoto", data=form) as response:
            assert (await response.json())["description"] == f"Bad Request: {words}"
