"""The windows that Slack opens, as views, and what was entered in them."""
