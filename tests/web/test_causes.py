"""Test the causes of a transfer: from the money down to the bytes of the provider."""

from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
from tests.contest_runs import TestClock
from tests.money_contests import USERS, PaidContestRun
from tests.web.console.visitor import Site
from tests.web.harness import KEYS, Json, Web, problem, saved

from indelible.contests import Contest
from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money.entities.payouts import Transfer
from indelible.policy import Policy
from indelible.reactions import settlement_id
from indelible.testing.money.transfers import planned, transfer_of
from indelible_web.contexts import built_in_contexts

pytestmark = pytest.mark.slow

OTTO: Final = Actor.user("otto")
KINDS: Final = ["transfer", "owed line", "settlement", "settlement run", "score"]


class PaidOut:
    """A settled contest whose winners are paid, and the transfer to one of them."""

    def __init__(self, folder: Path) -> None:
        clock = TestClock()
        self.store = MemoryStore(policy=Policy(keys=KEYS), clock=clock)
        run = PaidContestRun.on_store(self.store, clock, folder)
        self.contest: Contest = run.open()
        run.pay_all(run.enter_all(self.contest))
        run.register(*USERS)
        run.play(self.contest)
        run.settle()
        run.work()
        self.now = clock.now()
        (head, *_) = self.store.read(lambda tx: tx.money.transfers.find({}, limit=10))
        self.transfer: Transfer = head.entity


@pytest.fixture(scope="module")
def paid_out(tmp_path_factory: pytest.TempPathFactory) -> PaidOut:
    return PaidOut(tmp_path_factory.mktemp("contest"))


def causes_of(web: Web, transfer_id: str) -> list[Json]:
    """Return the causes of a transfer for an operator."""
    key = web.new_key("ops", owner=OTTO)
    answer = web.get(f"/admin/payouts/transfers/{transfer_id}/causes", key=key)
    causes: list[Json] = saved(answer, 200)["causes"]
    return causes


def test_the_causes_of_a_prize_end_with_the_bytes_of_the_provider(paid_out: PaidOut) -> None:
    web = Web(paid_out.store)
    transfer, contest = paid_out.transfer, paid_out.contest
    causes = causes_of(web, transfer.id)

    kinds = [cause["kind"] for cause in causes]
    assert kinds[: len(KINDS)] == KINDS
    assert kinds[-2:] == ["event", "bytes of the provider"]
    by_kind = {cause["kind"]: cause for cause in causes}
    assert by_kind["transfer"]["key"] == transfer.id
    assert by_kind["settlement"]["key"] == settlement_id(contest.id)
    run = paid_out.store.read(lambda tx: tx.contests.runs.completed(contest.id))
    assert run is not None
    assert by_kind["settlement run"]["key"] == run.entity.id
    (line,) = paid_out.store.read(
        lambda tx: tx.contests.runs.joins.lines_of_user(run.entity.id, transfer.party)
    )
    assert by_kind["score"]["key"] == line.entry_id
    assert f"Rank {line.rank} with score {line.score}" in by_kind["score"]["text"]

    key = web.new_key("ops", owner=OTTO)
    for cause in causes:
        assert web.get(cause["path"], key=key).status_code == 200, cause
    payload = web.get(by_kind["bytes of the provider"]["path"], key=key).data
    assert sha256(payload).hexdigest() == by_kind["bytes of the provider"]["key"]


def test_the_page_of_causes_links_each_cause(paid_out: PaidOut) -> None:
    site = Site(paid_out.store)
    site.clock.time = paid_out.now
    operator = site.member("console", "ops", owner=OTTO)

    operator.get(f"/console/money/payouts/{paid_out.transfer.id}")
    operator.get(operator.page.link("/causes"))

    text = operator.page.words
    for kind in (*KINDS, "event", "bytes of the provider"):
        assert kind.capitalize() in text
    links = [link for link in operator.page.links if paid_out.contest.id in link]
    assert any(link.endswith("/payload") for link in links)
    for link in {*links, operator.page.link("/money/movements/")}:
        assert operator.get(link).status_code == 200


def test_causes_end_where_the_contexts_do_and_need_the_scope(any_web: Web) -> None:
    planned(any_web.store)
    transfer = transfer_of(any_web.store, "ann")

    causes = causes_of(any_web, transfer.id)

    assert [cause["kind"] for cause in causes] == ["transfer", "owed line", "settlement"]
    assert causes[0]["key"] == transfer.id

    path = "/admin/payouts/transfers/none/causes"
    operator, reader = any_web.new_key("ops", owner=OTTO), any_web.new_key("history:read")

    assert problem(any_web.get(path, key=operator)) == (404, "TRANSFER_NOT_FOUND")
    assert problem(any_web.get(path, key=reader)) == (403, "SCOPE_MISSING")


def test_causes_without_contests_are_those_of_money(paid_out: PaidOut) -> None:
    web = Web(paid_out.store, contexts=built_in_contexts("money"))

    causes = causes_of(web, paid_out.transfer.id)

    assert [cause["kind"] for cause in causes] == KINDS[:3]
