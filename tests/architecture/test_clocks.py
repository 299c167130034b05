"""Instants, ids and randomness come from `kernel/clock.py` and `kernel/ids.py`, so that a test can decide them."""

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.sources import SOURCES, modules, parsed

WILD_MODULES = {"random", "secrets"}
WILD_NAMES = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "os.getrandom",
    "os.urandom",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid7",
}
ALLOWED = {
    "indelible/kernel/clock.py": {"datetime.now"},  # the machine's clock itself
    "indelible/kernel/ids.py": {
        "datetime.now",
        "secrets",
    },  # a UUIDv7's millisecond and its random bits
}


def wild(module: ast.Module) -> Iterator[str]:
    """Every clock, uuid and source of randomness that the module mentions."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in WILD_MODULES)
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module for _ in node.names[:1] if node.module in WILD_MODULES)
            yield from (
                name
                for alias in node.names
                if (name := f"{node.module}.{alias.name}") in WILD_NAMES
            )
        elif isinstance(node, ast.Attribute):
            name = ".".join(ast.unparse(node).split(".")[-2:])
            yield from (found for found in WILD_NAMES if found == name)


def found() -> dict[str, set[str]]:
    mentions = {
        path.relative_to(source.parent).as_posix(): set(wild(parsed(path)))
        for package, source in SOURCES.items()
        for path in modules(package)
    }
    return {name: what for name, what in mentions.items() if what}


def test_nobody_else_asks_the_machine_for_an_instant_an_id_or_a_random_number() -> None:
    assert found() == ALLOWED


@pytest.mark.parametrize(
    "planted",
    [
        "from datetime import datetime\nnow = datetime.now()",
        "import datetime\nnow = datetime.datetime.now(datetime.UTC)",
        "from datetime import datetime\ndefault = field(factory=datetime.utcnow)",
        "from datetime import date\nday = date.today()",
        "import time\nstarted = time.time()",
        "from time import time\nstarted = time()",
        "from uuid import uuid4\nid = uuid4()",
        "import uuid\nid = str(uuid.uuid4())",
        "import random\npause = random.random()",
        "from random import uniform as between",
        "def secret():\n    import secrets",
        "import os\nsecret = os.urandom(32)",
        "from os import urandom",
    ],
)
def test_a_planted_clock_or_die_is_named(planted: str) -> None:
    assert list(wild(ast.parse(planted)))


@pytest.mark.parametrize(
    "tame",
    [
        "now = tx.clock.now()",
        "import time\ndeadline = time.monotonic()",
        "from datetime import UTC, datetime\nepoch = datetime(2000, 1, 1, tzinfo=UTC)",
        "import os\nhome = os.environ['HOME']",
    ],
)
def test_the_given_clock_and_a_deadline_are_let_pass(tame: str) -> None:
    assert not list(wild(ast.parse(tame)))
