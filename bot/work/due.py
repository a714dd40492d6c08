"""How long posts wait from when they are due until the platform has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.domain import Post, PostState
from bot.ports.observer import PostsObserver
from bot.work.delivery import UNCONFIRMED

NO_THREAD = "The thread could not be opened."
NO_CONTENT = "There is nothing to show for it."
# What a platform refuses it refuses in words of its own.
_WHY = {NO_THREAD: "no_thread", NO_CONTENT: "no_content", UNCONFIRMED: "unconfirmed"}
_REFUSED = "refused"


class Due:
    """Remembers since when the posts of one run are due, and tells what became of them."""

    def __init__(self, observer: PostsObserver, platform: str) -> None:
        self._observer = observer
        self._platform = platform
        self._clock = asyncio.get_running_loop().time
        self._since: dict[tuple[str, int], float] = {}

    def begin(self, posts: Iterable[Post]) -> None:
        """Note that posts are due from now on."""
        self._since.update(dict.fromkeys(((post.slot, post.part) for post in posts), self._clock()))

    def end(self, post: Post) -> None:
        """Tell of a post that was sent or given up."""
        since = self._since.pop((post.slot, post.part), None)
        if post.state is PostState.GIVEN_UP:
            self._observer.given_up(self._platform, _WHY.get(post.reason or "", _REFUSED))
        elif since is not None:
            self._observer.posted(self._platform, self._clock() - since)
