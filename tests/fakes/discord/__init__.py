"""A small stateful Discord on real sockets that enforces Discord's documented limits, for tests.

`server.DiscordServer` is the way in. Below it, by subject:

- state: `world`, `population`, `records`, `kinds`, `traffic`, `clock`, `stamps`, `links`
- what happens: `postings`, `threads`, `administration`
- what people do: `acts`, `offers`, `choices`, `payloads`
- rights: `permissions`, `access`, `pings`
- REST: `rest`, `routes/`, `router`, `asked`, `bodies`, `composing`, `rates`, `refused`; beside it
  `cdn`; in JSON `wire`, `message_wire`
- the gateway: `gateway`, `connection`, `openings`, `audience`, `intents`, `member_chunks`
- what goes wrong: `faults`
- rules, pure: `validator` and, for it, `embeds`, `components`, `modal_rules`, `command_rules`,
  `rules`, `mentions`
- for the tests of the server itself: `library`, `sample_bot`
"""
