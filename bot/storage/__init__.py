"""Records and outbox in SQLite or PostgreSQL."""
