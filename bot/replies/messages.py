"""Every sentence a person can read, in both languages; words in {braces} are filled in by the caller.

The texts are plain: whoever sends one as HTML escapes it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.types import FactKind, Language, SmallTalk

LANGUAGE_NAMES: Mapping[Language, str] = {"it": "Italiano", "en": "English"}


@dataclass(frozen=True, slots=True)
class Messages:
    """One language's wording; the tests hold both languages to the same placeholders."""

    # the answer
    other_language: str
    abstained: str
    related: str
    unsure: str
    understood: str
    cut: str
    others: str
    also: str
    page: str
    section: str
    facts: Mapping[FactKind, str]
    which: str
    small_talk: Mapping[SmallTalk, str]
    # under the answer
    more: str
    good: str
    wrong: str
    answers: str
    answers_not: str
    copy: str
    open: str
    missed: str
    literal: str
    within: str
    everywhere: str
    thanks_good: str
    thanks_wrong: str
    thanks_missed: str
    button_expired: str
    # conversation
    start: str
    start_examples: str
    help: str
    help_inline: str
    language_question: str
    language_set: str
    ask_usage: str
    unknown_command: str
    text_only: str
    articles: str
    articles_none: str
    article_gone: str
    article_opened: str
    article_closed: str
    answer_gone: str
    own_words: str
    apology: str
    # when much is going on
    late: str
    busy: str
    too_fast: str
    # to the owners
    troubles: Mapping[str, str]
    stats_title: str
    stats_head: tuple[str, ...]
    stats_latency: str
    stats_languages: str
    stats_none: str
    gaps_title: str
    gaps_none: str
    gaps_more: str
    export_done: str
    export_nothing: str
    rebuild_running: str
    rebuild_progress: str
    rebuild_done: str
    rebuild_same: str
    rebuild_skipped: str
    rebuild_failed: str
    delete_hint: str
    delete_question: str
    delete_yes: str
    delete_no: str
    deleted: str
    not_deleted: str
    add_one: str
    add_many: str
    add_language: str
    add_words: str
    add_known: str
    add_replaces: str
    add_more: str
    add_unread: str
    add_retitle: str
    add_yes: str
    add_no: str
    add_running: str
    added_one: str
    added_many: str
    add_question: str
    not_added: str
    add_refused: str
    add_too_large: str
    add_failed: str
    add_no_title: str
    # what is kept of a person
    privacy: str
    export_caption: str
    forget_question: str
    forget_yes: str
    forget_no: str
    forgotten: str
    not_forgotten: str
    # in other chats
    inline_hint: str
    inline_cut: str
    inline_abstained: str
    # menus and profile
    commands: Mapping[str, str]
    group_commands: Mapping[str, str]
    admin_commands: Mapping[str, str]
    description: str
    short_description: str
    # terminal
    chat_welcome: str
    chat_prompt: str
    token_hint: str


