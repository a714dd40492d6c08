"""Talks with people over windows: what is set, keys, questions that repeat."""
