"""Generated aggregates pass the suites of a host, and all else that a host gets for its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.examples.conftest import host
from tests.own.generated import family, module_of, others_of, plans_of
from tests.own.generated.places import file_place, server_place
from tests.own.generated.trials import TrialReport, try_group
from tests.own.played import play

from indelible.testing.own import conformance
from indelible_service.embedded import PostgresServer

__all__ = ["host"]  # the fixture

SEED = 37
NUMBERS = range(3)
MANY = 200
GROUP = 3
LARGE_GROUP = 10
PLANS = plans_of(range(MANY), SEED)


@pytest.mark.dose
def test_no_verifier_refuses_a_generated_declaration() -> None:
    assert len(module_of(PLANS).contexts) == MANY


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_a_generated_aggregate_passes_in_memory(number: int) -> None:
    contexts = family(range(number + 1), SEED)
    context = contexts[number]
    walk = play(conformance(context, others=others_of(context, contexts)))

    edges = {(edge.from_state, edge.action) for edge in context.aggregate.lifecycle.edges}
    assert set(walk.taken) == edges


@pytest.mark.slow
def test_generated_aggregates_hold_in_a_file(
    template_file: Path, tmp_path: Path, add_summary_line: Callable[[str], None]
) -> None:
    report = TrialReport()
    module = module_of(plans_of(range(GROUP), SEED))
    try_group(module, SEED, [file_place(template_file, tmp_path)], report)
    add_summary_line(f"generated aggregates: {report}")
    assert report.problems == []


@pytest.mark.dose
def test_generated_aggregates_hold_on_a_server(
    server: PostgresServer, template: PostgresServer, add_summary_line: Callable[[str], None]
) -> None:
    report = TrialReport()
    module = module_of(plans_of(range(LARGE_GROUP), SEED + 1))
    place = server_place(server, template.url.rpartition("/")[2])
    try_group(module, SEED, [place], report)
    add_summary_line(f"generated aggregates: {report}")
    assert report.problems == []
