"""How the council reasons: answers, anonymous review, aggregation, synthesis."""

from bot.council.course import deliberate

__all__ = ["deliberate"]
