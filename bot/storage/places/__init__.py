"""Places that all processes on one PostgreSQL server share."""
