"""Which reads are answered with 304, and which not, since their answers have more than a head."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from tests.conftest import POLICY
from tests.web.harness import KEYS, Json, Web, concept_url, saved
from tests.web.reader import reader_over

from indelible import money
from indelible.concepts import ConceptContent, ConceptPolicy, Severity
from indelible.kernel import UsageError
from indelible.money.handlers.ledger import post_movement
from indelible.money.rules.ledger.payouts import guarantee_topup
from indelible.testing.captures.scenarios import X1, X2
from indelible.testing.contests.scenarios import ROSTER, live_contest, new_contest
from indelible.testing.money.transfers import id_of, planned, ready_payee
from indelible.testing.stores import do
from indelible_sql import open_store
from indelible_web.http.operation import EmptyQuery, OperationContext
from indelible_web.http.routing import Routes
from indelible_web.projects.schemas import ProjectView

REASON: Json = {"reason": "a test"}


def changed_under_its_tag(web: Web, path: str, change: Callable[[], object]) -> set[str]:
    """Return the fields that a change alters in an answer to the tag that the caller has."""
    first = web.get(path)
    before = saved(first, 200)
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = web.get(path, headers=tag)
    change()
    second = web.get(path, headers=tag)
    after = saved(second, 200)

    assert unchanged.status_code == 200
    assert second.headers["ETag"] == first.headers["ETag"]
    return {name for name in before if after[name] != before[name]}


@pytest.fixture
def operator(web: Web) -> Web:
    web.key = web.new_key("admin")
    return web


def test_answers_of_more_than_a_head_are_shown_to_a_caller_with_their_tag(operator: Web) -> None:
    path = f"/v1/contests/{new_contest(operator.store).contest_id}"

    def enter() -> None:
        body = {"player_ids": list(ROSTER), **REASON}
        saved(operator.post(f"{path}/entries", json=body), 201)

    assert {"entry_count", "user_has_entered"} <= changed_under_its_tag(operator, path, enter)
    later = changed_under_its_tag(operator, path, lambda: operator.clock.jump(hours=1))

    assert "time_until_lock" in later

    path = f"/admin/contests/{live_contest(operator.store).contest_id}"

    def pause() -> None:
        saved(operator.post(f"{path}/ingestion/pause", json=REASON, once="a"), 200)

    assert "log" in changed_under_its_tag(operator, path, pause)

    planned(operator.store)
    ready_payee(operator.store, "ann")
    command = money.RestrictPayee(party="ann")

    changed = changed_under_its_tag(
        operator,
        f"/admin/payouts/transfers/{id_of('ann')}",
        lambda: do(operator.store, money.restrict_payee, command),
    )

    assert changed == {"payee_status"}

    draft = guarantee_topup(
        settlement_id="settlement-1", reference="contest-1", amount_minor=100, currency="EUR"
    )
    posted = do(operator.store, lambda tx, _: post_movement(tx, draft), None)
    path = f"/admin/ledger/movements/{posted.movement.id}"

    def propose() -> None:
        saved(operator.post(f"{path}/reversal/propose", json=REASON, once="b"), 200)

    assert changed_under_its_tag(operator, path, propose) == {"reversal_proposed_by"}

    reader = reader_over(operator)
    path = f"/v1/subspaces/{reader.subspace(X1)}"

    assert changed_under_its_tag(operator, path, lambda: reader.captured(X2)) == {"centroid"}


@pytest.mark.slow
def test_a_concept_shows_the_levels_of_other_settings_to_a_caller_with_its_tag(
    sqlite_url: str,
) -> None:
    answers: list[Json] = []
    headers: dict[str, str] = {}
    path = ""
    settings: tuple[dict[str, Severity | None], ...] = ({}, {"EX_NONE": Severity.MAJOR})
    for levels in settings:
        concepts = ConceptPolicy(warning_levels=levels)
        store = open_store(sqlite_url, policy=evolve(POLICY, keys=KEYS, concepts=concepts))
        store.upgrade()
        web = Web(store)
        path = path or concept_url(web.create(ConceptContent(name="Ratio")))
        answer = web.get(path, headers=headers)
        headers = {"If-None-Match": answer.headers["ETag"]}
        answers.append(saved(answer, 200))
        store.dispose()

    assert answers[0]["seq"] == answers[1]["seq"]
    assert answers[0]["warnings"] != answers[1]["warnings"]


def test_a_query_that_shows_its_head_alone_is_answered_with_304(web: Web) -> None:
    body = {"name": "Fractions", "model": "model-1", "dimension": 3, **REASON}
    path = f"/v1/spaces/{saved(web.post('/v1/spaces', json=body), 201)['space']['id']}"
    answers = {
        tag: web.get(path, headers={"If-None-Match": tag})
        for tag in ('"1"', 'W/"1"', '"7", "1"', "*", '"2"', "1 2")
    }

    statuses = {tag: answer.status_code for tag, answer in answers.items()}
    assert statuses == {'"1"': 304, 'W/"1"': 304, '"7", "1"': 304, "*": 304, '"2"': 200, "1 2": 200}
    assert (answers["*"].data, answers["*"].headers["ETag"]) == (b"", '"1"')
    assert "Content-Type" not in answers["*"].headers

    for tag in ['"99"', "*", "wrong"]:
        answer = web.get(concept_url(web.create()), headers={"If-Match": tag})

        assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')


@pytest.mark.parametrize(
    ("route", "response_type"),
    [("POST /planted", ProjectView), ("PUT /planted", ProjectView), ("GET /planted", EmptyQuery)],
)
def test_only_a_query_with_a_seq_shows_its_head_alone(route: str, response_type: type) -> None:
    def show(_: OperationContext, query: EmptyQuery) -> Any:  # noqa: ANN401 - each response type
        return query

    routes = Routes("planted", "a route without a tag")
    with pytest.raises(UsageError, match="shows_head_alone"):
        routes.add(
            route, request_type=EmptyQuery, response_type=response_type, shows_head_alone=True
        )(show)
