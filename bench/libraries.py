"""What libraries would do in place of code of ours: the figures of docs/decisions.md.

Candidates that are not installed are left out; for all of them, into an environment of their own beside Chiedi's:
pip install tantivy==0.27.0 datasketch==2.0.0 rensa==0.5.0 dateparser==1.5.0 aiolimiter==1.3.0 sumy==0.13.0 yoyo-migrations==9.0.0
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
from onnx import TensorProto

from bench.speed._made import questions, real_texts
from index.models.preparation import ServedModel, prepare
from index.models.runtime import Runtime, WordTable
from index.models.served_graph import Graph, _read_weights, read_shape, save
from index.models.tokenizer import COMMON, Tokenizer
from index.questions.time_expressions import asked_time
from index.storage.inverted_index import Keywords, build_keywords
from index.texts.near_copies import resemblance, signature_of
from index.texts.words import content_words, stemmer, words

PASSAGES, ASKED, COPIED, ENCODED = 20_000, 200, 400, 64
TODAY = date(2026, 11, 22)
RUSSIAN = "Кто построит атомную станцию?"


def run() -> dict[str, Any]:
    """One entry for each choice; seconds, milliseconds, megabytes."""
    model = prepare(None, lambda line: None)
    with tempfile.TemporaryDirectory() as folder:
        return {
            "tokenizer": _tokenizer(model, Path(folder)),
            "graph": _graph(model, Path(folder)),
            "keywords": _installed(lambda: _keywords(Path(folder))),
            "near_copies": _installed(_near_copies),
            "time_words": _installed(_time_words),
            "rate_limits": _installed(lambda: asyncio.run(_rate_limits())),
            "summary": _installed(_summary),
            "migrations_import_seconds": _installed(lambda: _child("import yoyo")),
        }


def _installed(measure: Callable[[], Any]) -> Any:
    try:
        return measure()
    except ImportError as error:
        return f"left out: {error}"


def _ms(work: Callable[[Any], object], items: Iterable[Any]) -> float:
    """Milliseconds an item, in the mean."""
    every = list(items)
    began = time.perf_counter()
    for item in every:
        work(item)
    return round(1000 * (time.perf_counter() - began) / len(every), 3)


def _child(code: str) -> dict[str, float]:
    """Seconds, and megabytes resident in the end, of ``code`` in a new process that has imported the tokenizers library."""
    code = f"import time, tokenizers\n{_MEMORY}\nbefore, began = resident(), time.perf_counter()\n{code}\n"
    code += "print(time.perf_counter() - began, resident() - before)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, more = map(float, shown.split())
    return {"seconds": round(seconds, 3), "mb": round(more, 1)}


_MEMORY = "def resident(): return int(open('/proc/self/statm').read().split()[1]) * 4096 / 2**20"


def _resident() -> float:
    """Megabytes of this process in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def _tokenizer(model: ServedModel, folder: Path) -> dict[str, Any]:
    """Ours beside the library with the whole vocabulary and with the pieces that Italian and English use."""
    description = json.loads((model.folder / "tokenizer.json").read_text("utf-8"))
    vocabulary = description["model"]["vocab"]
    special = {token["content"] for token in description["added_tokens"]}
    description["model"]["vocab"] = [(piece, score) for piece, score in vocabulary if piece in special or COMMON.fullmatch(piece)]
    kept = [piece for piece, _ in description["model"]["vocab"]]
    for token in description["added_tokens"]:
        token["id"] = kept.index(token["content"])
    description["model"]["unk_id"] = kept.index(vocabulary[description["model"]["unk_id"]][0])
    description["post_processor"] = None
    unknown = next(number for number, (piece, _) in enumerate(vocabulary) if piece == "<unk>")
    (folder / "cut.json").write_text(json.dumps(description), encoding="utf-8")
    load = 'tokenizers.Tokenizer.from_file("{}").encode("Quanto uranio produce il Kazakistan?")'
    ours = f"from pathlib import Path\nfrom index.models.tokenizer import Tokenizer\nfolder = Path({str(model.served_folder)!r})\n"
    ours += "Tokenizer.load(folder).plain('Quanto uranio produce il Kazakistan?')"
    texts = real_texts("it")[:100] + real_texts("en")[:100]
    cut, quick = tokenizers.Tokenizer.from_file(str(folder / "cut.json")), Tokenizer.load(model.served_folder)
    return {
        "ours": _child(ours),
        "library": _child(load.format(model.folder / "tokenizer.json")),
        "library_cut": _child(load.format(folder / "cut.json")),
        "pieces": [len(vocabulary), len(kept)],
        "ms_a_passage_ours": _ms(quick.plain, texts),
        "ms_a_passage_library": _ms(lambda text: cut.encode(text, add_special_tokens=False), texts),
        "unknown_in_russian": [quick.plain(RUSSIAN).ids.count(unknown), cut.encode(RUSSIAN).ids.count(description["model"]["unk_id"])],
    }


