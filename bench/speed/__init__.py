"""Speed, memory and size, and what other libraries need for the same."""
