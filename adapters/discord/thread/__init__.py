"""What a thread in Discord is made of."""
