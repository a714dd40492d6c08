"""Discord as a way in."""
