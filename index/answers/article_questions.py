"""Questions about an article as a whole: who wrote it, who published it, when, and what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from index.texts.normalisation import normalise
from index.texts.words import fold
from index.types import FactKind

RequestKind: TypeAlias = FactKind | Literal["summary"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of which article: the one about ``topic``, the ``newest``, or the one that is meant where neither is said.

    ``pointed``: it can be about nothing but an article ("this article", "summarise"), as "When was it published?" may.
    ``titled``: the topic counts only where it names an article by its title.
    """

    kind: RequestKind
    topic: str | None = None
    newest: bool = False
    pointed: bool = False
    titled: bool = False


# Whole questions as `_plain` leaves them, with @ where an article is spoken of.
_ASKED: dict[RequestKind, str] = {
    "author": """chi ha scritto @|chi l'ha scritto|chi lo ha scritto|chi l'ha scritta|chi ha scritto questo|chi ha scritto questa
        |da chi e stato scritto @|@ da chi e stato scritto|@ chi l'ha scritto|da chi e stato scritto|da chi e stata scritta|chi lo firma
        |chi e l'autore @|chi e l'autrice @|chi e l'autore|chi e l'autrice|chi sono gli autori @|chi sono gli autori|chi firma @|autore @
        |chi e il giornalista @|chi e la giornalista @|l'autore @|di chi e @|nome dell'autore @
        |who wrote @|who wrote it|who wrote this|who wrote that|who authored @|who is @ by|who is it by|who is this by|who was @ written by
        |by whom was @ written|who is the author @|who is the author|who is the author of this|who are the authors @|who are the authors
        |who was the author @|author @|who is the writer @|who is the journalist @|who has written @|who has written this""",
    "source": """chi ha pubblicato @|chi l'ha pubblicato|chi l'ha pubblicata|chi lo ha pubblicato|chi ha pubblicato questo|qual e la fonte @
        |qual e la fonte|la fonte @|fonte @|da dove viene @|dove e stato pubblicato @|dove e stata pubblicata @|dove e uscito @
        |@ dove e stato pubblicato|su che giornale e uscito @|su quale giornale e uscito @|di che giornale e @|di quale giornale e @
        |who published @|who published this|who published it|what is the source @|what is the source|source @|where was @ published
        |where was this published|where is @ from|where does @ come from|which newspaper is @ from|which newspaper published @""",
    "published": """quando e stato pubblicato @|quando e stata pubblicata @|@ quando e stato pubblicato|@ quando e stata pubblicata
        |quando e stato scritto @|quando e stata scritta @|quando e uscito @|quando e uscita @|@ quando e uscito|@ di quando e|di quando e @
        |quando @ e stato pubblicato|quando @ e stato scritto|a quando risale @|in che data e stato pubblicato @|in che data e uscito @
        |qual e la data @|qual e la data di pubblicazione @|data @|data di pubblicazione @|data di pubblicazione
        |quando l'hanno pubblicato|di quando e
        |quando e stato pubblicato|quando e stata pubblicata|quando e stato scritto|quando e stata scritta
        |when was @ published|when was this published|when was it published|when was @ written|when was this written|when was it written
        |when was @ posted|when is @ from|when did @ come out|when did @ appear|how old is @|what is the date @|date @
        |what is the publication date @|what is the publication date|when was @ first published""",
    "summary": """di cosa parla @|di che cosa parla @|di che parla @|di cosa parla|di che cosa parla|di che parla|di cosa si parla @
        |di cosa si parla|di cosa tratta @|di che cosa tratta @|di cosa tratta|di che cosa tratta|di che tratta @|su cosa verte @
        |@ di cosa parla|@ di che cosa parla|@ di cosa tratta|cosa dice @|che cosa dice @|cosa racconta @|che cosa racconta @
        |cosa c'e scritto @
        |di cosa parla questo|qual e il tema @|qual e l'argomento @|qual e l'argomento|qual e il contenuto @|qual e il succo @|argomento @
        |what is @ about|what is it about|what is this about|what is that about|what is @ all about|what is it all about|what was @ about
        |what does @ say|what does it say|what does @ talk about|what does @ discuss|what does @ cover|what does @ deal with
        |what are the main points|what are the main points @|what are the key points|what are the key points @|what is the gist @""",
}
_SUMMARISE = "riassumi|riassumere|riassumimi|riassumermi|riassuma|sintetizza|sintetizzami|summari[sz]e|sum up|recap"
_GIVE = "fare|fai|fammi|farmi|dammi|scrivi|scrivimi|voglio|serve|give|give me|write|write me|make|make me|i need|show me"
_SUMMARY = "riassunto|sintesi|sunto|riepilogo|summary|overview|synopsis|recap|tldr|tl dr"
_NOUNS = "articolo|testo|pezzo|notizia|documento|pagina|rapporto|relazione|article|text|story|piece|document|page|report|paper"
_SURE = ("articolo", "notizia", "article")
"""Nouns that need no "this" to mean an article of the collection and not a thing that it describes."""

