"""Each system as its documentation shows it. ``python systems.py NAME build|ask JOB.json`` prints one JSON object.

A system is two functions: ``build(job)`` indexes the passages into a folder, ``load(job)`` opens it and returns a search that gives
the numbers of the five best passages. Prompts of E5 are set where the system has a place for them.
"""

import json
import resource
import sys
import time
from pathlib import Path

QUERY, PASSAGE = "query: ", "passage: "


def chiedi(job, build):
    sys.path.insert(0, str(Path(__file__).parents[3]))
    articles, index = Path(job["index"]) / "articles", Path(job["index"]) / "index"
    if build:
        from index.models.embedder import load_embedder
        from index.storage.build import build_index

        articles.mkdir()
        for number, text in enumerate(job["passages"]):
            (articles / f"{number}.txt").write_text(text)
        build_index(articles, index, load_embedder())
        return None
    from index.engine import Engine

    engine = Engine.load(index, reader=None)
    return lambda question: _five(engine.answer(question).hits)


def chiedi_passages(job, build):
    """What the others do too: ranked passages, without choosing a sentence and judging whether it answers."""
    if build:
        return chiedi(job, build)
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from datetime import date

    from index.engine import Engine
    from index.types import EVERYTHING

    engine = Engine.load(Path(job["index"]) / "index", reader=None)

    def search(question):
        return _five(engine._found(engine.generation, engine._query(question, "it", EVERYTHING, date.today()), 10))

    return search


def _five(hits):
    """The first five texts: a long one is indexed as several passages."""
    return list(dict.fromkeys(int(hit.passage.article.id) for hit in hits))[:5]


def txtai(job, build):
    from txtai import Embeddings

    if build:
        embeddings = Embeddings(path=job["model"], instructions={"query": QUERY, "data": PASSAGE})
        embeddings.index(job["passages"])
        embeddings.save(job["index"])
        return None
    embeddings = Embeddings()
    embeddings.load(job["index"])
    return lambda question: [number for number, _ in embeddings.search(question, 5)]


def langchain(job, build):
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(
        model_name=job["model"],
        encode_kwargs={"prompt": PASSAGE, "normalize_embeddings": True},
        query_encode_kwargs={"prompt": QUERY, "normalize_embeddings": True},
    )
    if build:
        documents = [Document(page_content=text, metadata={"number": number}) for number, text in enumerate(job["passages"])]
        FAISS.from_documents(documents, embeddings).save_local(job["index"])
        return None
    store = FAISS.load_local(job["index"], embeddings, allow_dangerous_deserialization=True)
    return lambda question: [document.metadata["number"] for document in store.similarity_search(question, k=5)]


def llamaindex(job, build):
    import faiss
    from llama_index.core import Settings, StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.faiss import FaissVectorStore

    Settings.embed_model = HuggingFaceEmbedding(model_name=job["model"], query_instruction=QUERY, text_instruction=PASSAGE)
    if build:
        nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(job["passages"])]
        context = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(384)))
        VectorStoreIndex(nodes, storage_context=context).storage_context.persist(job["index"])
        return None
    context = StorageContext.from_defaults(vector_store=FaissVectorStore.from_persist_dir(job["index"]), persist_dir=job["index"])
    retriever = load_index_from_storage(context).as_retriever(similarity_top_k=5)
    return lambda question: [int(found.node_id) for found in retriever.retrieve(question)]


def haystack(job, build):
    from haystack import Document, Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    place = str(Path(job["index"]) / "documents.json")
    if build:
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        embedder = SentenceTransformersDocumentEmbedder(model=job["model"], prefix=PASSAGE, progress_bar=False)
        embedder.warm_up()
        documents = [Document(content=text, meta={"number": number}) for number, text in enumerate(job["passages"])]
        store.write_documents(embedder.run(documents)["documents"])
        store.save_to_disk(place)
        return None
    pipeline = Pipeline()
    pipeline.add_component("text_embedder", SentenceTransformersTextEmbedder(model=job["model"], prefix=QUERY, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(InMemoryDocumentStore.load_from_disk(place), top_k=5))
    pipeline.connect("text_embedder.embedding", "retriever.query_embedding")
    return lambda question: [
        document.meta["number"] for document in pipeline.run({"text_embedder": {"text": question}})["retriever"]["documents"]
    ]


def main():
    """Builds, or answers every question; prints the seconds of each with those of the processor, and the passages found."""
    system, step, place = sys.argv[1:]
    job = json.loads(Path(place).read_text())
    started, busy = time.perf_counter(), time.process_time()
    search = globals()[system](job, step == "build")
    result = {"seconds": time.perf_counter() - started, "worked": time.process_time() - busy}
    if search:
        result |= {"found": [], "waits": [], "work": []}
        for question in job["questions"]:
            asked, busy = time.perf_counter(), time.process_time()
            result["found"].append(search(question))
            result["waits"].append(time.perf_counter() - asked)
            result["work"].append(time.process_time() - busy)
    result["peak_mb"], result["cpu"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.process_time()
    print("\n" + json.dumps(result))


if __name__ == "__main__":
    main()
