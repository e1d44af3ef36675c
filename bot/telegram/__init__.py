"""The transport: updates received, validated and dispatched, requests sent within Telegram's limits."""
