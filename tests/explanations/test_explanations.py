"""A log and an export explain each planted failure, without anything else of production."""

from pathlib import Path
from typing import Final

import pytest
from tests.conftest import folder
from tests.explanations.bundles import EXPORT, LOG, Bundle
from tests.explanations.facts import Fact, Question
from tests.explanations.failures import Failure, Planted
from tests.explanations.ten import FAILURES

from indelible_service.simulation.stripe import API_KEY, WEBHOOK_SECRET

TEN: Final = 10
SECRETS: Final = (API_KEY, WEBHOOK_SECRET, "Bearer ", "ind_")


def test_ten_failures_are_planted_and_every_question_is_answered() -> None:
    assert len({failure.name for failure in FAILURES}) == TEN
    for failure in FAILURES:
        assert {fact.question for fact in failure.facts} == set(Question)
        assert {fact.file for fact in failure.facts} == {LOG, EXPORT}


@pytest.mark.slow
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_the_log_and_the_export_explain_a_failure(failure: Failure, tmp_path: Path) -> None:
    with folder() as scratch:
        planted = failure.write(scratch, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [EXPORT, LOG]
    bundle = Bundle.read(tmp_path)

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
