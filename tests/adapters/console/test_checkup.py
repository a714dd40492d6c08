from __future__ import annotations

import io

import pytest

from adapters.console.checkup import Check, compare, examine
from bot.errors import NotFound, StorageError
from bot.ports import ModelInfo

LISTED = (ModelInfo("work/model-a"), ModelInfo("work/model-b"))


async def fine() -> str:
    return "open"


async def broken() -> str:
    message = "The database folder is read-only; choose another."
    raise StorageError(message)


async def test_each_check_is_a_line_with_a_mark() -> None:
    out = io.StringIO()

    is_well = await examine([Check("database", broken), Check("configuration", fine)], out)

    assert not is_well
    assert out.getvalue() == (
        "✗ database: The database folder is read-only; choose another.\n✓ configuration: open\n"
    )


async def test_all_well_is_well() -> None:
    assert await examine([Check("configuration", fine)], io.StringIO())


def test_a_model_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"`work/model-c` .* did you mean `work/model-"):
        compare("work", ["work/model-a", "work/model-c"], LISTED)
    with pytest.raises(NotFound, match="council models work"):
        compare("work", ["work/zzz"], LISTED)


def test_models_that_are_there_are_counted() -> None:
    assert compare("work", ["work/model-a"], LISTED) == "reached, key accepted, 2 models"
