"""The commands of ``competency frameworks`` that need the database."""

from __future__ import annotations

from pathlib import Path

import click

from competency import clock
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.frameworks.cli import frameworks_group
from competency.frameworks.loading import load_framework
from competency.frameworks.operations import publish
from competency.frameworks.queries import catalogue
from competency.web.command import as_json, print_json, system_actor, with_app

__all__ = ["frameworks_group"]


@frameworks_group.command("publish")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_app()
def publish_file(path: Path) -> None:
    """Check a framework file and publish it; the same content again changes nothing."""
    framework, source_text = load_framework(path), path.read_text(encoding="utf-8-sig")
    with unit_of_work(db.session):
        row = publish(
            db.session,
            actor=system_actor(),
            now=clock.now(),
            framework=framework,
            source_text=source_text,
        )
        published = f"{row.slug} {row.version} {row.content_hash}"
    click.echo(published)


@frameworks_group.command("published")
@as_json
@with_app()
def published(*, wants_json: bool) -> None:
    """List the published versions of the catalogue."""
    rows = [
        {
            "id": row.slug,
            "version": row.version,
            "title": row.title,
            "language": row.language,
            "criteria": row.criteria,
            "content_hash": row.content_hash,
        }
        for row in catalogue(db.session)
    ]
    if wants_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']} {row['version']}  {row['title']}")
