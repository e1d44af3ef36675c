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
_LONGEST = 3000
"""Characters read of a text; more do not change the verdict."""

_PRIOR = 0.9
_FUNCTION_WORD = 2.5
"""Log-odds that one function word adds, the first one twice: it frames the question, later ones may belong to a quoted title.
langdetect's own vote is worth at most 4.6."""

_NEIGHBOURS = ("fr", "es", "de", "pt")
_FOREIGN_SHARE = 0.5
"""A text is foreign when langdetect gives the neighbours this share and they have more of its function words than Italian or English."""

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
_FOREIGN = """
le la les un une des du de et est sont était ont au aux dans en sur pour par avec que qui quoi quel quelle quels quelles où quand combien
comment pourquoi ce cette cet il elle ils se sa son ses ne pas
el los las una unos del y es son fue era fueron han al con por para qué quién quiénes cuál cuáles cuánto cuánta cuántos cuántas dónde
cuándo cómo su sus no lo como más entre sobre desde hasta
der die das den dem ein eine einen einem einer und ist sind war waren wurde wurden hat haben wird werden wie viel viele was wer wen wem wo
wann warum welche welcher welches von vom zu zum zur mit für auf aus bei nach über es im nicht geht
o os as um uma do da dos das na nos nas ao à é são foi eram foram tem têm vai em que quem qual quais quanto quantos quantas quando onde
porque não mais seu sua
"""
_FOREIGN_WORDS = frozenset(_FOREIGN.split())
_VOTES = {**dict.fromkeys(_ITALIAN.split(), 1), **dict.fromkeys(_ENGLISH.split(), -1)}
_WORD = re.compile(r"[^\W\d_]+")


def detect(text: str, prior: Language | None = None) -> Language:
    """The language of a question or an article, never an error.

    ``prior`` is the asker's earlier choice. It decides alone where the words decide nothing ("43%?", "Nikola Tesla?") and where the
    question is in a third language, and tips the scale elsewhere; without one, such texts count as English, names as they look.
    """
    text = text[:_LONGEST]
    words = _WORD.findall(text)
    votes = [_VOTES[word] for word in map(str.lower, words) if word in _VOTES]
    named = not votes and all(word[0].isupper() for word in words)
    if not words or (prior and named) or _is_foreign(text, words, votes):
        return prior or _DEFAULT
    score = _log_odds(text, prior) + _FUNCTION_WORD * sum(votes[:1] + votes)
    if score == 0:
        return prior or _DEFAULT
    return "it" if score > 0 else "en"


def _is_foreign(text: str, words: list[str], votes: list[int]) -> bool:
    """Whether a text is neither Italian nor English, as far as langdetect knows their neighbours."""
    foreign = sum(word.lower() in _FOREIGN_WORDS for word in words)
    if foreign <= max(votes.count(1), votes.count(-1)):
        return False
    found = _shares(text, {"it": 0.3, "en": 0.3} | dict.fromkeys(_NEIGHBOURS, 0.4 / len(_NEIGHBOURS)))
    return sum(found.get(language, 0.0) for language in _NEIGHBOURS) >= _FOREIGN_SHARE


def _log_odds(text: str, prior: Language | None) -> float:
    """Italian against English by langdetect, -4.6 to 4.6; 0 when it finds no letters it knows."""
    italian = {None: 0.5, "it": _PRIOR, "en": 1 - _PRIOR}[prior]
    found = _shares(text, {"it": italian, "en": 1 - italian})
    share = min(max(found.get("it", 0.0 if found else 0.5), 0.01), 0.99)
    return math.log(share / (1 - share))


def _shares(text: str, prior: dict[str, float]) -> dict[str, float]:
    """langdetect's probabilities above 0.1 under a prior, in lower case because a capital first letter misleads its profiles."""
    detector = _factory().create()
    detector.set_prior_map(prior)
    detector.append(text.lower())
    try:
        return {language.lang: language.prob for language in detector.get_probabilities()}
    except LangDetectException:
        return {}


@cache
def _factory() -> DetectorFactory:
    """langdetect's factory with six of its 55 profiles (10 ms instead of 300), seeded because its n-gram sampling is random."""
    factory = DetectorFactory()
    languages = ("it", "en", *_NEIGHBOURS)
    factory.load_json_profile([Path(PROFILES_DIRECTORY, language).read_text(encoding="utf-8") for language in languages])
    factory.set_seed(0)
    return factory
