"""The Flask extensions, made once; ``app.py`` binds them to an application."""

from __future__ import annotations

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session, scoped_session

from competency.database.base import Base


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, its session seen as SQLAlchemy's own, which is all that is used."""

    session: scoped_session[Session]  # type: ignore[assignment]  # narrower than its stubs


db = Database(model_class=Base)
login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate()
babel = Babel()
bootstrap = Bootstrap5()
