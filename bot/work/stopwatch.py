"""Measure how long a run and its stages take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain import State, Timings
from bot.domain.events import DeliberationFailed, Fact, StageBegan, SynthesisReady
from bot.ports.observer import NOBODY, WorkObserver


class Stopwatch:
    """Counts from the moment it is made; what an earlier run measured stays until measured anew."""

    def __init__(
        self, timings: Timings, now: Callable[[], float], observer: WorkObserver = NOBODY
    ) -> None:
        self.timings = timings
        self._now = now
        self._observer = observer
        self._began = self._stage_began = now()
        self._stage: State | None = None

    def answer_shown(self) -> None:
        """Note that an answer can be read now."""
        if self.timings.first_answer_s is None:
            shown_s = self._now() - self._began
            self.timings = replace(self.timings, first_answer_s=shown_s)
            self._observer.answer_shown(shown_s)

    def note(self, fact: Fact) -> None:
        """Note when a stage begins and when all is over."""
        match fact:
            case StageBegan(state):
                self._end_stage()
                self._stage, self._stage_began = state, self._now()
            case SynthesisReady() | DeliberationFailed():
                self._end_stage()
                self.timings = replace(self.timings, total_s=self._now() - self._began)
            case _:
                pass

    def _end_stage(self) -> None:
        lasted = self._now() - self._stage_began
        if self._stage is not None:
            self._observer.stage_ended(self._stage, lasted)
        if self._stage is State.REVIEWING:
            self.timings = replace(self.timings, reviews_s=lasted)
        elif self._stage is State.ANSWERING:
            self.timings = replace(self.timings, answers_s=lasted)
