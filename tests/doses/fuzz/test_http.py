"""Requests that schemathesis generates from the document get a declared answer."""

from collections import Counter
from collections.abc import Callable
from typing import Final

import pytest
from tests.conftest import POLICY
from tests.core.money.gateway import ScriptedGateway
from tests.web.generated import Making, generated, operations
from tests.web.harness import Web
from tests.web.minting import Wallets
from tests.web.reader import fitted

from indelible_sql import open_store, verify

EXAMPLES: Final = 30  # of each operation


@pytest.mark.parametrize("fixture", ["sqlite_url", "database"])
def test_every_generated_request_gets_a_documented_answer(
    fixture: str,
    request: pytest.FixtureRequest,
    seed: int,
    add_summary_line: Callable[[str], None],
) -> None:
    database = request.getfixturevalue(fixture)
    store = open_store(getattr(database, "url", database), policy=POLICY)
    owner_url: str | None = getattr(database, "owner_url", None)
    web = Web(fitted(store, owner_url), chain=Wallets(), stripe=ScriptedGateway())
    send = generated(web, Making(examples=EXAMPLES, seed=seed))
    statuses = Counter[int]()
    wrong: list[str] = []
    for method, path in operations(web.document):
        found = send(method, path)
        statuses += found.statuses
        wrong += found.wrong
    findings = verify(store)
    store.dispose()

    add_summary_line(f"generated requests, {fixture}: {dict(statuses)}")
    assert wrong == []
    assert findings == ()
    assert not any(status >= 500 or status == 0 for status in statuses)
