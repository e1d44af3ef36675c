"""Updates of a chat are answered one after the other, those of several chats side by side."""

import asyncio

import pytest

from bot.state.inbox import Waiting
from bot.telegram.dispatcher import Dispatcher


def waiting(number: int, chat: int) -> Waiting:
    return Waiting(number, chat, 0.0, {})


async def test_chats_wait_for_nobody_else() -> None:
    """While the first update of one chat is being answered, the next one of that chat waits and another chat is served."""
    gate, answered = asyncio.Event(), list[int]()

    async def answer(update: Waiting) -> None:
        if update.update_id == 1:
            await gate.wait()
        answered.append(update.update_id)

    dispatcher = Dispatcher(answer)
    dispatcher.submit([waiting(2, chat=7), waiting(1, chat=7), waiting(3, chat=8)])
    await asyncio.sleep(0.01)
    assert answered == [3]
    gate.set()
    await asyncio.sleep(0.01)
    assert answered == [3, 1, 2]


async def test_drain_starts_nothing_new() -> None:
    """What is being answered ends, or is stopped after the given time; what waits stays in the inbox."""
    answered = list[int]()

    async def answer(update: Waiting) -> None:
        await asyncio.sleep(0.01 if update.chat == 7 else 60)
        answered.append(update.update_id)

    dispatcher = Dispatcher(answer)
    dispatcher.submit([waiting(1, chat=7), waiting(2, chat=7)])
    await asyncio.sleep(0)
    assert (await dispatcher.drain(10), answered) == (True, [1])
    slow = Dispatcher(answer)
    slow.submit([waiting(3, chat=8)])
    await asyncio.sleep(0)
    assert (await slow.drain(0.01), answered) == (False, [1])


async def test_the_first_error_is_kept() -> None:
    """``failed`` ends with it."""

    async def answer(update: Waiting) -> None:
        raise RuntimeError(f"update {update.update_id}")

    dispatcher = Dispatcher(answer)
    dispatcher.submit([waiting(1, chat=7)])
    with pytest.raises(RuntimeError, match="update 1"):
        await dispatcher.failed
