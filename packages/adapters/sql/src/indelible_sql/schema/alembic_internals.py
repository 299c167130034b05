"""All that indelible uses of Alembic's internals: the proxies of a migration that runs already."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import alembic.context
import alembic.op


@contextmanager
def nested_run() -> Generator[None]:
    """Run Alembic inside of a host's own migration, and give it back its `op` and `context`.

    Alembic removes them at the end of each run.
    """
    modules: tuple[Any, ...] = (alembic.op, alembic.context)
    proxies = [getattr(module, "_proxy", None) for module in modules]
    try:
        yield
    finally:
        for proxy in proxies:
            if proxy is not None:
                proxy._install_proxy()  # noqa: SLF001 - no public method does it
