"""What a thread in Slack is made of."""
