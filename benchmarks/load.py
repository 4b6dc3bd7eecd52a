"""Requests over HTTP from several browsers at once, and the processes that answer them."""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask import Flask

from competency.web.server import Server

HOST = "127.0.0.1"
_fork = multiprocessing.get_context("fork")


class Figures(NamedTuple):
    """What so many requests took, in milliseconds, and the queries of the last one."""

    p50: float
    p95: float
    per_second: float
    queries: str


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _serve(make_app: Callable[[], Flask], port: int, workers: int) -> None:
    """Serve as the system is served in earnest."""
    server = Server(make_app, bind=f"{HOST}:{port}", workers=workers)
    server.cfg.set("loglevel", "warning")
    server.run()


@contextmanager
def served(make_app: Callable[[], Flask], workers: int) -> Iterator[tuple[int, int]]:
    """Give the port and the process id of a server that answers."""
    port = free_port()
    process = _fork.Process(target=_serve, args=(make_app, port, workers))
    process.start()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            break
        except OSError:
            threading.Event().wait(0.05)
    try:
        yield port, process.pid or 0
    finally:
        process.terminate()
        process.join()


def peak_megabytes(process_id: int) -> float:
    """Return the most memory that any worker of the server has used (Linux only)."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children")
    if not children.exists():
        return float("nan")
    peaks = []
    for child in children.read_text().split():
        status = Path(f"/proc/{child}/status").read_text().splitlines()
        peaks += [int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:")]
    return max(peaks, default=float("nan"))


def ask(
    port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    """Return an answer and its body."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request(method, path, body or None, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


Request = Callable[[int, int], tuple[http.client.HTTPResponse, bytes]]
"""Sends the n-th request of one browser: (browser, n)."""


def measured(send: Request, *, browsers: int, requests: int, warm: int = 5) -> Figures:
    """Return what ``requests`` took, spread over ``browsers`` threads."""
    for number in range(warm):
        for browser in range(browsers):
            send(browser, number)
    times: list[float] = []
    queries = ["-"]

    def work(browser: int) -> None:
        for number in range(warm, warm + requests // browsers):
            begun = time.perf_counter()
            answer, content = send(browser, number)
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != http.client.OK:
                raise RuntimeError(f"{answer.status}: {content[:200]!r}")
            queries[0] = answer.getheader("X-Query-Count", "-") or "-"

    threads = [threading.Thread(target=work, args=(browser,)) for browser in range(browsers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    cuts = statistics.quantiles(times, n=20)
    return Figures(statistics.median(times), cuts[18], len(times) / elapsed, queries[0])
