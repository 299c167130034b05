"""The ten planted failures."""

from typing import Final

from tests.explanations.contests_and_money import (
    command_for_a_contest_without_scores,
    payment_of_another_shop,
    refund_in_the_dashboard,
    settlement_with_a_defect,
    winner_without_an_account,
    workers_that_do_not_run,
)
from tests.explanations.failures import Failure
from tests.explanations.work_and_requests import (
    edit_of_an_older_version,
    node_that_does_not_answer,
    push_that_is_refused,
    stage_with_a_defect,
)

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