class _FloatGraph(Graph):
    """The same graph in float32, as an exporter would leave it to ONNX Runtime's quantisation."""

    def _quantised(self, state: str, weight: Any, bias: Any) -> str:
        return self.node("Add", self.node("MatMul", state, self.constant(weight.T)), self.constant(bias))


def _graph(model: ServedModel, folder: Path) -> dict[str, Any]:
    """Least and mean cosine to float32 and milliseconds a passage, of our graph and of ONNX Runtime's dynamic quantisation."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    tensors = _read_weights(model.folder / "model.safetensors", folder / "words.npy")
    save(_FloatGraph(read_shape(model.folder), tensors).vectors(), folder / "float.onnx")
    options = {"DefaultTensorType": TensorProto.FLOAT}
    for name, reduced in (("eight", False), ("seven", True)):
        path = folder / f"{name}.onnx"
        quantize_dynamic(
            folder / "float.onnx", path, per_channel=True, reduce_range=reduced, weight_type=QuantType.QInt8, extra_options=options
        )
    tokenizer, table = Tokenizer.load(model.served_folder), WordTable(model.served_folder / "words.npy")
    ids = [
        tokenizer.encode(f"passage: {text}", model.limit).ids
        for text in real_texts("it")[: ENCODED // 2] + real_texts("en")[: ENCODED // 2]
    ]
    graphs = {"float": folder / "float.onnx", "ours": model.served_folder / "model.onnx"}
    graphs |= {f"onnxruntime, {bits} bits": folder / f"{bits}.onnx" for bits in ("eight", "seven")}
    floats, result = np.empty(0), {}
    for name, path in graphs.items():
        graph = Runtime(path, table)
        graph.one(ids[0])
        began = time.perf_counter()
        found = np.concatenate([graph.one(row) for row in ids])
        seconds = time.perf_counter() - began
        floats = found if name == "float" else floats
        cosines = (found * floats).sum(axis=1)
        measured = {"least": cosines.min(), "mean": cosines.mean(), "ms": 1000 * seconds / len(ids)}
        result[name] = {key: round(float(value), 4) for key, value in measured.items()}
    return result


def _keywords(folder: Path) -> dict[str, Any]:
    """One language: seconds to build, milliseconds a question, bytes on disk, megabytes that searching adds."""
    import bm25s
    import tantivy

    chance = random.Random(0)
    lines = [line for text in real_texts("it") for line in text.split(". ")]
    passages = [". ".join(chance.sample(lines, 4)) for _ in range(PASSAGES)]
    asked = questions(ASKED)
    stem = stemmer("it")

    def ours() -> Callable[[str], object]:
        build_keywords(passages, "it", folder / "ours")
        keywords = Keywords(folder / "ours", "it")
        return lambda question: keywords.scores(question, "it")

    def with_bm25s() -> Callable[[str], object]:
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index([stem.stemWords(content_words(text)) for text in passages], show_progress=False)
        index.save(folder / "bm25s")
        opened = bm25s.BM25.load(folder / "bm25s", mmap=True)
        return lambda question: opened.get_scores(words(question, "it"))

    def with_tantivy() -> Callable[[str], object]:
        (folder / "tantivy").mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", stored=False, tokenizer_name="it_stem")
        index = tantivy.Index(builder.build(), path=str(folder / "tantivy"))
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
        index.register_tokenizer("it_stem", analyser.filter(tantivy.Filter.stemmer("italian")).build())
        writer = index.writer()
        for text in passages:
            writer.add_document(tantivy.Document(text=text))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        return lambda question: searcher.search(index.parse_query_lenient(question, ["text"])[0], 30)

    result = {}
    for name, build in (("ours", ours), ("bm25s", with_bm25s), ("tantivy", with_tantivy)):
        before, began = _resident(), time.perf_counter()
        search = build()
        seconds = time.perf_counter() - began
        size = sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
        asking = _ms(search, asked)
        more = round(_resident() - before)
        result[name] = {"seconds": round(seconds, 1), "ms": asking, "bytes_a_passage": size // PASSAGES, "mb_more": more}
    return result


def _near_copies() -> dict[str, Any]:
    """Milliseconds for the signature of a text of about 800 words; mean error of the resemblance of a text to itself cut by a tenth."""
    import datasketch
    import rensa

    texts = [" ".join(real_texts("it")[start : start + 8]) for start in range(0, COPIED, 8)]
    cut = [" ".join(text.split()[: len(text.split()) * 9 // 10]) for text in texts]

    def triples(text: str) -> list[str]:
        found = text.lower().split()
        return list({" ".join(found[place : place + 3]) for place in range(len(found) - 2)})

    def with_datasketch(text: str) -> Any:
        found = datasketch.MinHash(num_perm=128)
        found.update_batch([triple.encode() for triple in triples(text)])
        return found

    def with_rensa(text: str) -> Any:
        found = rensa.RMinHash(num_perm=128, seed=1)
        found.update(triples(text))
        return found

    true = [
        len(set(triples(one)) & set(triples(other))) / len(set(triples(one)) | set(triples(other)))
        for one, other in zip(texts, cut, strict=True)
    ]

    def measured(sign: Callable[[str], Any], compare: Callable[[Any, Any], float]) -> dict[str, float]:
        errors = [abs(compare(sign(one), sign(other)) - share) for one, other, share in zip(texts, cut, true, strict=True)]
        return {"ms": _ms(sign, texts), "error": round(sum(errors) / len(errors), 4)}

    return {
        "words": sum(len(text.split()) for text in texts) // len(texts),
        "ours": measured(signature_of, resemblance),
        "datasketch": measured(with_datasketch, lambda one, other: float(one.jaccard(other))),
        "rensa": measured(with_rensa, lambda one, other: float(one.jaccard(other))),
    }


def _time_words() -> dict[str, Any]:
    """The cases of our own tests, which were written for our rules, and real questions, of which hardly one asks for a time of the news."""
    from dateparser.search import search_dates

    from tests.index.questions import test_time_expressions as cases

    named: list[tuple[str, str, str]] = cases.test_words_of_time.pytestmark[0].args[1]  # type: ignore[attr-defined]
    settings = {"RELATIVE_BASE": datetime(TODAY.year, TODAY.month, TODAY.day), "PREFER_DATES_FROM": "past"}

    def library(question: str) -> list[tuple[str, datetime]]:
        return search_dates(question, languages=["it", "en"], settings=settings) or []

    asked = questions(ASKED)
    within = [
        any(date.fromisoformat(since) <= moment.date() <= date.fromisoformat(until) for _, moment in library(question))
        for question, since, until in named
    ]
    return {
        "cases": len(named),
        "library_within_the_period": sum(within),
        "real_questions": len(asked),
        "library_reads_a_time": sum(bool(library(question)) for question in asked),
        "ours_reads_a_time": sum(asked_time(question, TODAY) is not None for question in asked),
        "ms_library": _ms(library, asked),
        "ms_ours": _ms(lambda question: asked_time(question, TODAY), asked),
    }


async def _rate_limits() -> dict[str, int]:
    """Messages that a limit of 20 in a span lets through within one span, where 60 wait."""
    from aiolimiter import AsyncLimiter

    span, limiter, sent = timedelta(seconds=2), AsyncLimiter(20, 2), list[float]()

    async def send() -> None:
        async with limiter:
            sent.append(time.monotonic())

    await asyncio.gather(*(send() for _ in range(60)))
    return {"allowed": 20, "aiolimiter": sum(moment < sent[0] + span.total_seconds() for moment in sent)}


def _summary() -> str:
    from sumy.nlp.tokenizers import Tokenizer as SumyTokenizer

    try:
        SumyTokenizer("italian").to_sentences("Uno. Due.")
    except LookupError as error:
        return f"without a network: {' '.join(str(error).split())[:120]}"
    return "sentences are cut"
