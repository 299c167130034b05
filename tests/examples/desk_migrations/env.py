"""Alembic's environment: all revisions in one transaction, as the owner of the tables."""

import os

from alembic import context
from sqlalchemy import NullPool, create_engine

url = os.environ.get("DATABASE_URL", "sqlite:///desk.db")
engine = create_engine(os.environ.get("INDELIBLE_OWNER_URL", url), poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
