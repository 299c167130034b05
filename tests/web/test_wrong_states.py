"""Test that a runbook's step in the wrong state is refused with what is allowed, and recorded."""

from typing import Any, Final

import pytest
from tests.web.harness import Json, Web, problem, saved
from tests.web.paying import Till
from tests.web.test_money_operators import SETTLEMENT, settled

from indelible.app import WriteTx
from indelible.contests import ContestStatus
from indelible.kernel import Actor
from indelible.kernel.rejections import list_rejections
from indelible.testing.contests.scenarios import contest_in
from indelible.testing.stores import BEGINNING, within
from indelible_web.http.request import ADMIN

pytestmark = pytest.mark.slow

OTTO: Final = Actor.user("otto")
LETTER: Final = "tasks/letters/letter-1"


def send(web: Web, path: str, once: str = "key-1", **body: object) -> Any:  # noqa: ANN401 - of the client
    key = web.new_key(ADMIN, owner=OTTO)
    return web.post(f"/admin/{path}", json={"reason": "a drill", **body}, key=key, once=once)


def assert_recorded(web: Web, code: str) -> None:
    """Assert that the last command was refused with a code, which its record has."""
    record = web.store.read(list_rejections)[0]
    assert (record.code, record.actor, record.reason) == (code, OTTO, "a drill")


@pytest.mark.parametrize(
    ("before", "path", "body", "allowed"),
    [
        ({}, "payouts/transfers/{transfer}/unpark", {}, ["approve", "claim", "park", "adopt"]),
        ({}, "payouts/transfers/{transfer}/unclaim", {}, ["approve", "claim", "park", "adopt"]),
        ({"payees": {"party": "ann"}}, "payees/ann/reopen", {}, ["attach", "close"]),
        (
            {"payments/halt": {"reason_code": "drill"}, "payments/resume": {}},
            "payments/resume",
            {},
            ["halt"],
        ),
        ({"stages/a/pause": {}, "stages/a/resume": {}}, "stages/a/resume", {}, ["pause"]),
        ({}, "contests/{complete}/cancel", {}, []),
        ({}, "contests/{complete}/field", {"primary": ["a"]}, []),
        (
            {},
            "contests/{live}/resolve-error",
            {"action": "resume"},
            ["complete", "cancel", "cancel_by_provider", "cancel_shortened", "fail"],
        ),
    ],
)
def test_a_step_that_the_state_excludes_names_the_allowed_actions(
    till: Till, before: dict[str, Json], path: str, body: Json, allowed: list[str]
) -> None:
    web = till.web
    ids = {
        "transfer": settled(till),
        "live": contest_in(till.store, ContestStatus.LIVE).contest_id,
        "complete": contest_in(till.store, ContestStatus.COMPLETE).contest_id,
    }
    saved(send(web, f"payouts/jobs/{SETTLEMENT}/plan", "plan"), 200)
    for number, (step, step_body) in enumerate(before.items()):
        saved(send(web, step, f"before-{number}", **step_body), 200)

    answer = send(web, path.format(**ids), **body)
    assert problem(answer) == (409, "INVALID_TRANSITION")
    assert answer.get_json()["allowed"] == allowed
    assert_recorded(web, "INVALID_TRANSITION")


def test_a_requeue_a_cancel_and_a_park_name_the_states_that_allow_them(till: Till) -> None:
    transfer = settled(till)
    saved(send(till.web, f"payouts/jobs/{SETTLEMENT}/plan", "plan"), 200)
    answer = send(till.web, f"payouts/transfers/{transfer}/park")

    assert problem(answer) == (409, "TRANSFER_NOT_APPROVED")
    assert "can only be approved" in answer.get_json()["detail"]
    assert_recorded(till.web, "TRANSFER_NOT_APPROVED")

    def enqueue(tx: WriteTx) -> None:
        tx.tasks.enqueue("letters", {"letter-1": BEGINNING})

    within(till.store, enqueue)
    requeued = send(till.web, f"{LETTER}/requeue", "key-4")
    assert problem(requeued) == (409, "TASK_NOT_DEAD")
    assert "is waiting: only a dead or canceled task" in requeued.get_json()["detail"]
    assert_recorded(till.web, "TASK_NOT_DEAD")

    saved(send(till.web, f"{LETTER}/cancel", "key-2"), 200)
    canceled = send(till.web, f"{LETTER}/cancel", "key-3")
    assert problem(canceled) == (409, "TASK_ENDED")
    assert "is canceled: only a waiting or running task" in canceled.get_json()["detail"]
