"""Each channel's module against the twin of its provider: what is written there, and what an answer proves."""
