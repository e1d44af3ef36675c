"""What is said around the questions: small talk, greetings and thanks."""

from __future__ import annotations

import re
from functools import cache

from index.texts.normalisation import normalise
from index.texts.words import fold
from index.types import SmallTalk

# Whole messages made of these are small talk; where a message has several kinds, the one that stands first here counts.
_TALK: dict[SmallTalk, str] = {
    "help": """help|help me|aiuto|aiutami|help please|mi aiuti|mi puoi aiutare|puoi aiutarmi|can you help me|i need help|ho bisogno di aiuto
        |cosa sai fare|che cosa sai fare|che sai fare|cosa puoi fare|che cosa puoi fare|cosa fai|che fai|cosa posso chiederti
        |cosa ti posso chiedere|che posso chiederti|come funzioni|come funziona questo bot|come ti uso|come si usa
        |what can you do|what do you do|what can i ask|what can i ask you|how do you work|how does this work|how does this bot work
        |chi sei|chi sei tu|tu chi sei|e tu chi sei|cosa sei|come ti chiami|qual è il tuo nome|sei un bot|sei una persona|chi ti ha fatto
        |who are you|what are you|what is your name|what's your name|are you a bot|are you human|are you there|ci sei|istruzioni
        |are you a robot|sei un robot|are you a person|are you real|sei vero""",
    "doubt": """non ho capito|non capisco|non è chiaro|non mi è chiaro|spiegami meglio|spiegati meglio|mi spieghi meglio
        |puoi spiegare meglio|puoi spiegarmi meglio
        |cioè|in che senso|che vuol dire|sei sicuro|sei sicura|ne sei sicuro|davvero|non è vero|non è così|sbagliato
        |è sbagliato|hai sbagliato|ti sbagli|non ci credo|i don't understand|i do not understand|i didn't get it|explain|explain better
        |please explain|can you explain|what do you mean|are you sure|really|that's wrong|that is wrong|wrong|you are wrong|you're wrong
        |not true|that's not true|it's not true|i don't believe you""",
    "insult": """stupido|stupida|scemo|scema|idiota|cretino|cretina|deficiente|imbecille|sei stupido|sei scemo|sei inutile|inutile
        |fai schifo
        |che schifo|non servi a niente|non capisci niente|vaffanculo|stupid|idiot|useless|you are stupid|you're stupid|you are useless
        |you're useless|you suck|dumb|you are dumb|moron|fuck you|shut up|stai zitto""",
    "farewell": """arrivederci|addio|a presto|a dopo|a domani|alla prossima|buonanotte|buona notte|ci vediamo|ci sentiamo|buona giornata
        |buona serata|bye|bye bye|goodbye|good bye|see you|see you later|see you soon|see ya|good night|take care|have a nice day|cya""",
    "thanks": """grazie|grazie per l'aiuto|grazie dell'aiuto|thanks for your help|thank you for your help
        |thanks for the help|ti ringrazio
        |grazie infinite|molto gentile|sei gentile|gentilissimo|bravo|brava|bravissimo|ben fatto|ottimo lavoro
        |thanks|thank you|thank u|thx|ty|tnx|many thanks|cheers|well done|good bot|good job|nice work|much appreciated""",
    "greeting": """ciao|salve|ehi|ehila|hey|hi|hello|hello there|hi there|hiya|yo|buongiorno|buon giorno|buonasera|buona sera
        |buon pomeriggio|buondi|good morning|good afternoon|good evening|greetings|come stai|come va|tutto bene|come ti va
        |how are you|how's it going
        |how do you do|how are things|what's up|wassup|piacere|nice to meet you""",
    "agreement": """ok|okay|okey|va bene|d'accordo|capito|ho capito|perfetto|ottimo|bene|benissimo|sì|no|certo|esatto|fantastico|bello|wow
        |interessante|fico|figo|all right|alright|fine|great|perfect|got it|i see|understood|yes|yep|yeah|nope|sure|cool|nice|awesome
        |interesting|good|very good|molto bene|haha|hahaha|ahah|ahahah|lol|scusa|scusami|sorry|pardon|niente|nulla|never mind|nothing""",
}
_FILLERS = """mille|tante|tanto|molte|davvero|a tutti|tutti|a te|bot|chiedi|caro|amico|di cuore|e|a lot|so much|very much|much|really|and
    |everyone|all|there|again|please|per favore|per piacere|ancora|oh|ah|allora|then|of course|you|too|anche a te"""
_OPENINGS = """ciao|salve|ehi|hey|hi|hello|buongiorno|buonasera|good morning|good evening|good afternoon|hi there|hello there|scusa|scusami
    |senti|ok|okay|grazie|grazie mille|thanks|thank you|sorry|excuse me|please|per favore|per piacere"""
_CLOSINGS = "grazie|grazie mille|per favore|per piacere|please|thanks|thank you|thx"
_ASKING = r"(?:chi|che|cosa|come|dove|quando|quant[oaie]|qual[ei]?|perch[eé]|who|what|which|where|when|why|how|whose)\b"

_NOT_PLAIN = re.compile(r"[^\w' ]|_")
_REPEATED = re.compile(r"(.)\1+")


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk that a whole message is, None when it holds anything to look for.

    "nothing" is a message without a letter or a digit. Case, accents, punctuation, emoji and repeated letters do not matter ("Ciaooo!!").
    """
    plain = _plain(text)
    if not plain:
        return "nothing"
    if not _only_talk().fullmatch(plain):
        return None
    said = {_kinds()[phrase] for phrase in _phrases().findall(plain)}
    return next((kind for kind in _TALK if kind in said), None)


def without_courtesies(question: str) -> str:
    """The question without a greeting before it or thanks after it; unchanged where nothing else would be left."""
    opening = rf"(?:(?:{_either(_OPENINGS)})\b(?:\s*[,.!:;…-]+\s*|\s+(?={_ASKING})))+"
    bare = re.sub(rf"^\W*{opening}", "", question, flags=re.IGNORECASE)
    bare = re.sub(rf"(?:\s*[,.!;?]\s*(?:{_either(_CLOSINGS)}))+\W*$", "", bare, flags=re.IGNORECASE)
    if not _plain(bare):
        return question
    return bare + "?" if "?" in question[len(bare) :] and not bare.endswith("?") else bare


def _plain(text: str) -> str:
    """Lower case without accents, punctuation and emoji, one letter for several of the same."""
    return " ".join(_REPEATED.sub(r"\1", _NOT_PLAIN.sub(" ", fold(normalise(text).text))).split()).strip("' ")


def _either(phrases: str) -> str:
    """An expression for any of the phrases, the longest first."""
    listed = {" ".join(phrase.split()) for phrase in phrases.split("|")}
    return "|".join(re.escape(phrase) for phrase in sorted(listed, key=lambda phrase: (-len(phrase), phrase)))


@cache
def _kinds() -> dict[str, SmallTalk]:
    """Every phrase of small talk as ``_plain`` leaves it, and its kind; the kinds in their order of preference."""
    return {_plain(phrase): kind for kind, phrases in _TALK.items() for phrase in phrases.split("|")}


@cache
def _only_talk() -> re.Pattern[str]:
    talk, fillers = _either("|".join(_kinds())), _either("|".join(map(_plain, _FILLERS.split("|"))))
    return re.compile(rf"(?:(?:{fillers}) )*(?:{talk})(?: (?:{talk}|{fillers}))*")


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either('|'.join(_kinds()))})\b")
