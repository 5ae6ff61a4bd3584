"""Handing updates to a webhook: by a test, or by a thread over real HTTP.

    telegram.deliver(post)              post(url, headers, body) -> status, a plain function
    await telegram.delivered(post)      the same with an `async` post, say over httpx.ASGITransport
    with telegram.pump(): ...           a thread posts over real HTTP until the block ends

An update stays until it got a 2xx; the next one of the same bot waits for it. A post that could
not connect gives None.
"""

import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

Send = Callable[[str, dict[str, str], bytes], int | None]
SendAsync = Callable[[str, dict[str, str], bytes], Awaitable[int | None]]

AGAIN_S = 0.05
"""How long the pump rests before it looks again; the platforms take longer."""


@dataclass(kw_only=True)
class Post:
    """One request to a webhook, and what came back."""

    url: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    """None when there was no answer."""

    @property
    def arrived(self) -> bool:
        """Whether the webhook said that it has it."""
        return self.status is not None and 200 <= self.status < 300


class Webhooks:
    """Delivers what `posts` yields. A platform writes `posts`, and reads each post's status."""

    def posts(self) -> Iterator[Post]:
        """Each request that is due, its bot's oldest first; ends for a bot whose post failed."""
        raise NotImplementedError

    def deliver(self, send: Send) -> list[int | None]:
        """Post what is pending and give back the statuses, in order."""
        return [
            self._settle(post, send(post.url, post.headers, post.body)) for post in self.posts()
        ]

    async def delivered(self, send: SendAsync) -> list[int | None]:
        """`deliver` for a sender that must be awaited."""
        return [
            self._settle(post, await send(post.url, post.headers, post.body))
            for post in self.posts()
        ]

    @contextmanager
    def pump(self) -> Generator[None]:
        """Post over real HTTP, again and again, until the block ends."""
        over = threading.Event()
        thread = threading.Thread(target=self._pump, args=(over,), name="pump", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _pump(self, over: threading.Event) -> None:
        with httpx.Client(timeout=60) as client:
            while not over.wait(AGAIN_S):
                for post in self.posts():
                    post.status = _posted(client, post)
                    if over.is_set():
                        break

    @staticmethod
    def _settle(post: Post, status: int | None) -> int | None:
        post.status = status
        return status


def _posted(client: httpx.Client, post: Post) -> int | None:
    try:
        return client.post(post.url, headers=post.headers, content=post.body).status_code
    except httpx.HTTPError:
        return None
