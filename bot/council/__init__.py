"""How the council reasons: answers, anonymous review, aggregation, synthesis."""