_ITALIAN = Messages(
    other_language="L’articolo è in inglese:",
    abstained="Gli articoli non lo dicono.",
    related="Forse ti interessa:",
    unsure="Non ne sono certo, ma forse risponde questa frase:",
    understood="Ho capito: «{question}»",
    cut="La tua domanda è lunga: ne ho letto i primi {limit} caratteri.",
    others="Altri brani ({first}–{last} di {count}):",
    also="Anche in:",
    page="p. {page}",
    section="sezione «{section}»",
    facts={"author": "Autore: {value}", "source": "Fonte: {value}", "published": "Data di pubblicazione: {value}"},
    which="Quale articolo? Scrivimi il titolo, o di che cosa parla. Per esempio:",
    small_talk={
        "help": (
            "Rispondo alle domande con le parole esatte dei miei articoli, e se gli articoli non lo dicono te lo dico. "
            "Prova a chiedermi, per esempio: «Quanto uranio produce il Kazakistan?»"
        ),
        "doubt": (
            "Riporto le parole dell’articolo così come sono scritte, e posso sbagliare frase. Sotto la risposta trovi altri brani; "
            "oppure rifammi la domanda con altre parole."
        ),
        "insult": "Mi dispiace di non esserti stato utile. Se vuoi, rifammi la domanda con altre parole.",
        "farewell": "A presto! Quando hai un’altra domanda, sono qui.",
        "thanks": "Di niente! Se hai un’altra domanda, sono qui.",
        "greeting": "Ciao! Che cosa vuoi sapere? Fammi una domanda e cerco la risposta negli articoli.",
        "agreement": "Bene! Se hai un’altra domanda, scrivimela pure.",
        "nothing": "Non ho trovato nessuna domanda nel tuo messaggio. Scrivimela con qualche parola.",
    },
    more="Altri brani",
    good="👍 Giusta",
    wrong="👎 Sbagliata",
    answers="Sì, risponde",
    answers_not="No",
    copy="Copia",
    open="Apri",
    missed="Ma negli articoli c’è",
    literal="Rispondi alla domanda così com’è",
    within="Ho cercato solo in «{title}».",
    everywhere="Cerca in tutti gli articoli",
    thanks_good="Grazie, mi fa piacere!",
    thanks_wrong="Grazie, ne prendo nota.",
    thanks_missed="Grazie, ne prendo nota: chi gestisce gli articoli lo vedrà.",
    button_expired="Questo pulsante non vale più. Rifai la domanda.",
    start=(
        "Ciao! Fammi una domanda, in italiano o in inglese: ti rispondo con la frase esatta di uno dei miei articoli, "
        "oppure ti dico che gli articoli non ne parlano."
    ),
    start_examples="Prova con una di queste:",
    help=(
        "Scrivimi una domanda con parole tue: cerco negli articoli e ti riporto la frase che risponde, con la fonte. "
        "Se gli articoli non lo dicono, te lo dico.\n\n"
        "/ask DOMANDA: fai una domanda (nei gruppi si usa così, oppure rispondi a un mio messaggio o menziona {bot})\n"
        "/articles: gli articoli in cui cerco\n"
        "/lang: scegli la lingua delle mie risposte\n"
        "/privacy: che cosa so di te\n"
        "/help: questo messaggio\n\n"
        "Per esempio: «Quanto uranio produce il Kazakistan?», e poi «E chi costruirà la centrale?». "
        "Di un articolo intero: «Riassumi l’articolo sul Kazakistan», «Chi l’ha scritto?». "
        "Puoi anche correggere una domanda già inviata: correggo la risposta.\n\n"
        "Leggo i primi {limit} caratteri di ogni domanda."
    ),
    help_inline="In qualsiasi altra chat puoi scrivere {bot} e la domanda.",
    language_question="In che lingua vuoi che ti risponda?",
    language_set="D’accordo, da ora ti rispondo in italiano.",
    ask_usage="Scrivi la domanda dopo il comando, per esempio:\n/ask Quanto uranio produce il Kazakistan?",
    unknown_command="Questo comando non lo conosco. Fammi una domanda, oppure guarda /help.",
    text_only="Questo non so leggerlo, ma se mi scrivi una domanda cerco la risposta negli articoli.",
    articles="Gli articoli in cui cerco ({first}–{last} di {count}):",
    articles_none="Per ora non c’è nessun articolo.",
    article_gone="Questo articolo non c’è più. /articles mostra quelli che ci sono.",
    article_opened="Per un giorno rispondo solo con questo articolo. Per tornare a tutti: il pulsante qui sotto, oppure /start.",
    article_closed="D’accordo, ora cerco di nuovo in tutti gli articoli.",
    answer_gone="Questa risposta non la ricordo più. Rifammi pure la domanda.",
    own_words="Questa è una delle mie risposte: per saperne di più, fammi una domanda.",
    apology="Scusa, qualcosa è andato storto e non sono riuscito a rispondere. Riprova tra poco. (Riferimento: {reference})",
    late="Scusa per l’attesa: quando mi hai scritto non riuscivo a rispondere. Eccomi.",
    busy="In questo momento mi stanno scrivendo in tanti e non riesco a starti dietro. Riprova tra un minuto.",
    too_fast="Vai troppo veloce per me! Aspetta un minuto: quello che mi scrivi intanto non lo leggo.",
    troubles={
        "index": "L’ultimo indice non si può usare, intanto rispondo con quello di prima: {detail}",
        "disk": "Non riesco a scrivere nel database ({detail}): il disco è pieno? Le domande restano da Telegram finché non c’è posto.",
        "poller": "Non ricevo più messaggi da Telegram ({detail}). Continuo a provare.",
        "conflict": "Un altro programma usa lo stesso token e mi toglie i messaggi. Fermane uno dei due.",
        "errors": "Molte risposte stanno fallendo ({detail}). I particolari sono nel registro.",
        "unparsable": "Da Telegram è arrivato qualcosa che non capisco: l’ho messo da parte ({detail} in tutto). Forse devi aggiornarmi.",
        "sync": "Non tutto quello che seguo si è potuto leggere; rispondo con quello che ho:\n{detail}",
    },
    stats_title="Ultimi {days} giorni: {questions} domande, {share}% con risposta",
    stats_head=("giorno", "dom.", "risp.", "rif."),
    stats_latency="Attesa: p50 {p50} ms, p95 {p95} ms",
    stats_languages="Lingue: {languages}",
    stats_none="Negli ultimi {days} giorni non ci sono state domande.",
    gaps_title="Le domande senza una buona risposta ({count}), dalle più frequenti:",
    gaps_none="Negli ultimi 30 giorni nessuna domanda è rimasta senza una buona risposta.",
    gaps_more="… e altri {count} gruppi.",
    export_done="{count} domande giudicate, per `chiedi eval`. Fuori ne restano {left_out}: non si sa quale sarebbe la risposta giusta.",
    export_nothing="Non c’è ancora nessuna domanda giudicata di cui si sappia la risposta.",
    rebuild_running="Aggiorno l’indice …",
    rebuild_progress="Aggiorno l’indice … {done} brani nuovi su {total}",
    rebuild_done="Fatto: {articles} articoli, {passages} brani ({encoded} nuovi, {removed} articoli tolti) in {seconds} s.",
    rebuild_same="Non è cambiato niente: {articles} articoli, {passages} brani.",
    rebuild_skipped="Lasciati fuori: {problems}",
    rebuild_failed="L’indice non si può aggiornare: {problem}",
    delete_hint="Per togliere un articolo, toccane il nome.",
    delete_question="Tolgo «{title}»? Il file viene cancellato e l’indice aggiornato.",
    delete_yes="Sì, toglilo",
    delete_no="No, lascialo",
    deleted="Ho tolto «{title}». Aggiorno l’indice.",
    not_deleted="Va bene, l’articolo resta.",
    add_one="Aggiungo questo articolo?",
    add_many="Aggiungo questi {count} articoli?",
    add_language="Lingua: {value}",
    add_words="Parole: {count}",
    add_known="C’è già, come «{title}»: questo testo prende il suo posto.",
    add_replaces="al posto di «{title}»",
    add_more="… e altri {count}.",
    add_unread="Non ho potuto leggere: {problems}",
    add_retitle="Per cambiare il titolo, rispondi a questo messaggio con quello nuovo.",
    add_yes="Sì, aggiungi",
    add_no="No, lascia stare",
    add_running="Aggiungo «{title}» …",
    added_one="Fatto: ora cerco le risposte anche in «{title}». Prova a chiedermi:",
    added_many="Fatto: ora cerco le risposte anche in questi {count} articoli. Prova a chiedermi:",
    add_question="Di cosa parla l’articolo intitolato «{title}»?",
    not_added="Va bene, «{title}» resta fuori.",
    add_refused="Mi dispiace, questo non posso aggiungerlo: {problem}",
    add_too_large="Mi dispiace, il file è troppo grande: da Telegram posso scaricare fino a 20 MB. Prova a dividerlo.",
    add_failed="Non sono riuscito ad aggiungerlo: {problem}",
    add_no_title="Sono più articoli: il titolo posso cambiarlo solo se me ne mandi uno alla volta.",
    privacy=(
        "Che cosa conservo per {days} giorni: le tue domande con le risposte che ti ho dato, la data, il tuo numero di Telegram e i "
        "giudizi che dai con i pulsanti; per un giorno l’articolo che apri; se curi gli articoli, quelli che mi "
        "mandi, finché non decidi; più a lungo "
        "soltanto la lingua che hai scelto. Mi serve per correggere le risposte, capire le "
        "domande che si riferiscono alle precedenti e migliorare. "
        "Non conservo né il tuo nome, né il tuo numero di telefono, né le domande che mi fai da altre chat con {bot}. Un "
        "messaggio che non riesco a interpretare lo metto da parte intero, per lo stesso tempo.\n\n"
        "Chi mi gestisce può leggere le domande, ma non le mostro a nessun altro. Non le mando a nessun servizio: cerco le risposte sul "
        "computer su cui funziono. I messaggi passano da Telegram, che ha le sue regole.\n\n"
        "/export ti manda tutto quello che conservo di te.\n"
        "/forget lo cancella. I messaggi nella chat restano finché non li cancelli tu, "
        "e nelle eventuali copie di sicurezza di chi mi gestisce i dati restano finché quelle non vengono eliminate."
    ),
    export_caption="Ecco tutto quello che conservo di te.",
    forget_question="Cancello tutto quello che conservo di te: domande, risposte, giudizi e lingua? Non si può annullare.",
    forget_yes="Sì, cancella tutto",
    forget_no="No",
    forgotten="Fatto: ho cancellato tutto quello che conservavo di te.",
    not_forgotten="Va bene, non ho cancellato nulla.",
    inline_hint="Scrivi una domanda dopo il mio nome",
    inline_cut="Qui leggo solo 256 caratteri: scrivimi in privato",
    inline_abstained="Gli articoli non lo dicono",
    commands={
        "ask": "Fai una domanda agli articoli",
        "articles": "Gli articoli in cui cerco",
        "lang": "Scegli la lingua: italiano o inglese",
        "help": "Come funziona, con qualche esempio",
        "privacy": "Che cosa conservo di te",
        "export": "Ricevi tutto quello che conservo di te",
        "forget": "Cancella tutto quello che conservo di te",
    },
    group_commands={"ask": "Fai una domanda agli articoli"},
    admin_commands={
        "stats": "Domande, risposte e tempi",
        "gaps": "Domande senza una buona risposta",
        "export_eval": "Scarica le domande giudicate",
        "rebuild": "Rileggi gli articoli",
    },
    description=(
        "Fammi una domanda, in italiano o in inglese. Ti rispondo con la frase esatta di un articolo e la sua fonte, "
        "oppure ti dico chiaramente che gli articoli non ne parlano."
    ),
    short_description="Rispondo alle tue domande con le parole esatte degli articoli.",
    chat_welcome="Fammi una domanda, in italiano o in inglese. Per uscire: Ctrl-D.",
    chat_prompt="Domanda:",
    token_hint="Per avere Chiedi su Telegram: scrivi /newbot a @BotFather, poi avvia\n  TELEGRAM_BOT_TOKEN=IL_TUO_TOKEN {command}",
)

