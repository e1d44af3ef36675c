"""Updates are checked before they are parsed."""

import pytest

from bot.telegram.update_validation import check


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"update_id": 1, "message": {"chat": {}, "message_id": 2**70}}, "message_id is of the type int"),
        ({"update_id": 1, "message": {"chat": {}, "from": {"id": True}}}, "id is of the type bool"),
        ({"update_id": 1, "message": {"chat": {}, "entities": [{"type": "bold", "length": "x"}]}}, "length is of the type str"),
        ({"update_id": 1, "callback_query": {"id": [], "from": {"id": 1}}}, "id is of the type list"),
        ({"update_id": 1, "inline_query": {"id": "1", "from": None}}, "from is of the type NoneType"),
        ({"update_id": 1, "message": {"chat": {}, "text": None}}, "text is of the type NoneType"),
        ({"update_id": 1, "edited_message": {"chat": None}}, "chat is of the type NoneType"),
        ({"update_id": 1, "message": []}, "chat is of the type NoneType"),
    ],
)
def test_unsound_updates_are_refused(raw: dict[str, object], problem: str) -> None:
    """A field of another type than Telegram says is named, wherever it stands."""
    with pytest.raises(TypeError, match=problem):
        check(raw)


def test_sound_updates_pass() -> None:
    """What Telegram sends passes, also with fields that are not known here."""
    message = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "a", "new": {"id": 2, "text": ""}}
    check({"update_id": 1, "callback_query": {"id": "77", "from": {"id": 6, "is_bot": False}, "message": message, "data": "x"}})
    check({"update_id": 1, "unheard_of": {"id": 5}, "message": message})
