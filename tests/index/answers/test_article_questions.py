"""Questions about an article as a whole are told from questions about what it says."""

import pytest

from index.answers.article_questions import Request, requested


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("chi ha scritto l'articolo?", Request("author", pointed=True)),
        ("E chi l’ha scritto?", Request("author")),
        ("Mi sai dire... chi è l'autore di questo testo?", Request("author", pointed=True)),
        ("Who wrote this?", Request("author", pointed=True)),
        ("Who's the author of the article about Lake Como?", Request("author", "Lake Como", pointed=True)),
        ("Qual è la fonte dell'articolo?", Request("source", pointed=True)),
        ("Who published the article?", Request("source", pointed=True)),
        ("Quando è stato pubblicato?", Request("published")),
        ("Quando è uscito l'articolo sulla città di Forlì?", Request("published", "città di Forlì", pointed=True)),
        ("When was the article on the oil crisis published?", Request("published", "the oil crisis", pointed=True)),
        ("And when was it published?", Request("published")),
        ("Di cosa parla l'articolo?", Request("summary", pointed=True)),
        ("What's it about?", Request("summary")),
        ("What is this article about?", Request("summary", pointed=True)),
        ("Riassumi!", Request("summary", pointed=True)),
        ("Fammi un breve riassunto dell’ultimo articolo, per favore", Request("summary", newest=True, pointed=True)),
        ("Summarise the article about nuclear power", Request("summary", "nuclear power", pointed=True)),
        ("Puoi farmi un riassunto della visita di Putin?", Request("summary", "visita di Putin", pointed=True)),
        ("could you summarize the latest article please", Request("summary", newest=True, pointed=True)),
        ("TL;DR", Request("summary", pointed=True)),
    ],
)  # fmt: skip
def test_request(question: str, expected: Request) -> None:
    """What is wanted, of the article about what, with the topic as typed; courtesies and marks do not matter."""
    assert requested(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "", "?", "Chi ha scritto la Divina Commedia?", "Who wrote the report?", "Chi ha scritto l'articolo 13 della Costituzione?",
        "Di cosa parla il romanzo?", "Cosa dice l'articolo sulla centrale?", "What does the article say about oil?", "What is DNA about?",
        "Quando è stata costruita la diga?", "Who is the author of the Iliad?", "When was the first newspaper published?",
    ],
)  # fmt: skip
def test_other_questions(question: str) -> None:
    """A question about a work, a law or what an article says is a question like any other."""
    assert requested(question) is None
