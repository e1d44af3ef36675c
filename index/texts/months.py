"""The names of the months."""

from __future__ import annotations

from collections.abc import Mapping

from index.types import Language

_ITALIAN = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
_ENGLISH = "January February March April May June July August September October November December"
MONTHS: Mapping[Language, tuple[str, ...]] = {"it": tuple(_ITALIAN.split()), "en": tuple(_ENGLISH.split())}
MONTH_NUMBERS = {name.lower(): number for names in MONTHS.values() for number, name in enumerate(names, 1)}
"""From a name in lower case to 1..12."""
