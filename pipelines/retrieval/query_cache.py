"""A bounded memory of query embeddings, in which identical concurrent queries share one computation."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class QueryCache:
    """Least recently used vectors by (model, text), at most `size` of them.

    1.6 kB an entry at 384 dimensions: text is kept as a digest and the vector as float32, where a list of Python floats
    would take 12 kB. Safe to use from several threads and event loops.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._known: OrderedDict[bytes, Vector] = OrderedDict()
        self._under_way: dict[bytes, Future[Vector]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, model: str, text: str) -> Vector | None:
        """The vector, where it is known."""
        key = _key(model, text)
        with self._lock:
            if (vector := self._known.get(key)) is not None:
                self._known.move_to_end(key)
            return vector

    async def get_or_compute(self, model: str, text: str, compute: Callable[[str], Future[Vector]]) -> Vector:
        """The vector; `compute(text)` starts its computation unless it is known or under way already.

        A caller who is cancelled leaves the computation to the others. A failure goes to everyone who waits, and is not
        remembered.
        """
        key = _key(model, text)
        with self._lock:
            if (found := self._find(key)) is None:
                started = self._under_way[key] = compute(text)
        if found is None:  # outside the lock: a finished future calls back at once
            started.add_done_callback(lambda done: self._keep(key, done))
            found = started
        return await asyncio.shield(asyncio.wrap_future(found)) if isinstance(found, Future) else found

    async def get_or_await(self, model: str, text: str, compute: Callable[[str], Awaitable[list[float]]]) -> Vector:
        """Like `get_or_compute`, for a model that is awaited; its call goes on when the first caller leaves."""
        key, shared = _key(model, text), Future[Vector]()
        with self._lock:
            if (found := self._find(key)) is None:
                self._under_way[key] = shared
        if found is not None:
            return await asyncio.shield(asyncio.wrap_future(found)) if isinstance(found, Future) else found
        shared.add_done_callback(lambda done: self._keep(key, done))
        # Who began it waits here: a future of another kind tells of its end several turns of the loop later.
        own: asyncio.Future[Vector] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(_settle(shared, own, lambda: compute(text)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: shared.cancel())  # one that is cancelled before its first turn settles nothing
        return await own

    def _find(self, key: bytes) -> Vector | Future[Vector] | None:
        """What is known, or under way; the lock is held."""
        if (vector := self._known.get(key)) is not None:
            self._known.move_to_end(key)
            return vector
        return self._under_way.get(key)

    def _keep(self, key: bytes, done: Future[Vector]) -> None:
        with self._lock:
            del self._under_way[key]
            if done.cancelled() or done.exception() is not None:
                return
            self._known[key] = done.result()
            while len(self._known) > self._size:
                self._known.popitem(last=False)


async def _settle(
    shared: Future[Vector], own: "asyncio.Future[Vector]", compute: Callable[[], Awaitable[list[float]]]
) -> None:
    """Both futures get what is computed; `own` may be cancelled by now."""
    try:
        vector = np.array(await compute(), dtype=np.float32)
        shared.set_result(vector)
        if not own.done():
            own.set_result(vector)
    except asyncio.CancelledError:
        shared.cancel()  # the loop ends: nobody may wait for this for ever
        own.cancel()
        raise
    except Exception as error:
        shared.set_exception(error)
        if not own.done():
            own.set_exception(error)


def _key(model: str, text: str) -> bytes:
    return hashlib.blake2b(f"{model}\0{text}".encode(), digest_size=16).digest()
