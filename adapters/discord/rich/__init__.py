"""Markdown of models and people as Discord's own, in texts that fit."""
