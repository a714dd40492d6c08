"""Running deliberations: the engine, the worker and the posts."""
