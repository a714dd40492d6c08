"""Deliberations and their posts: how they end, how long stages and posts take."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.domain import Deliberation, State

_STAGE_BUCKETS_S = (0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900)
# A post goes out at once, or waits for the platform's limits, or for its outage of minutes.
_POST_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600)


class WorkMeters:
    """Implements `bot.ports.observer.WorkObserver`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "council_deliberations_ended",
            "Deliberations that ended in this process.",
            ["platform", "outcome"],
            registry=registry,
        )
        self._seconds = _stages(
            registry,
            "council_deliberation_seconds",
            "How long deliberations lasted from their turn to their final answer or failure.",
            "outcome",
        )
        self._first = _stages(
            registry,
            "council_first_answer_seconds",
            "How long it took from a deliberation's turn until its first answer could be read.",
        )
        self._stages = _stages(
            registry, "council_stage_seconds", "How long stages of deliberations lasted.", "stage"
        )
        self._failures = Counter(
            "council_member_failures",
            "Members without an answer in deliberations that ended.",
            ["kind"],
            registry=registry,
        )
        self._posts = Histogram(
            "council_post_seconds",
            "How long posts waited from when they were due until the platform had them.",
            ["platform"],
            buckets=_POST_BUCKETS_S,
            registry=registry,
        )
        self._given_up = Counter(
            "council_posts_given_up",
            "Posts that were given up.",
            ["platform", "reason"],
            registry=registry,
        )
        self._post_retries = Counter(
            "council_post_retries",
            "Calls to chat platforms that were repeated, because they were busy or broke off.",
            ["platform", "reason"],
            registry=registry,
        )

    def answer_shown(self, after_s: float) -> None:
        """Time the first answer."""
        self._first.observe(after_s)

    def stage_ended(self, stage: State, lasted_s: float) -> None:
        """Time a stage."""
        self._stages.labels(stage).observe(lasted_s)

    def ended(self, deliberation: Deliberation) -> None:
        """Count a deliberation and its members' failures."""
        state = deliberation.state
        self._ended.labels(deliberation.question.place.platform, state).inc()
        for failed in deliberation.failures:
            self._failures.labels(failed.failure.kind).inc()
        total_s = deliberation.timings.total_s
        if total_s is not None and state is not State.CANCELLED:
            self._seconds.labels(state).observe(total_s)

    def posted(self, platform: str, waited_s: float) -> None:
        """Time a post."""
        self._posts.labels(platform).observe(waited_s)

    def given_up(self, platform: str, why: str) -> None:
        """Count a post that was given up."""
        self._given_up.labels(platform, why).inc()

    def post_retried(self, platform: str, *, is_busy: bool) -> None:
        """Count a repeated call."""
        self._post_retries.labels(platform, "busy" if is_busy else "broken_off").inc()


def _stages(registry: CollectorRegistry, name: str, about: str, *labels: str) -> Histogram:
    return Histogram(name, about, labels, buckets=_STAGE_BUCKETS_S, registry=registry)
