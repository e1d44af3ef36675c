"""Every sentence a person can read, in both languages; words in {braces} are filled in by the caller.

The texts are plain: whoever sends one as HTML escapes it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.types import Language

LANGUAGE_NAMES: Mapping[Language, str] = {"it": "Italiano", "en": "English"}


@dataclass(frozen=True, slots=True)
class Messages:
    """One language's wording; the tests hold both languages to the same placeholders."""

    # the answer
    other_language: str
    abstained: str
    related: str
    months: tuple[str, ...]
    # conversation
    start: str
    help: str
    language_question: str
    language_set: str
    ask_usage: str
    unknown_command: str
    text_only: str
    articles: str
    articles_more: str
    articles_none: str
    apology: str
    # menus and profile
    commands: Mapping[str, str]
    description: str
    short_description: str
    # terminal
    chat_welcome: str
    chat_prompt: str
    token_hint: str


_ITALIAN = Messages(
    other_language="L’articolo è in inglese:",
    abstained="Gli articoli non lo dicono.",
    related="La cosa più vicina che ho trovato, ma non risponde:",
    months=(
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ),
    start=(
        "Ciao! Fammi una domanda, in italiano o in inglese: ti rispondo con la frase esatta di uno dei miei articoli, "
        "oppure ti dico che gli articoli non ne parlano.\n\n/articles mostra gli articoli, /help spiega il resto."
    ),
    help=(
        "Scrivimi una domanda con parole tue: cerco negli articoli e ti riporto la frase che risponde, con la fonte. "
        "Se gli articoli non lo dicono, te lo dico.\n\n"
        "/ask DOMANDA: fai una domanda (nei gruppi si usa così, oppure rispondi a un mio messaggio o menziona {bot})\n"
        "/articles: gli articoli in cui cerco\n"
        "/lang: scegli la lingua delle mie risposte\n"
        "/help: questo messaggio\n\n"
        "Leggo i primi {limit} caratteri di ogni domanda."
    ),
    language_question="In che lingua vuoi che ti risponda?",
    language_set="D’accordo, da ora ti rispondo in italiano.",
    ask_usage="Scrivi la domanda dopo il comando, per esempio:\n/ask Quanto uranio produce il Kazakistan?",
    unknown_command="Questo comando non lo conosco. Fammi una domanda, oppure guarda /help.",
    text_only="Per ora capisco solo i messaggi di testo. Scrivimi la tua domanda.",
    articles="Gli articoli in cui cerco ({count}):",
    articles_more="… e altri {count}.",
    articles_none="Per ora non c’è nessun articolo.",
    apology="Scusa, qualcosa è andato storto e non sono riuscito a rispondere. Riprova tra poco. (Riferimento: {reference})",
    commands={
        "ask": "Fai una domanda agli articoli",
        "articles": "Gli articoli in cui cerco",
        "lang": "Scegli la lingua: italiano o inglese",
        "help": "Come funziona",
    },
    description=(
        "Fammi una domanda, in italiano o in inglese. Ti rispondo con la frase esatta di un articolo e la sua fonte, "
        "oppure ti dico chiaramente che gli articoli non ne parlano."
    ),
    short_description="Rispondo alle tue domande con le parole esatte degli articoli.",
    chat_welcome="Fammi una domanda, in italiano o in inglese. Per uscire: Ctrl-D.",
    chat_prompt="Domanda:",
    token_hint="Per avere Chiedi su Telegram: scrivi /newbot a @BotFather, poi avvia TELEGRAM_BOT_TOKEN=IL_TUO_TOKEN make run.",
)

_ENGLISH = Messages(
    other_language="The article is in Italian:",
    abstained="The articles do not say.",
    related="Related, but it does not answer:",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    start=(
        "Hello! Ask me a question, in English or Italian: I reply with the exact sentence of one of my articles, "
        "or tell you that the articles do not say.\n\n/articles lists the articles, /help explains the rest."
    ),
    help=(
        "Ask me a question in your own words: I search the articles and show you the sentence that answers, with its source. "
        "If the articles do not say, I tell you so.\n\n"
        "/ask QUESTION: ask a question (this is how it works in groups; you can also reply to me or mention {bot})\n"
        "/articles: the articles I search\n"
        "/lang: choose the language of my replies\n"
        "/help: this message\n\n"
        "I read the first {limit} characters of each question."
    ),
    language_question="Which language should I reply in?",
    language_set="All right, from now on I reply in English.",
    ask_usage="Write your question after the command, for example:\n/ask How much uranium does Kazakhstan produce?",
    unknown_command="I do not know that command. Ask me a question, or see /help.",
    text_only="For now I only understand text messages. Please type your question.",
    articles="The articles I search ({count}):",
    articles_more="… and {count} more.",
    articles_none="There are no articles yet.",
    apology="Sorry, something went wrong and I could not answer. Please try again in a little while. (Reference: {reference})",
    commands={
        "ask": "Ask the articles a question",
        "articles": "The articles I search",
        "lang": "Choose the language: English or Italian",
        "help": "How it works",
    },
    description=(
        "Ask me a question, in English or Italian. I reply with the exact sentence of an article and its source, "
        "or tell you plainly that the articles do not say."
    ),
    short_description="I answer your questions with the exact words of the articles.",
    chat_welcome="Ask a question, in English or Italian. To leave: Ctrl-D.",
    chat_prompt="Question:",
    token_hint="To put Chiedi on Telegram: send /newbot to @BotFather, then run TELEGRAM_BOT_TOKEN=YOUR_TOKEN make run.",
)

MESSAGES: Mapping[Language, Messages] = {"it": _ITALIAN, "en": _ENGLISH}
