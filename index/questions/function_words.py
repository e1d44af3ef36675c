"""The function words of Italian and English that questions are taken apart by, in lower case and without the apostrophe of an elision."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.texts.months import MONTH_NUMBERS
from index.types import Language


def listed(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


ARTICLES: Mapping[Language, frozenset[str]] = {"it": listed("il lo la l i gli le un uno una"), "en": listed("the a an")}
_CONTRACTED = {
    "di": "di d del dello della dell dei degli delle",
    "a": "a ad al allo alla all ai agli alle",
    "da": "da dal dallo dalla dall dai dagli dalle",
    "in": "in nel nello nella nell nei negli nelle",
    "su": "su sul sullo sulla sull sui sugli sulle",
    "con": "con col",
}
_ITALIAN_PREPOSITIONS = "per tra fra verso contro durante dopo sotto sopra presso attraverso senza entro"
_ENGLISH_PREPOSITIONS = """
    of in on at to from by with for about into during after before since until between under over against through near without within
    across around besides than
    """
PREPOSITIONS: Mapping[Language, Mapping[str, str]] = {
    "it": {form: plain for plain, forms in _CONTRACTED.items() for form in forms.split()}
    | {word: word for word in _ITALIAN_PREPOSITIONS.split()},
    "en": {word: word for word in _ENGLISH_PREPOSITIONS.split()},
}
"""Every form of a preposition and its plain one."""

OF = ("of", "di")
ASKING: Mapping[Language, frozenset[str]] = {
    "it": listed("chi che cosa cos quale quali qual quanto quanta quanti quante quant quando dove dov come perché perche perchè"),
    "en": listed("who whom whose what which when where why how"),
}
DETERMINERS = listed("che quale quali quanto quanta quanti quante quant what which whose many much")
DEGREES = listed("long far old often big large tall high deep wide many much fast heavy soon late")
COPULAS = listed("è era erano sono fu furono is are was were s 's")
DO = ("do", "does", "did")
AUXILIARIES: Mapping[Language, frozenset[str]] = {
    "it": listed("""
    è e' é sono era erano fu furono sarà saranno sarebbe sia ha hanno aveva avevano ebbe ho viene vengono venne vennero può possono deve
    devono vuole vogliono sta stanno si non c ci vi ne stato stata stati state fa fanno essere avere fatto
    """),
    "en": listed("""
    is are was were be been do does did has have had can could will would shall should may might must not 's 're 've 'll 'd 't s
    """),
}
POSSESSIVES: Mapping[Language, frozenset[str]] = {"it": listed("suo sua suoi sue loro"), "en": listed("its his her their")}
DEMONSTRATIVES = listed("questo questa questi queste quest quello quella quel quell quelli quelle this that these those")
PRONOUNS: Mapping[Language, frozenset[str]] = {
    "it": listed("lui lei loro egli ella esso essa essi esse costui costei ciò questo questa questi queste quello quella quelli quelle"),
    "en": listed("it he she him they them this that these those"),
}
PERSONS = listed("he she him her his they their lui lei loro egli ella costui costei")
_OTHER = listed("""
    e ed o ma se mi ti lo più meno molto anche così già mai proprio solo ancora tutto tutti altro altri invece poi io tu noi voi lì là
    qui cui and or but if there here so then too also very more most less ever exactly else any some all i you me we us my your our her
    """)
TIMES = listed("""
    lunedì martedì mercoledì giovedì venerdì sabato domenica oggi ieri domani adesso ora
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow now
    """) | (MONTH_NUMBERS.keys() - {"may"})
COUNTRIES = listed("""
    italia francia germania spagna inghilterra scozia irlanda portogallo svizzera austria belgio olanda polonia ucraina russia turchia
    grecia cina giappone india iran iraq israele egitto libia siria canada messico brasile argentina cile perù america europa africa
    asia kazakistan italy france germany spain england scotland ireland portugal switzerland belgium netherlands poland ukraine turkey
    greece china japan israel egypt syria libya mexico brazil chile peru europe kazakhstan usa uk
    """)
_COUNTRY = re.compile(r".*(?:ia|stan|land|landa|any)")
_ITALIAN_VERB = re.compile(
    r".*(?:[àòù]|[aei]rono|[aei]v[ao]|[aei]vano|rebbe(?:ro)?|[st]ì)|costa(?:no)?|dura(?:no)?|pesa(?:no)?|misura(?:no)?|vale|valgono|produce"
    r"|esporta|esiste|esistono|dice|vive|nasce|cresce|rende|serve|significa|parla|succede|accade|guadagna|lavora|funziona|inizia|finisce|parte"
)
_PARTICIPLE = re.compile(
    r".*ed|born|built|made|found|known|written|held|taken|given|seen|won|lost|sold|bought|called|begun|led|formed|fought"
)


def role(word: str, language: Language) -> str:
    """ "asking", "article", "preposition", "auxiliary", "other" (pronouns, conjunctions, adverbs) or "content"."""
    if word in ASKING[language]:
        return "asking"
    if word in ARTICLES[language]:
        return "article"
    if word in PREPOSITIONS[language]:
        return "preposition"
    if word in AUXILIARIES[language]:
        return "auxiliary"
    known = word in _OTHER or word in DEMONSTRATIVES or word in PRONOUNS[language] or word in POSSESSIVES[language]
    return "other" if known else "content"


def italian_verb(word: str) -> bool:
    """Whether a word after "quanto" or "che" is a verb, by its ending or as one of the common ones."""
    return _ITALIAN_VERB.fullmatch(word) is not None


def participle(word: str) -> bool:
    """Whether an English word is a past participle, by its ending or as one of the common ones."""
    return _PARTICIPLE.fullmatch(word) is not None


def country(name: str) -> bool:
    """Whether a name is one of a country or a continent, by a short list and common endings."""
    return name.lower() in COUNTRIES or (name[:1].isupper() and _COUNTRY.fullmatch(name.lower()) is not None)