_SPOKEN_OF = re.compile(
    r"\b(?:of |in )?(?:(?:d|n|a|su)(?:e|a)?ll?(?:'|o |a | )|di |in |l'|il |lo |la |un |una |the |an? )?"
    r"(?P<this>quest[oa] |quest'|quel |quell[oa] |quell'|this |that )?(?P<newest>(?:ultim[oa]|latest|newest|most recent|last) )?(?:news )?"
    rf"(?P<noun>{_NOUNS})\b(?P<recent> piu recente)?"
    r"(?: (?:su|sul|sullo|sulla|sui|sugli|sulle|sull'|riguardo a|intitolat[oa]|che parla d\w*'?|about|on|titled|called|concerning)"
    r"(?:(?<=') ?| )"
    r"(?P<topic>.+?)(?= (?:published|written|posted|come out|by|from|about|quando e (?:stato|uscito).*|di cosa parla)$|$))?"
)
_OPENING = re.compile(
    r"^(?:(?:e|ed|ma|allora|quindi|invece|and|but|so|then|per favore|per piacere|please|mi|puoi|potresti|sai|sapresti|dirmi|dire|dici|dimmi"
    r"|riesci a|can you|could you|would you|will you|tell me|do you know|vorrei|vorrei sapere|i want|i would like|in breve)\b(?!') *)+"
)
_CLOSING = re.compile(r" (?:per favore|per piacere|please|grazie|thanks|thank you)$")
_FILLERS = re.compile(
    r"\b(?:breve|brevemente|veloce|piccol[oa]|rapid[oa]|short|brief|briefly|quick|in short|in breve|esattamente|exactly)\b"
)

_SUMMARISED = re.compile(
    rf"(?:{_SUMMARISE})(?: (?:@|this|it|questo|quello|(?P<topic>[^@]+)))?"
    rf"|(?:(?:{_GIVE}) )?(?:(?:un|una|il|la|lo|a|an|the) )?(?:{_SUMMARY})"
    r"(?: (?:@|of (?:this|it)|di questo|(?:di |del |dello |della |dell'|dei |degli |delle |of |su |sul |sulla |about |on )(?P<of>[^@]+)))?"
)
_SAYS = re.compile(r"(?:che )?cosa (?:dice|racconta|c'e)|what does @ (?:say|discuss|cover)")
"""With a topic these ask what an article says of it, which is a question like any other."""


def requested(question: str) -> Request | None:
    """What a question wants to know of an article as a whole, None when it asks about anything else."""
    plain = _plain(question)
    spoken = _SPOKEN_OF.search(plain)
    asked = " ".join(f"{plain[: spoken.start()]} @ {plain[spoken.end() :]}".split()) if spoken else plain
    wanted = _SUMMARISED.fullmatch(asked)
    kind = "summary" if wanted else _kinds().get(asked)
    if kind is None or (spoken and kind != "summary" and not spoken["this"] and spoken["noun"] not in _SURE):
        return None
    topic = (spoken and spoken["topic"]) or (wanted and (wanted["topic"] or wanted["of"])) or ""
    if topic and _SAYS.match(asked):
        return None
    newest = bool(spoken and (spoken["newest"] or spoken["recent"]))
    pointed = bool(spoken or wanted or re.search(r"\b(?:this|quest[oa])\b", asked))
    return Request(kind, _as_typed(topic, question), newest, pointed)


def _plain(question: str) -> str:
    """Lower case without accents, punctuation and courtesies."""
    plain = re.sub(r"\b(who|what|when)'s\b", r"\1 is", fold(normalise(question).text))
    plain = " ".join(_FILLERS.sub(" ", re.sub(r"[^\w' ]", " ", plain)).split())
    return _CLOSING.sub("", _OPENING.sub("", plain))


def _as_typed(topic: str, question: str) -> str | None:
    """The topic with its capitals and accents."""
    typed = re.findall(r"[\w']+", normalise(question).text)
    many = len(topic.split())
    stretches = (" ".join(typed[place : place + many]) for place in range(len(typed) - many + 1))
    return next((stretch for stretch in stretches if fold(stretch) == topic), topic) or None


@cache
def _kinds() -> dict[str, RequestKind]:
    return {" ".join(phrase.split()): kind for kind, phrases in _ASKED.items() for phrase in phrases.split("|")}
