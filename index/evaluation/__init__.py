"""Question sets, metrics and plots: how good the answers are."""
