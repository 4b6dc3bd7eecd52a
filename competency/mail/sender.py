"""The sender of a process: a thread that sends what was queued, some seconds after.

Requests only queue. Every process that serves pages has a sender; rows are claimed, so
two never send the same one. ``competency mail send`` does the same from a schedule.
"""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from competency import clock
from competency.config import Config
from competency.extensions import db
from competency.mail.delivery import Delivered, Post, deliver
from competency.mail.rendering import links_of
from competency.mail.rules import BATCH
from competency.mail.transport import connecting

INTERVAL_SECONDS = 10.0

logger = logging.getLogger(__name__)


def post_of(app: Flask) -> Post | None:
    """Return how this application's mails leave; ``None`` where no mail server is set."""
    config: Config = app.extensions["competency"]
    server = config.mail_server
    if server is None:
        return None
    host = urlsplit(config.public_url).hostname or "localhost"
    links = links_of(app.url_map, config.public_url)
    return Post(connecting(server, host), links, config.mail_from, host)


def send_waiting(post: Post) -> Delivered:
    """Send batch after batch until nothing is due, or none of one could be handed in."""
    total = Delivered()
    while True:
        done = deliver(db.session, now=clock.now(), post=post)
        total.sent += done.sent
        total.later += done.later
        total.failed += done.failed
        total.kept += done.kept
        if done.total < BATCH or done.later == done.total:
            return total


def start_sender(app: Flask) -> threading.Event | None:
    """Start this process's sender; setting the returned event ends it."""
    post = post_of(app)
    if post is None:
        return None
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(INTERVAL_SECONDS):
            try:
                with app.app_context():
                    send_waiting(post)
            except SQLAlchemyError as error:
                logger.warning("the mail waits: %s", error)
            except Exception:
                logger.exception("the mail waits: a defect of ours")

    threading.Thread(target=run, name="mail", daemon=True).start()
    return stop
