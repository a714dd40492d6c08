"""Who is told how the work goes, so that an operator can watch it; telling costs next to nothing.

Observers raise nothing and keep nothing of what people wrote.
"""

from __future__ import annotations

from typing import Protocol

from bot.domain import Deliberation, FailureKind, ModelCall, State


class ModelsObserver(Protocol):
    """Is told of requests to models. `is_own`: a workspace brought the model's provider along."""

    def called(self, call: ModelCall, *, is_own: bool) -> None:
        """Take note of a request that is over."""
        ...

    def retried(self, model: str, failure: FailureKind, *, is_own: bool) -> None:
        """Take note that a failed request is sent again."""
        ...

    def left_alone(self, model: str, for_s: float, *, is_own: bool) -> None:
        """Take note that a breaker leaves a model alone for so long, or no longer if it is 0."""
        ...


class PostsObserver(Protocol):
    """Is told of posts. `platform` is the one that they go to."""

    def posted(self, platform: str, waited_s: float) -> None:
        """Take note of a post that was sent, so long after it was due."""
        ...

    def given_up(self, platform: str, why: str) -> None:
        """Take note of a post that was given up; `why` is one word of a few."""
        ...

    def post_retried(self, platform: str, *, is_busy: bool) -> None:
        """Take note that a call to a platform is repeated; it asked for that if `is_busy`."""
        ...


class WorkObserver(PostsObserver, Protocol):
    """Is told of deliberations and their posts, as far as this process works on them."""

    def answer_shown(self, after_s: float) -> None:
        """Take note of when the first answer of a deliberation could be read."""
        ...

    def stage_ended(self, stage: State, lasted_s: float) -> None:
        """Take note that a deliberation left a stage."""
        ...

    def ended(self, deliberation: Deliberation) -> None:
        """Take note of a deliberation's end, once it is stored."""
        ...


class Nobody:
    """Takes no notice; implements all observers."""

    def called(self, call: ModelCall, *, is_own: bool) -> None:
        """Pass over a request."""

    def retried(self, model: str, failure: FailureKind, *, is_own: bool) -> None:
        """Pass over a retry."""

    def left_alone(self, model: str, for_s: float, *, is_own: bool) -> None:
        """Pass over a breaker."""

    def posted(self, platform: str, waited_s: float) -> None:
        """Pass over a post."""

    def given_up(self, platform: str, why: str) -> None:
        """Pass over a post that was given up."""

    def post_retried(self, platform: str, *, is_busy: bool) -> None:
        """Pass over a repeated call."""

    def answer_shown(self, after_s: float) -> None:
        """Pass over an answer."""

    def stage_ended(self, stage: State, lasted_s: float) -> None:
        """Pass over a stage."""

    def ended(self, deliberation: Deliberation) -> None:
        """Pass over an end."""


NOBODY = Nobody()
