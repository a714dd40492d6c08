"""What councils may cost: estimates, caps, and models held to them."""
