"""Alembic migrations, shipped in the package so that an installed wheel can upgrade."""
