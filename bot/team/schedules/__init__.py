"""Questions that repeat: when they are due, and asking them then."""
