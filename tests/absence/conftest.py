"""An instance on a socket, whose answers can be lost."""

from collections.abc import Generator
from typing import cast

import pytest
from tests.absence.instance import Instance
from tests.conftest import POLICY
from tests.doubles.serving import Request, Response, served
from tests.web.harness import Web

from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore


@pytest.fixture
def instance() -> Generator[Instance]:
    web = Web(cast("AnyStore", MemoryStore(policy=POLICY)))

    def handle(request: Request) -> Response:
        answer = web.client.open(
            request.path, method=request.method, headers=request.headers, data=request.body
        )
        return Response(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    with served(handle) as double:
        yield Instance(web, double)
