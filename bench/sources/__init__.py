"""Documents read and followed."""
