"""Words of time in a question, Italian or English, and the periods that they mean.

An own grammar: dateparser 1.5.0 gives days where news needs stretches of time ("a marzo" is a month), reads "l'altro ieri" as yesterday,
does not know "stamattina", and takes 0.4 s to import.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from index.questions.asked_time import AskedTime, Period
from index.texts.months import MONTH_NUMBERS, MONTHS

_DAYS = (
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "lunedi martedi mercoledi giovedi venerdi",
    "monday tuesday wednesday thursday friday saturday sunday",
)
_WEEKDAYS = {name: number for names in _DAYS for number, name in enumerate(names.split())}
_COUNTED = ("un due tre quattro cinque sei sette otto nove dieci", "one two three four five six seven eight nine ten")
_NUMBERS = {word: number for words in _COUNTED for number, word in enumerate(words.split(), 1)} | {"una": 1, "a": 1, "an": 1}
_UNITS = {"giorn": 1, "day": 1, "settiman": 7, "week": 7, "mes": 30, "month": 30, "ann": 365, "year": 365}
_SINGULAR = frozenset(("giorno", "settimana", "mese", "anno", "day", "week", "month", "year"))
_FEW = {1: 7, 7: 28, 30: 120, 365: 1095}  # days that "the last days, weeks, months, years" reach back


def asked_time(question: str, today: date) -> AskedTime | None:
    """The time that a question names, seen from ``today``; None where it names none. ``question`` is normalised."""
    left, periods = question.casefold(), list[Period]()
    newest = bool(_NEWEST.search(left))
    for pattern, period in _RULES:
        if not pattern.search(left):
            continue
        for match in pattern.finditer(left):
            try:
                periods.append(period(match, today))
            except ValueError:  # the 31st of June
                continue
        left = pattern.sub(lambda match: "#" * len(match[0]), left)
    return AskedTime(tuple(periods), newest) if periods or newest else None


def _year(first: int, last: int | None = None) -> Period:
    last = last or first
    return Period(date(first, 1, 1), date(last, 12, 31), (frozenset(map(str, range(first, last + 1))),))


def _month(year: int, month: int, *named: str) -> Period:
    names = (_names(month), frozenset(named)) if named else ()
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), names)


def _names(month: int) -> frozenset[str]:
    return frozenset(names[month - 1].lower() for names in MONTHS.values())


def _day(match: re.Match[str], today: date) -> Period:
    """A day of a month; without a year the last one that has come."""
    said = match["month"]
    month = MONTH_NUMBERS.get(said) or int(said)
    day = 1 if match["day"] in ("primo", "first") else int(match["day"])
    if match["year"] is None:
        this = date(today.year, month, day)
        return _on(this if this <= today else date(today.year - 1, month, day))
    found = date(int(match["year"]), month, day)
    return Period(found, found, (frozenset((str(day),)), _names(month), frozenset((match["year"],))))


def _on(day: date) -> Period:
    return Period(day, day)


def _last_month(match: re.Match[str], today: date) -> Period:
    """A month without a year: the last one that has begun."""
    month = MONTH_NUMBERS[match["month"]]
    return _month(today.year - (month > today.month), month)


def _weekday(match: re.Match[str], today: date) -> Period:
    """The last such day before today."""
    return _on(today - timedelta((today.weekday() - _WEEKDAYS[match["weekday"]] - 1) % 7 + 1))


def _ago(match: re.Match[str], today: date) -> Period:
    """A day, a week around a day, a month or a year, counted back."""
    number, unit = _number(match["number"]), _UNITS[match["unit"]]
    if unit == 365:
        return _calendar_year(today.year - number)
    if unit == 30:
        return _calendar_month(today, number)
    day = today - timedelta(number * unit)
    return Period(day - timedelta(unit // 2), day + timedelta(unit // 2))


def _past(match: re.Match[str], today: date) -> Period:
    """So many days, weeks, months or years back from today; a few without a number, one of what is singular."""
    unit, number = _UNITS[match["unit"]], match["number"]
    single = match["unit"] + match["ending"] in _SINGULAR
    days = _number(number) * unit if number else unit if single else _FEW[unit]
    return Period(today - timedelta(days), today)


def _number(said: str) -> int:
    return _NUMBERS.get(said.strip("' ")) or int(said)


def _week(today: date, back: int) -> Period:
    monday = today - timedelta(today.weekday() + 7 * back)
    return Period(monday, min(monday + timedelta(6), today))


def _calendar_month(today: date, back: int) -> Period:
    years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return _month(years, month + 1)


def _calendar_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


_MONTH, _YEAR = f"(?P<month>{'|'.join(MONTH_NUMBERS)})", r"(?P<year>1\d{3}|20\d\d)"
_OF_MONTH = r"(?P<day>[12]\d|3[01]|0?[1-9]|primo|first)(?:st|nd|rd|th|[°º])?"
_NUMBER, _UNIT = rf"(?P<number>\d{{1,3}}|{'|'.join(_NUMBERS)}|un')", r"(?P<unit>giorn|settiman|mes|ann|day|week|month|year)(?P<ending>\w?)"
_NOUNS = (
    "notizi|novit|aggiornament|dat[oi]|bollettin|rapport|sondagg|vertic|partit|incontr|riunion|terremot|elezion|stim|prevision|cifr|"
    "comunicat|dichiarazion|edizion|version|articol|intervist|conferenz|viaggi|visit|bilanc|censiment|decret|sentenz|"
    "news|update|report|poll|summit|match|game|meeting|earthquake|election|estimate|forecast|figure|statement|trip|census|decree|ruling"
)
_NEWEST = re.compile(
    rf"\b(?:latest|newest|most recent|recent(?:ly)? |pi[uù] recent|di recente|recentemente|attual(?:e|i|mente)\b|currently|right now|"
    rf"at the moment(?! of)|(?:al|in questo) momento(?! d)|ultimissim|(?:ultim[oaie]|last) (?:\w+ )?(?:{_NOUNS})|"
    r"oggi|today|stamattina|stamani|stamane|stasera|quest[oa]? (?:mattina|sera|settimana|mese)|quest'anno|in questi giorni|"
    r"this (?:morning|afternoon|evening|week|month|year)|these days)"
)
_RULES: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period]]] = [
    (re.compile(pattern), period)
    for pattern, period in (
        (
            rf"\b(?:tra|fra|between|dal|from)(?: il)? {_YEAR}(?: e(?: il)?| and| al| to| until) (?P<end>1\d{{3}}|20\d\d)\b",
            lambda match, today: _year(*sorted((int(match["year"]), int(match["end"])))),
        ),
        (rf"\b(?:dal|since|dopo il|after) {_YEAR}\b", lambda match, today: Period(date(int(match["year"]), 1, 1), today)),
        (rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b", _day),
        (rf"\b(?P<day>\d\d?)[/.](?P<month>\d\d?)[/.]{_YEAR}\b", _day),
        (rf"\b{_OF_MONTH}(?: of| di)? {_MONTH}\b(?:,?(?: del| of)? {_YEAR}\b)?", _day),
        (rf"\b{_MONTH} (?:the )?{_OF_MONTH}\b(?:,? {_YEAR}\b)?", _day),
        (
            rf"\b{_MONTH}(?: del| of|,)? {_YEAR}\b",
            lambda match, today: _month(int(match["year"]), MONTH_NUMBERS[match["month"]], match["year"]),
        ),
        (rf"\b(?:ad?|in|di|scorso|last|of|during|since|this|questo) {_MONTH}\b(?: scorso)?", _last_month),
        (rf"\b{_MONTH} (?:scorso|passato)\b", _last_month),
        (
            r"\b(?:nel|del|dell'|dello|anno|primavera|estate|autunno|inverno|in|of|during|year|spring|summer|autumn|fall|winter)"
            rf" {_YEAR}\b(?![.,]?\d| ?%)",
            lambda match, today: _year(int(match["year"])),
        ),
        (rf"\b{_NUMBER} ?{_UNIT} (?:fa|ago|or sono)\b", _ago),
        (rf"\b(?:ultim[oaie]|(?:the|these) (?:last|past)) (?:{_NUMBER} )?{_UNIT}\b", _past),
        (r"l'altro ?ieri|\bavantieri|\bthe day before yesterday", lambda match, today: _on(today - timedelta(2))),
        (r"\b(?:ieri|yesterday|last night)\b", lambda match, today: _on(today - timedelta(1))),
        (
            r"\b(?:oggi|stamattina|stamani|stamane|stasera|stanotte|questa (?:mattina|sera|notte)|today|tonight|"
            r"this (?:morning|afternoon|evening))\b",
            lambda match, today: _on(today),
        ),
        (
            r"\b(?:settimana (?:scorsa|passata)|scorsa settimana|last week|scorso (?:weekend|fine settimana)|last weekend)\b",
            lambda match, today: _week(today, 1),
        ),
        (r"\b(?:questa settimana|this week)\b", lambda match, today: _week(today, 0)),
        (r"\b(?:mese (?:scorso|passato)|scorso mese|last month)\b", lambda match, today: _calendar_month(today, 1)),
        (r"\b(?:questo mese|this month)\b", lambda match, today: _calendar_month(today, 0)),
        (r"\b(?:anno (?:scorso|passato)|scorso anno|last year)\b", lambda match, today: _calendar_year(today.year - 1)),
        (r"\b(?:quest'anno|this year)\b", lambda match, today: _calendar_year(today.year)),
        (rf"\b(?:(?:last|on) |scors[oa] )(?P<weekday>{'|'.join(_WEEKDAYS)})\b", _weekday),
        (rf"\b(?P<weekday>{'|'.join(_WEEKDAYS)}) (?:scors[oa]|passat[oa])\b", _weekday),
    )
]
