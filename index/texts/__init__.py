"""Articles as text: reading their files, sentences and passages, headings and pages, language, and near copies."""
