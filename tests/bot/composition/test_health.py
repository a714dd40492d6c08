from __future__ import annotations

import asyncio

from bot.composition.health import Health
from bot.errors import StorageError
from tests.fakes.virtual import virtual


async def fine() -> str | None:
    return None


@virtual
async def test_a_process_is_ready_between_its_start_and_its_end() -> None:
    health = Health(asyncio.get_running_loop().time)
    health.add("database", fine)

    before = await health.look()
    health.start()
    between = await health.look()
    health.end()
    health.start()
    after = await health.look()

    assert before["process"] == "The process is starting."
    assert between == {"process": None, "database": None}
    assert after["process"] == "The process ends and takes no new work."


@virtual
async def test_what_is_wrong_is_said_in_a_sentence_without_foreign_words() -> None:
    async def away() -> str | None:
        message = "The database server cannot be reached or broke off the connection."
        raise StorageError(message)

    async def broken() -> str | None:
        message = "canary"
        raise ValueError(message)

    health = Health(asyncio.get_running_loop().time)
    health.start()
    health.add("database", away)
    health.add("engine", broken)

    assert await health.look() == {
        "process": None,
        "database": "The database server cannot be reached or broke off the connection.",
        "engine": "It could not be checked; the log says why.",
    }


@virtual
async def test_a_check_that_hangs_is_waited_for_two_seconds_and_never_begun_twice() -> None:
    begun = 0

    async def hangs() -> str | None:
        nonlocal begun
        begun += 1
        await asyncio.sleep(60)
        return None

    clock = asyncio.get_running_loop().time
    health = Health(clock)
    health.add("database", hangs)
    health.add("slack", fine)

    began = clock()
    found = await health.look()
    lasted = clock() - began
    await asyncio.sleep(2)
    again = await health.look()
    await asyncio.sleep(60)
    at_last = await health.look()
    await health.close()

    assert lasted == 2
    assert found["database"] == again["database"] == "It did not answer within 2 s."
    assert found["slack"] is None
    assert at_last["database"] == "It did not answer within 2 s."
    assert begun == 2


@virtual
async def test_many_who_ask_at_once_share_a_look() -> None:
    looks = 0

    async def counted() -> str | None:
        nonlocal looks
        looks += 1
        return None

    health = Health(asyncio.get_running_loop().time)
    health.add("database", counted)

    await asyncio.gather(*(health.look() for _ in range(50)))
    await asyncio.sleep(1)
    await health.look()

    assert looks == 2
