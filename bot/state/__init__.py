"""The bot's database and what is kept in it: inbox, outbox, ledger, users, feedback, proposals, notices."""
