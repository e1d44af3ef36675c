"""Words of time become periods, seen from Sunday, 22 November 2026."""

from datetime import date

import pytest

from index.questions.time_expressions import asked_time

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Che cosa è successo oggi?", "2026-11-22", "2026-11-22"),
        ("Chi ha parlato stamattina?", "2026-11-22", "2026-11-22"),
        ("Who spoke this morning?", "2026-11-22", "2026-11-22"),
        ("Chi ha vinto ieri sera?", "2026-11-21", "2026-11-21"),
        ("What happened last night?", "2026-11-21", "2026-11-21"),
        ("L'altro ieri chi ha vinto?", "2026-11-20", "2026-11-20"),
        ("Who won the day before yesterday?", "2026-11-20", "2026-11-20"),
        ("E questa settimana?", "2026-11-16", "2026-11-22"),
        ("Che cosa è successo la settimana scorsa?", "2026-11-09", "2026-11-15"),
        ("And last week?", "2026-11-09", "2026-11-15"),
        ("E nell'ultima settimana?", "2026-11-15", "2026-11-22"),
        ("E negli ultimi dieci giorni?", "2026-11-12", "2026-11-22"),
        ("And in the last few days, in the past 3 days?", "2026-11-19", "2026-11-22"),
        ("E nelle ultime settimane?", "2026-10-25", "2026-11-22"),
        ("Il mese scorso?", "2026-10-01", "2026-10-31"),
        ("This month?", "2026-11-01", "2026-11-30"),
        ("Quest’anno?".replace("’", "'"), "2026-01-01", "2026-12-31"),
        ("Lo scorso anno?", "2025-01-01", "2025-12-31"),
        ("Chi ha vinto nel 2022?", "2022-01-01", "2022-12-31"),
        ("The winter of 1812?", "1812-01-01", "1812-12-31"),
        ("Tra il 2020 e il 2022?", "2020-01-01", "2022-12-31"),
        ("From 2022 to 2020?", "2020-01-01", "2022-12-31"),
        ("Since 2020?", "2020-01-01", "2026-11-22"),
        ("A marzo?", "2026-03-01", "2026-03-31"),
        ("E a dicembre?", "2025-12-01", "2025-12-31"),
        ("In March 2023?", "2023-03-01", "2023-03-31"),
        ("Nel febbraio del 2024?", "2024-02-01", "2024-02-29"),
        ("Lo scorso marzo?", "2026-03-01", "2026-03-31"),
        ("Il 5 marzo 2024?", "2024-03-05", "2024-03-05"),
        ("Il primo maggio?", "2026-05-01", "2026-05-01"),
        ("On December 24th?", "2025-12-24", "2025-12-24"),
        ("On March 5, 2024?", "2024-03-05", "2024-03-05"),
        ("2024-03-05?", "2024-03-05", "2024-03-05"),
        ("Il 5/3/2024?", "2024-03-05", "2024-03-05"),
        ("Tre giorni fa?", "2026-11-19", "2026-11-19"),
        ("Two weeks ago?", "2026-11-05", "2026-11-11"),
        ("Un mese fa?", "2026-10-01", "2026-10-31"),
        ("Three years ago?", "2023-01-01", "2023-12-31"),
        ("Sabato scorso?", "2026-11-21", "2026-11-21"),
        ("Lo scorso lunedi?", "2026-11-16", "2026-11-16"),
        ("On Sunday?", "2026-11-15", "2026-11-15"),
    ],
)
def test_words_of_time(question: str, since: str, until: str) -> None:
    """Each names one period, from its first to its last day."""
    time = asked_time(question, TODAY)
    assert time is not None
    assert [(str(period.since), str(period.until)) for period in time.periods] == [(since, until)]


@pytest.mark.parametrize(
    "question",
    [
        "Quanto uranio produce il Kazakistan?",
        "Quanti erano i 2000 soldati?",
        "Chi fu l'ultimo imperatore?",
        "Who was the last emperor?",
        "What may happen to the march of the army?",
        "Il trenta giugno, o il 31 giugno?",
        "Il negozio è aperto il lunedì?",
        "How fast is an electric current?",
        "",
    ],
)
def test_no_time(question: str) -> None:
    """Numbers, the last of a kind, and days that there are not name no time."""
    assert asked_time(question, TODAY) is None


@pytest.mark.parametrize(
    "question",
    [
        "Le ultime notizie sul lago?",
        "The latest news?",
        "L'ultimo vertice?",
        "Il dato più recente?",
        "Most recent poll?",
        "Oggi?",
        "Chi è l'attuale re?",
    ],
)
def test_newest(question: str) -> None:
    """News, what recurs, and what is so now are asked for as they are newest."""
    time = asked_time(question, TODAY)
    assert time is not None
    assert time.newest


def test_several_periods() -> None:
    """Each period counts, named by the words of both languages."""
    time = asked_time("A maggio 2021 e il 3 giugno 2022?", TODAY)
    assert time is not None
    assert [period.named for period in time.periods] == [
        (frozenset({"3"}), frozenset({"giugno", "june"}), frozenset({"2022"})),
        (frozenset({"maggio", "may"}), frozenset({"2021"})),
    ]
