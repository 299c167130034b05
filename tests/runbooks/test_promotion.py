"""The runbooks of promotion and of the way back are executed, step by step, as they are written.

The release of this checkout and a generated one after it are installed from their wheels.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from tests.databases import temporary_database
from tests.releases import OF_SERVICE, build_releases
from tests.runbooks.pages import Runbook, Step, read_runbook
from tests.runbooks.promotions import (
    Site,
    site_of,
    snapshots_of,
    write_checkout,
    write_fingerprint,
)
from tests.service.processes import TIMEOUT_SECONDS

from indelible.kernel import SystemClock
from indelible.testing.contests.payloads import SCHEDULED
from indelible.testing.contests.scenarios import configuration
from indelible_service.demos.provider import Story, provider_stub
from indelible_service.embedded import PostgresServer
from indelible_sql.generated_revisions import OWN
from indelible_sql.schema.installed_files import SNAPSHOTS

RUNBOOKS: Final = ("promote", "roll-back")
CONSOLE: Final = "```console\n"
SECTIONS: Final = {"When", "Check before", "Promote", "Verify", "Roll back", "Escalate"}
SCHEMA_BACK: Final = "Roll back the schema"
CONTEST_BACK: Final = "Roll back the configuration of a contest"
SETTINGS_BACK: Final = "Roll back the settings"
SQL_WORDS: Final = ("psql", "sqlite3", "SELECT ", "UPDATE ", "DELETE ", "INSERT ")


@pytest.mark.parametrize("name", RUNBOOKS)
def test_a_runbook_has_its_sections_and_needs_no_sql(name: str) -> None:
    runbook = read_runbook(name)

    assert set(runbook.sections) >= SECTIONS
    assert runbook.text.count(CONSOLE) == len(runbook.steps) > 0
    for step in runbook.steps:
        assert not [word for word in SQL_WORDS if word in step.command]


@pytest.mark.dose
def test_a_release_is_promoted_and_withdrawn_on_sqlite(template_file: Path, tmp_path: Path) -> None:
    scratch = f"sqlite:///{shutil.copy(template_file, tmp_path / 'scratch.db')}"
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/records.db"}

    follow_the_runbooks(tmp_path, scratch, database, SNAPSHOTS["sqlite"])


@pytest.mark.dose
def test_a_release_is_promoted_and_withdrawn_on_postgresql(
    database: PostgresServer, server: PostgresServer, tmp_path: Path
) -> None:
    with temporary_database(server, "promoted", "template1") as installed:
        settings = {"DATABASE_URL": installed.url, "INDELIBLE_OWNER_URL": installed.owner_url}
        follow_the_runbooks(tmp_path, database.owner_url, settings, SNAPSHOTS["postgresql"])


def follow_the_runbooks(
    folder: Path, scratch_url: str, database: dict[str, str], snapshot: str
) -> None:
    """Promote, go back, promote again, and go back to the schema of the release before.

    Each release writes records while it runs, and edits those of the other one.
    """
    releases = build_releases(folder, scratch_url, OF_SERVICE)
    checkout = write_checkout(folder, snapshots_of(folder, snapshot))
    other = write_fingerprint(folder, releases.older)
    promote, back = (read_runbook(name) for name in RUNBOOKS)
    with (
        provider_stub({"T1": Story.of_bodies([SCHEDULED.payload()])}) as provider,
        provider_stub() as wrong_provider,
        site_of(folder, releases, database, provider) as site,
    ):
        site.set_variables(
            RELEASE="releases/2",
            WITHDRAWN="releases/2",
            BEFORE="releases/1",
            TAG="release-2",
            TAG_BEFORE="release-1",
            CHECKOUT=str(checkout),
            SNAPSHOT=snapshot,
            OTHER=str(other),
            REVISION=OWN,
        )
        written = Written(site)
        written.write("before")

        site.set_variables(BACKUP="backups-1")
        site.execute(steps_of(promote, "Check before", "Promote", "Verify", "Roll back"))
        written.write("by the newer release")
        site.execute(steps_of(back, "Check before", "Roll back", "Verify", "Promote"))
        written.write("by the release before at the newer schema")
        roll_back_configurations(site, back, wrong_provider.endpoint)

        site.execute(steps_of(promote, "Promote", "Verify"))
        written.write("by the newer release again")
        site.execute(steps_of(back, "Roll back", SCHEMA_BACK))
        written.write("by the release before at its own schema")

        site.execute(steps_of(back, "Verify"))
        written.compare()
        assert site.is_running
    assert set(site.executed) == {*promote.steps, *back.steps}


def roll_back_configurations(site: Site, back: Runbook, wrong_endpoint: str) -> None:
    """Publish a wrong configuration and wrong settings, and go back by new versions."""
    soon = SystemClock().now() + timedelta(days=1)
    site.write_settings("2.env", INGESTION_ENDPOINT_URL=wrong_endpoint)
    site.shell.run("ln -sfn settings/2.env .env\n")
    site.start()
    good = configuration(soon, entry_fee_cents=2500)
    contest = publish(site, good)
    wrong = configuration(soon, entry_fee_cents=250_000)
    path = f"contests/{contest['id']}/configuration"
    body = {"configuration": wrong, "reason": "a mistake"}
    changed = site.call("PUT", path, body, If_Match=f'"{contest["seq"]}"')

    site.set_variables(KEY=site.key, CONTEST=contest["id"], GOOD="1", SEQ=str(changed["seq"]))
    site.execute(steps_of(back, CONTEST_BACK))
    versions = [site.call("GET", f"{path}?version={number}") for number in (1, 2, 3)]
    fees = [version["configuration"]["entry_fee_cents"] for version in versions]
    assert fees == [2500, 250_000, 2500]

    field = f"contests/{contest['id']}/field"
    assert site.call("GET", field)["event_number"] is None
    site.set_variables(GOOD_SETTINGS="settings/1.env", NEW_SETTINGS="settings/3.env")
    site.execute(steps_of(back, SETTINGS_BACK))
    wait_for_field(site, field)


def publish(site: Site, document: dict[str, Any]) -> Any:  # noqa: ANN401 - the answer's JSON
    """Publish a contest."""
    body = {"contest_name": "Office pool", "configuration": document, "reason": "spring"}
    return site.call("POST", "contests", body)


def wait_for_field(site: Site, path: str) -> None:
    """Wait until the provider of the good settings has told the players."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while site.call("GET", path)["event_number"] is None:
        assert time.monotonic() < deadline, "the provider's field has not arrived"
        time.sleep(0.2)
    assert site.call("GET", path)["primary"]


