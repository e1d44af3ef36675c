"""Italian or English? langdetect's own profiles of the two, helped by function words where a question is short."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from index.types import Language

_DEFAULT: Language = "en"
_PRIOR = 0.8
_FUNCTION_WORD = 2.5
_LONGEST = 3000

_ITALIAN = """
il lo la gli le l un uno una di del dello della dei degli delle dell d da dal dalla dai dagli dalle dall nel nello nella nei negli nelle
nell al allo alla ai agli alle all sul sullo sulla sui sulle sull con per tra fra su che chi cosa cos come dove dov quando quanto quanta
quanti quante quant quale quali qual perché perche cui c ci cè è e ed o si non ha hanno sono era erano fu furono viene vengono può
possono stato stata stati state essere avere fatto più anche dopo prima secondo suo sua suoi sue loro questo questa questi queste quest
quel quello quella quelli quelle quell mi ti vi io tu lui lei noi voi ho hai abbiamo ma se dimmi qualcuno
"""
_ENGLISH = """
the of and to an is are was were be been has have had do does did doing what who whom whose which where when why how many much by from
with for at on it its his her their they he she we you your my this that these those there not can could will would should may might
must about into than then or if as between during after before under over long often old big far tell me s t
"""
_VOTES = {**dict.fromkeys(_ITALIAN.split(), 1), **dict.fromkeys(_ENGLISH.split(), -1)}
_WORD = re.compile(r"[^\W\d_]+")


def detect(text: str, prior: Language | None = None) -> Language:
    """The language of a question or an article, never an error.

    ``prior`` is the asker's earlier choice: it tips the scale where the words tell little, and decides alone where they tell nothing
    ("43%?"). Without one such a text counts as English.
    """
    text = text[:_LONGEST].lower()
    votes = sum(_VOTES.get(word, 0) for word in _WORD.findall(text))
    score = _langdetect(text, prior) + _FUNCTION_WORD * votes
    if score == 0:
        return prior or _DEFAULT
    return "it" if score > 0 else "en"


def _langdetect(text: str, prior: Language | None) -> float:
    """Log-odds of Italian against English by langdetect, -4.6 to 4.6; 0 when it finds no letters it knows."""
    detector = _factory().create()
    italian = {None: 0.5, "it": _PRIOR, "en": 1 - _PRIOR}[prior]
    detector.set_prior_map({"it": italian, "en": 1 - italian})
    detector.append(text)
    try:
        found = {language.lang: language.prob for language in detector.get_probabilities()}
    except LangDetectException:
        return 0.0
    share = min(max(found.get("it", 0.0), 0.01), 0.99)
    return math.log(share / (1 - share))


@cache
def _factory() -> DetectorFactory:
    """langdetect's factory with the two profiles alone (6 ms instead of 0.3 s for all 55), seeded: its n-gram sampling is random."""
    factory = DetectorFactory()
    factory.load_json_profile([Path(PROFILES_DIRECTORY, language).read_text(encoding="utf-8") for language in ("it", "en")])
    factory.set_seed(0)
    return factory
