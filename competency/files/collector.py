"""Large files without the cyclic collector, which finds nothing in them and costs the most."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_paused = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector while a file becomes values; threads may do so at once."""
    global _paused  # noqa: PLW0603 - how many are inside, over all threads
    with _lock:
        _paused += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if _paused == 0:
                gc.enable()
