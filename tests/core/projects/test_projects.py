"""Projects hold their invariants, whoever makes them."""

import pytest
from attrs import evolve
from tests.core.projects.builders import (
    LATER,
    LATEST,
    Value,
    new_project,
    prompted,
    requested,
)

from indelible.kernel import InvalidTransition
from indelible.projects import (
    Project,
)
from indelible.projects.errors import (
    JobNotNewer,
    RepositoryAlreadySet,
    RepositoryNotRequested,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.projects.scenarios import SHOP


def test_the_latest_job_only_moves_forward() -> None:
    project = prompted().with_latest_job("j-5", 5, now=LATEST)

    assert project.is_newer_success(6)
    for number in (4, 5):
        assert not project.is_newer_success(number)
        with pytest.raises(JobNotNewer):
            project.with_latest_job("j-4", number, now=LATEST)


def test_a_repository_is_set_once_and_on_the_requested_host() -> None:
    with pytest.raises(InvalidTransition):
        new_project().bound_to(SHOP, now=LATER)
    with pytest.raises(RepositoryNotRequested):
        requested().bound_to(evolve(SHOP, host="github"), now=LATEST)

    bound = requested().bound_to(SHOP, now=LATEST)
    assert bound.repository == SHOP
    assert bound.repository_name == SHOP.name, "the host may have renamed it meanwhile"
    with pytest.raises(RepositoryAlreadySet) as refused:
        bound.bound_to(SHOP, now=LATEST)
    assert refused.value.detail == {"project_id": "p-1", "github_repo_url": SHOP.url}
    with pytest.raises(RepositoryAlreadySet):
        bound.requesting_repository("local", "other", now=LATEST)


def test_only_a_bound_project_has_a_repository() -> None:
    assert new_project().repository is None
    assert requested().repository is None
    assert requested().has_requested(SHOP.host, "taken")
    assert not requested().has_requested(SHOP.host, "other")
    assert not requested().bound_to(SHOP, now=LATEST).has_requested(SHOP.host, SHOP.name)


@pytest.mark.parametrize(
    ("project", "fields"),
    [
        (new_project(), {"github_repo_url": "local:shop"}),
        (new_project(), {"repository_name": "shop"}),
        (requested(), {"repository_id": "17"}),
        (requested(), {"repository_host": None}),
        (requested().bound_to(SHOP, now=LATEST), {"github_repo_url": None}),
        (requested().bound_to(SHOP, now=LATEST), {"repository_branch": None}),
        (prompted(), {"latest_successful_job_id": "j-1"}),
        (prompted(), {"latest_successful_job_number": 1}),
        (new_project(), {"latest_successful_job_id": "j-1", "latest_successful_job_number": 1}),
    ],
)
def test_the_fields_of_a_project_fit_its_state(project: Project, fields: dict[str, Value]) -> None:
    assert code(lambda: evolve(project, **fields)) == "FIELD_NOT_OF_STATE"
