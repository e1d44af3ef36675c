"""Following feeds, sitemaps, pages and folders while the bot runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.owner.rebuilding import apart, rebuild
from bot.settings import Settings
from bot.state.notices import Owners
from index.errors import BuildBusy, ChiediError
from index.sources.errors import LibraryBusy

if TYPE_CHECKING:
    from index.models.embedder import Embedder
    from index.sources.library.sync import Report

log = logging.getLogger(__name__)


async def syncing(settings: Settings, embedder: Callable[[], Embedder], owners: Owners) -> None:
    """Every CHIEDI_SYNC_EVERY, and at the start, brings in what is new and indexes it. Never ends; without that setting does nothing.

    Errors are logged and the owners notified when they begin, not again while they last.
    """
    said: set[str] = set()
    stale = True  # an earlier run may have ended between the files and the index
    while settings.sync_every is not None:
        wrong: list[str] = []
        try:
            report = await apart(lambda: _sync(settings))
            wrong += report.refused
            if stale := stale or report.news:
                await rebuild(settings.articles, settings.index, embedder())
                stale = False
        except (LibraryBusy, BuildBusy) as error:
            log.info("%s", error)  # someone else is at it
        except (ChiediError, OSError) as error:
            wrong.append(str(error))
        except Exception as error:  # a fault of ours must not end the visits
            log.exception("a sync broke off")
            wrong.append(f"{type(error).__name__}: {error}")
        _tell([line for line in wrong if line not in said], owners)
        said = set(wrong)
        await asyncio.sleep(settings.sync_every)


def _sync(settings: Settings) -> Report:
    from index.sources.library.folder import Library
    from index.sources.library.sync import sync
    from index.sources.web.fetch import Fetcher

    with Fetcher(private=settings.private_hosts) as fetcher:
        return sync(Library(settings.articles), fetcher)


def _tell(wrong: list[str], owners: Owners) -> None:
    for line in wrong:
        log.warning("%s", line)
    if wrong:
        owners.notify("sync", "\n".join(wrong))
