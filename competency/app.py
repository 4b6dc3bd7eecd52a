"""The application: the only place that wires the features together."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from competency import __version__, formats, resources
from competency.assessments import views as assessments
from competency.audit import operations as chain
from competency.audit import views as audit_views
from competency.config import Config, from_environment
from competency.credentials import views as credentials
from competency.database.transactions import prepare_engine
from competency.extensions import babel, bootstrap, csrf, db, login_manager, migrate
from competency.frameworks import checking_views as frameworks
from competency.kpis import views as kpis
from competency.mail import views as mail
from competency.observations import views as observations
from competency.people import views as people
from competency.progression import held_views as held
from competency.progression import position_views as positions
from competency.progression import views as progression
from competency.web import (
    errors,
    filters,
    identity,
    messages,
    permission,
    security,
    shell,
    templating,
    transaction,
)
from competency.wording import LANGUAGES

FORM_MEMORY = 1024 * 1024
FORM_PARTS = 1000
FILES_AT_ONCE = 4
"""How many files of the largest size one request may bring."""
MEGABYTE = 1024 * 1024

FEATURES = (
    shell,
    people,
    frameworks,
    kpis,
    positions,
    held,
    assessments,
    observations,
    progression,
    credentials,
    audit_views,
    mail,
)
"""The modules whose blueprints make up the pages."""

chain.install(db.session)


def create_app(config: Config | None = None) -> Flask:
    """Return the application for ``config``, by default the environment's."""
    config = config or from_environment()
    app = Flask(
        "competency",
        template_folder=str(resources.TEMPLATES),
        static_folder=str(resources.STATIC),
    )
    templating.install(app)
    _configure(app, config)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(resources.MIGRATIONS))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_language)
    bootstrap.init_app(app)
    login_manager.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions["file_kinds"] = formats.MODULES
    filters.install(app)
    transaction.install_begin(app)
    for part in (identity, permission, security, errors, messages):
        part.install(app)
    transaction.install_end(app)
    for feature in FEATURES:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, config: Config) -> None:
    """Set Flask's and the extensions' own settings from ours."""
    config.data_folder.mkdir(parents=True, exist_ok=True)
    app.extensions["competency"] = config
    app.config.update(
        SECRET_KEY=config.secret_key or _kept_secret(config.data_folder),
        SQLALCHEMY_DATABASE_URI=config.database,
        SESSION_COOKIE_NAME="competency",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=config.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=30),
        MAX_CONTENT_LENGTH=(FILES_AT_ONCE * config.upload_megabytes + 1) * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_TRANSLATION_DIRECTORIES=str(resources.TRANSLATIONS),
        BABEL_DEFAULT_LOCALE="en",
        BOOTSTRAP_SERVE_LOCAL=True,
        VERSION=__version__,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _kept_secret(folder: Path) -> str:
    """Return the secret kept in the data folder, made on first start, readable to us only."""
    path = folder / "secret-key"
    if not path.exists():
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was first: its secret stands
            os.link(temporary, path)
        Path(temporary).unlink()
    return path.read_text(encoding="ascii")


def _language() -> str:
    """Return the page's language: the account's, a visitor's choice, or the browser's."""
    own = g.get("language")
    if own is not None:
        return str(own)
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
