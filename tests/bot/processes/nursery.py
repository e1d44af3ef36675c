"""`python -m tests.bot.processes.nursery`: forks small bots from a process that has imported everything, which takes a second.

One order a line on standard input (JSON), one number a line back: {"arguments", "environment", "folder", "log"} starts a bot and gives its
process id; {"wait": id} gives the exit code of one that has ended.
"""

import json
import os
import sys
import traceback
from typing import Any, NoReturn

from tests.bot.processes.small_bot import main as small_bot


def main() -> None:
    """Follows orders until there are no more."""
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        print(_exit_code(order["wait"]) if "wait" in order else os.fork() or _live(order), flush=True)


def _exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _live(order: dict[str, Any]) -> NoReturn:
    """The child: a bot with a session, an environment and a log of its own."""
    code = 70
    try:
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
            os.dup2(file, number)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        code = small_bot(order["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
