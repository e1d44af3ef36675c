"""The models: bundled weights and their preparation, the served graph and its runtime, tokenizer, embedder, reader and reranker."""
