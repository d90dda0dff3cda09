"""The assistant's own scores: how well it finds, answers and declines."""
