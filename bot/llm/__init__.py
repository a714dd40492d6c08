"""Models over HTTP, and rehearsal models for where there are none."""
