"""Tests on virtual time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import ParamSpec

from tests.fakes.clock import run

P = ParamSpec("P")


def virtual(test: Callable[P, Coroutine[object, object, None]]) -> Callable[P, None]:
    """Run an async test on virtual time: waiting costs nothing and is exact."""

    @wraps(test)
    def run_test(*args: P.args, **kwargs: P.kwargs) -> None:
        run(test(*args, **kwargs))

    return run_test
