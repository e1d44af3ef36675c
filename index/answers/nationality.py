"""Whose office is meant: a sentence about the Russian president says nothing of Kazakhstan's."""

from __future__ import annotations

import re
from itertools import pairwise

from index.texts.words import fold

_COUNTRIES = """
italia italy italiano italiana italiani italiane italian | francia france francese francesi french | germania germany tedesco tedesca
tedeschi tedesche german | spagna spain spagnolo spagnola spagnoli spanish | portogallo portugal portoghese portuguese | regno unito
britannico britannica britannici british inghilterra england inglese english | irlanda ireland irlandese irish | svizzera switzerland
svizzero svizzeri swiss | austria austriaco austriaca austrian | belgio belgium belga belgian | olanda netherlands olandese dutch |
danimarca denmark danese danish | svezia sweden svedese swedish | norvegia norway norvegese norwegian | finlandia finland finlandese
finnish | polonia poland polacco polacca polacchi polish | ungheria hungary ungherese hungarian | romania rumeno rumena romeno romena
romanian | grecia greece greco greca greek | turchia turkey turco turca turchi turkish | russia russo russa russi russe russian |
ucraina ukraine ucraino ucraina ukrainian | bielorussia belarus bielorusso belarusian | kazakistan kazakhstan kazako kazaka kazaki
kazakh | uzbekistan uzbeko uzbek | georgia georgiano georgian | armenia armeno armenian | azerbaigian azerbaijan azero azeri azerbaijani
| cina china cinese cinesi chinese | giappone japan giapponese giapponesi japanese | corea korea coreano coreana coreani korean | india
indiano indiana indiani indian | pakistan pakistano pakistani | iran iraniano iraniana iraniani iranian | iraq iracheno irachena iraqi |
israele israel israeliano israeliana israeli | egitto egypt egiziano egiziana egyptian | libia libya libico libica libyan | tunisia
tunisino tunisina tunisian | algeria algerino algerina algerian | marocco morocco marocchino marocchina moroccan | etiopia ethiopia
etiope ethiopian | nigeria nigeriano nigeriana nigerian | sudafrica sudafricano sudafricana african | stati uniti americano americana
americani american statunitense | canada canadese canadian | messico mexico messicano messicana mexican | brasile brazil brasiliano
brasiliana brazilian | argentina argentino argentine argentinian | cile chile cileno cilena chilean | australia australiano australiana
australian
"""
_COUNTRY = {word: place for place, words in enumerate(_COUNTRIES.split("|")) for word in words.split()}
_OFFICE_WORDS = """
presidente presidentessa president premier primo ministro ministra minister cancelliere cancelliera chancellor re king regina
queen imperatore emperor ambasciatore ambasciatrice ambassador leader generale general governatore governor segretario secretary
"""
_OFFICES = frozenset(_OFFICE_WORDS.split())
_OF = frozenset(["del", "della", "dell", "dello", "di", "of", "the"])
_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 3  # words between an office and the country it belongs to, or the name of who holds it


def of_another_country(question: str, sentence: str, exact: str) -> bool:
    """Whether the question asks for an office of one country, and the words stand beside an office of another one in the sentence."""
    asked = [word for word in _words(question) if word not in _OF]
    meant = {_COUNTRY[word] for one, other in pairwise(asked) for word in (one, other) if word in _COUNTRY and _OFFICES & {one, other}}
    if not meant:
        return False
    at = sentence.find(exact)
    before, words = _words(sentence[:at])[-2 * _NEAR :], _words(exact)
    around = [*before, *words[: 2 * _NEAR]]
    held = [place for place, word in enumerate(around) if word in _OFFICES]
    beside = {_COUNTRY[word] for place in held for word in around[max(0, place - _NEAR) : place + _NEAR] if word in _COUNTRY}
    return bool(beside) and beside.isdisjoint(meant)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