_ENGLISH = Messages(
    other_language="The article is in Italian:",
    abstained="The articles do not say.",
    related="You may find this of interest:",
    unsure="I am not certain, but this sentence may answer:",
    understood="I understood: “{question}”",
    cut="Your question is long: I read its first {limit} characters.",
    others="Other passages ({first}–{last} of {count}):",
    also="Also in:",
    page="p. {page}",
    section="section “{section}”",
    facts={"author": "Author: {value}", "source": "Source: {value}", "published": "Published: {value}"},
    which="Which article? Tell me its title, or what it is about. For example:",
    small_talk={
        "help": (
            "I answer questions with the exact words of my articles, and tell you when the articles do not say. "
            "For example, ask me: “How much uranium does Kazakhstan produce?”"
        ),
        "doubt": (
            "I repeat an article’s words as they are written, and I may pick the wrong sentence. Under the answer there are "
            "other passages; or ask me again in other words."
        ),
        "insult": "I am sorry that I was of no use. If you like, ask me again in other words.",
        "farewell": "Goodbye! Whenever you have another question, I am here.",
        "thanks": "You are welcome! If you have another question, I am here.",
        "greeting": "Hello! What would you like to know? Ask me a question and I will look for the answer in the articles.",
        "agreement": "Good! If you have another question, go ahead.",
        "nothing": "I found no question in your message. Please put it into a few words.",
    },
    more="More",
    good="👍 Good",
    wrong="👎 Wrong",
    answers="Yes, it does",
    answers_not="No",
    copy="Copy",
    open="Open",
    missed="It is in the articles",
    literal="Answer it literally",
    within="I searched only “{title}”.",
    everywhere="Search all articles",
    thanks_good="Thank you, I am glad!",
    thanks_wrong="Thank you, I have made a note of it.",
    thanks_missed="Thank you, I have made a note of it for whoever looks after the articles.",
    button_expired="This button no longer works. Please ask again.",
    start=(
        "Hello! Ask me a question, in English or Italian: I reply with the exact sentence of one of my articles, "
        "or tell you that the articles do not say."
    ),
    start_examples="Try one of these:",
    help=(
        "Ask me a question in your own words: I search the articles and show you the sentence that answers, with its source. "
        "If the articles do not say, I tell you so.\n\n"
        "/ask QUESTION: ask a question (this is how it works in groups; you can also reply to me or mention {bot})\n"
        "/articles: the articles I search\n"
        "/lang: choose the language of my replies\n"
        "/privacy: what I know about you\n"
        "/help: this message\n\n"
        "For example: “How much uranium does Kazakhstan produce?”, then “And who will build the plant?”. "
        "About a whole article: “Summarise the article about Kazakhstan”, “Who wrote it?”. "
        "You can also edit a question that you have sent: I correct the answer.\n\n"
        "I read the first {limit} characters of each question."
    ),
    help_inline="In any other chat you can type {bot} and your question.",
    language_question="Which language should I reply in?",
    language_set="All right, from now on I reply in English.",
    ask_usage="Write your question after the command, for example:\n/ask How much uranium does Kazakhstan produce?",
    unknown_command="I do not know that command. Ask me a question, or see /help.",
    text_only="I cannot read this, but type me a question and I will look for the answer in the articles.",
    articles="The articles I search ({first}–{last} of {count}):",
    articles_none="There are no articles yet.",
    article_gone="This article is no longer here. /articles lists those that are.",
    article_opened="For a day I answer from this article only. To go back to all of them: the button below, or /start.",
    article_closed="All right, I search all articles again.",
    answer_gone="I no longer remember this answer. Please ask me again.",
    own_words="This is one of my own answers: to learn more, ask me a question.",
    apology="Sorry, something went wrong and I could not answer. Please try again in a little while. (Reference: {reference})",
    late="Sorry for the wait: I could not reply when you wrote. Here I am.",
    busy="A lot of people are asking right now and I cannot keep up. Please try again in a minute.",
    too_fast="You are too fast for me! Give me a minute: I do not read what you write meanwhile.",
    troubles={
        "index": "The newest index cannot be used, so I answer with the one before it: {detail}",
        "disk": "I cannot write to the database ({detail}): is the disk full? Telegram keeps the questions until there is room.",
        "poller": "I get no messages from Telegram any more ({detail}). I keep trying.",
        "conflict": "Another program uses the same token and takes my messages. Stop one of the two.",
        "errors": "Many answers are failing ({detail}). The log has the details.",
        "unparsable": "Telegram sent something I do not understand; I set it aside ({detail} in all). A newer version may help.",
        "sync": "I could not read everything that I follow, so I answer with what I have:\n{detail}",
    },
    stats_title="Last {days} days: {questions} questions, {share}% answered",
    stats_head=("day", "asked", "ans.", "ref."),
    stats_latency="Waiting time: p50 {p50} ms, p95 {p95} ms",
    stats_languages="Languages: {languages}",
    stats_none="There were no questions in the last {days} days.",
    gaps_title="Questions without a good answer ({count}), commonest first:",
    gaps_none="In the last 30 days every question got a good answer.",
    gaps_more="… and {count} more groups.",
    export_done="{count} judged questions, for `chiedi eval`. I left out {left_out}: nobody said what the right answer would be.",
    export_nothing="There is no judged question yet whose answer is known.",
    rebuild_running="Updating the index …",
    rebuild_progress="Updating the index … {done} of {total} new passages",
    rebuild_done="Done: {articles} articles, {passages} passages ({encoded} new, {removed} articles removed) in {seconds} s.",
    rebuild_same="Nothing has changed: {articles} articles, {passages} passages.",
    rebuild_skipped="Left out: {problems}",
    rebuild_failed="The index cannot be updated: {problem}",
    delete_hint="To remove an article, tap its name.",
    delete_question="Remove “{title}”? Its file is deleted and the index updated.",
    delete_yes="Yes, remove it",
    delete_no="No, keep it",
    deleted="Removed “{title}”. I am updating the index.",
    not_deleted="All right, the article stays.",
    add_one="Shall I add this article?",
    add_many="Shall I add these {count} articles?",
    add_language="Language: {value}",
    add_words="Words: {count}",
    add_known="It is here already, as “{title}”: this text takes its place.",
    add_replaces="in place of “{title}”",
    add_more="… and {count} more.",
    add_unread="I could not read: {problems}",
    add_retitle="To change the title, reply to this message with the new one.",
    add_yes="Yes, add it",
    add_no="No, discard it",
    add_running="Adding “{title}” …",
    added_one="Done: I now search “{title}” too. Try asking me:",
    added_many="Done: I now search these {count} articles too. Try asking me:",
    add_question="What is the article titled “{title}” about?",
    not_added="All right, “{title}” stays out.",
    add_refused="Sorry, I cannot add this: {problem}",
    add_too_large="Sorry, the file is too large: I can download up to 20 MB from Telegram. Please split it.",
    add_failed="I could not add it: {problem}",
    add_no_title="These are several articles: I can change a title only when you send them one at a time.",
    privacy=(
        "What I keep for {days} days: your questions with the answers I gave, their date, your Telegram number, and the verdicts that "
        "you give with the buttons; for a day the article that you open; if you look after the articles, those "
        "that you send me, until you decide; for longer only "
        "the language you chose. I need it to correct answers, to understand follow-up "
        "questions and to improve. "
        "I keep neither your name, nor your phone number, nor the questions that you ask from other chats with {bot}. A "
        "message that I cannot make sense of is set aside whole, for the same time.\n\n"
        "Whoever runs me can read the questions; I show them to nobody else. I send them to no service: I look for answers on the "
        "computer I run on. Messages travel through Telegram, which has its own rules.\n\n"
        "/export sends you everything that I keep about you.\n"
        "/forget deletes it. The messages in the chat stay until you delete them, "
        "and if whoever runs me has backups, your data stays in them until they are removed."
    ),
    export_caption="Here is everything that I keep about you.",
    forget_question="Shall I delete everything that I keep about you: questions, answers, verdicts and language? It cannot be undone.",
    forget_yes="Yes, delete everything",
    forget_no="Cancel",
    forgotten="Done: I have deleted everything that I kept about you.",
    not_forgotten="All right, I have deleted nothing.",
    inline_hint="Type a question after my name",
    inline_cut="I read only 256 characters here: ask me in private",
    inline_abstained="The articles do not say",
    commands={
        "ask": "Ask the articles a question",
        "articles": "The articles I search",
        "lang": "Choose the language: English or Italian",
        "help": "How it works, with examples",
        "privacy": "What I keep about you",
        "export": "Get everything I keep about you",
        "forget": "Delete everything I keep about you",
    },
    group_commands={"ask": "Ask the articles a question"},
    admin_commands={
        "stats": "Questions, answers and times",
        "gaps": "Questions without a good answer",
        "export_eval": "Download the judged questions",
        "rebuild": "Read the articles again",
    },
    description=(
        "Ask me a question, in English or Italian. I reply with the exact sentence of an article and its source, "
        "or tell you plainly that the articles do not say."
    ),
    short_description="I answer your questions with the exact words of the articles.",
    chat_welcome="Ask a question, in English or Italian. To leave: Ctrl-D.",
    chat_prompt="Question:",
    token_hint="To put Chiedi on Telegram: send /newbot to @BotFather, then run\n  TELEGRAM_BOT_TOKEN=YOUR_TOKEN {command}",
)

MESSAGES: Mapping[Language, Messages] = {"it": _ITALIAN, "en": _ENGLISH}
