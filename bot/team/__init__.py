"""What a team sets for itself: who sits, who may, what it may cost, what repeats."""
