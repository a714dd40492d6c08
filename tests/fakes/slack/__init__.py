"""A small stateful Slack on real sockets that enforces Slack's documented limits, for tests.

`server.SlackServer` is the way in. Below it, by subject:

- state: `world`, `records`, `views`, `tickets`, `stamps`
- what people do: `acts`, `payloads`, `interactions`, `deliveries`, `signing`, `socket_mode`
- the Web API: `web_api`, `methods/`, `arguments`, `asked`, `rates`, `wire`; beside it
  `response_urls`, `uploads`, `oauth`
- what goes wrong: `faults`, `refused`
- rules, pure: `validator` and, for it, `blocks`, `elements`, `choices`, `tables`, `rich_text`,
  `newer_blocks`, `view_rules`, `rules`, `mentions`
- for tests of an app: `hosting` serves it, `browser` installs it
"""
