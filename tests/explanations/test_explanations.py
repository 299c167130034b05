"""A log and an export explain each planted failure, without anything else of production."""

from pathlib import Path
from typing import Final

import pytest
from tests.conftest import folder
from tests.explanations.bundles import EXPORT, LOG, Bundle
from tests.explanations.contests_and_money import (
    command_for_a_contest_without_scores,
    payment_of_another_shop,
    refund_in_the_dashboard,
    settlement_with_a_defect,
    winner_without_an_account,
    workers_that_do_not_run,
)
from tests.explanations.facts import Fact, Question
from tests.explanations.failures import Failure, Planted
from tests.explanations.work_and_requests import (
    edit_of_an_older_version,
    node_that_does_not_answer,
    push_that_is_refused,
    stage_with_a_defect,
)

from indelible_service.simulation.stripe import API_KEY, WEBHOOK_SECRET

FAILURES: Final[tuple[Failure, ...]] = (
    settlement_with_a_defect,
    winner_without_an_account,
    payment_of_another_shop,
    refund_in_the_dashboard,
    workers_that_do_not_run,
    push_that_is_refused,
    stage_with_a_defect,
    node_that_does_not_answer,
    command_for_a_contest_without_scores,
    edit_of_an_older_version,
)
SECRETS: Final = (API_KEY, WEBHOOK_SECRET, "Bearer ", "ind_")


@pytest.mark.slow
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_the_log_and_the_export_explain_a_failure(failure: Failure, tmp_path: Path) -> None:
    with folder() as scratch:
        planted = failure.write(scratch, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [EXPORT, LOG]
    bundle = Bundle.read(tmp_path)

    assert {fact.question for fact in failure.facts} == set(Question)
    assert failure.missing(bundle, planted) == []
    log = (tmp_path / LOG).read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in log]
    for fact in failure.facts:
        assert fact in failure.missing(without(bundle, fact, planted), planted)


def without(bundle: Bundle, fact: Fact, planted: Planted) -> Bundle:
    """Return the files without the lines that say a fact."""
    lines = list(fact.lines(bundle, planted.names))
    log = tuple(line for line in bundle.log if line not in lines)
    return Bundle(log, tuple(line for line in bundle.export if line not in lines))
