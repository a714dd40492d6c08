"""Councils with aiohttp alone: no records, no posts, no parsing, no protocol.

`python -m tests.bench.bare_councils PORT COUNCILS MEMBERS`
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from tests.bench.measure import Measure


async def hold(port: int, councils: int, members: int) -> None:
    """Hold councils at the same time."""
    url = f"http://127.0.0.1:{port}/v1/chat/completions"

    async def call(session: aiohttp.ClientSession, prompt: str) -> str:
        body = {"model": "m", "messages": [{"role": "user", "content": prompt}]}
        async with session.post(url, json=body) as response:
            answer = await response.json()
        return str(answer["choices"][0]["message"]["content"])

    async def council(session: aiohttp.ClientSession) -> None:
        answers = await asyncio.gather(*(call(session, "Which?") for _ in range(members)))
        shown = "\n".join(answers)
        reviews = await asyncio.gather(*(call(session, f"Judge {shown}") for _ in range(members)))
        await call(session, "\n".join([shown, *reviews]))

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(council(session) for _ in range(councils)))


if __name__ == "__main__":
    port, councils, members = map(int, sys.argv[1:4])
    measure = Measure()
    measure.start()
    asyncio.run(hold(port, councils, members))
    measure.stop()
    measure.tell(councils)
