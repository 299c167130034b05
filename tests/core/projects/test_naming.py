"""Names of repositories follow from the project alone, and are valid on GitHub."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.projects.rules.naming import repository_name

PROJECT_ID = "0192f0c1-5b7e-7c3a-9d21-0123456789ab"


@pytest.mark.parametrize(
    ("project_name", "name"),
    [
        ("My SaaS App", "my-saas-app"),
        ("  A  B!! ", "a-b"),
        ("日本", "project"),
        ("a_b.c", "a_bc"),
        ("..", "project"),
        ("shop.git", "shopgit"),
        ("-- a -- b --", "a-b"),
        ("a\tb\u00a0c", "a-b-c"),
        ("x" * 300, "x" * 100),
        ("x" * 99 + " y", "x" * 99),
    ],
)
def test_the_first_name_is_the_slug_of_the_project(project_name: str, name: str) -> None:
    assert repository_name(project_name, PROJECT_ID, 0) == name


def test_the_next_names_follow_from_the_id_of_the_project() -> None:
    names = [repository_name("My SaaS App", PROJECT_ID, attempt) for attempt in range(4)]

    assert names == [
        "my-saas-app",
        "my-saas-app-570acd",
        "my-saas-app-8ba2f1",
        "my-saas-app-704f08",
    ]


def test_projects_of_one_name_try_different_next_names() -> None:
    names = {repository_name("Shop", f"project-{number}", 1) for number in range(100)}

    assert len(names) == 100


@given(st.text(max_size=150), st.text(max_size=40), st.integers(0, 50))
def test_every_name_is_valid_on_github(project_name: str, project_id: str, attempt: int) -> None:
    encodable = project_id.encode(errors="replace").decode()
    name = repository_name(project_name, encodable, attempt)

    assert re.fullmatch("[a-z0-9_-]{1,100}", name)
    assert name == repository_name(project_name, encodable, attempt)