def steps_of(runbook: Runbook, *sections: str) -> Iterator[Step]:
    """Yield the steps of sections, in the order of the sections."""
    for section in sections:
        yield from (step for step in runbook.steps if step.section == section)


class Written:
    """A concept of each phase; the release of a phase also edits the concept before."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._contents: dict[str, list[str]] = {}

    def write(self, phase: str) -> None:
        """Edit the newest concept, and create another one."""
        for concept_id in list(self._contents)[-1:]:
            concept = self._site.call("GET", f"concepts/{concept_id}")
            body = {"content": self._content(concept_id, phase), "reason": phase}
            headers = {"If_Match": f'"{concept["seq"]}"'}
            self._site.call("PUT", f"concepts/{concept_id}", body, **headers)
            self._contents[concept_id].append(phase)

        body = {"content": self._content(phase, phase), "reason": phase}
        created = self._site.call("POST", "concepts", body)
        self._contents[created["concept"]["id"]] = [phase]

    def compare(self) -> None:
        """Compare each version of each concept with what was written."""
        for concept_id, definitions in self._contents.items():
            versions = self._site.call("GET", f"concepts/{concept_id}/versions")["items"]
            found = [version["content"]["definition"] for version in versions]
            assert sorted(found) == sorted(definitions)

    @staticmethod
    def _content(name: str, definition: str) -> dict[str, str]:
        return {"name": name, "definition": definition}
