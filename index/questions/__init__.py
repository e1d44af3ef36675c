"""What a question means: small talk, follow-ups, words of time, and the part of the collection it is about."""
