"""From a question to an answer: retrieval, the choice of sentence and words, and answers about an article as a whole."""
