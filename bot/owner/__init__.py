"""What owners do and what the bot does for them: statistics, gaps, rebuilding, syncing, maintenance."""
