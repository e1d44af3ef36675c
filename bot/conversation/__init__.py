"""What the bot does with each kind of message: questions, buttons, inline queries."""
