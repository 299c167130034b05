"""One demonstration at a time: the lock, the record that workers read, waits and signals."""

import signal
import time
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from indelible.contests.entities.values import FetchOutcome
from indelible.kernel import UsageError
from indelible_service.cli.interruption import ended_by_signals
from indelible_service.cli.output import Command
from indelible_service.contexts.contest_provider import NO_PROVIDER, DemoProvider
from indelible_service.demos import waiting
from indelible_service.demos.provider import Story, provider_stub
from indelible_service.demos.running import DemoRunning, only_demonstration, running_demonstration
from indelible_service.demos.waiting import DemoNotFinished, wait_for
from indelible_service.instance.locked_records import LockedRecord

EVENT = "900900901"
BODY = b'{"events": []}'
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def test_another_demonstration_is_refused_until_the_end_of_the_first(tmp_path: Path) -> None:
    with only_demonstration(tmp_path, "money"):
        running = running_demonstration(tmp_path)
        with pytest.raises(DemoRunning) as refused, only_demonstration(tmp_path, "contests"):
            pass

    assert running is not None
    assert (refused.value.code, refused.value.demonstration) == ("DEMO_RUNNING", "money")
    assert (refused.value.pid, refused.value.directory) == (running.pid, str(tmp_path))
    with only_demonstration(tmp_path, "contests"):
        pass
    assert running_demonstration(tmp_path) is None


def test_the_record_of_a_killed_demonstration_is_nobodys(tmp_path: Path) -> None:
    with only_demonstration(tmp_path, "money"):
        record = (tmp_path / "demo.json").read_text()
    (tmp_path / "demo.json").write_text(record)

    assert running_demonstration(tmp_path) is None


def test_a_running_demonstration_of_another_release_is_refused_without_its_name(
    tmp_path: Path,
) -> None:
    record = LockedRecord(tmp_path, "demo")
    with record.hold() as is_ours:
        record.write({"version": 2})
        with (
            pytest.raises(DemoRunning) as refused,
            only_demonstration(tmp_path, "contests"),
        ):
            pass

    assert is_ours
    assert (refused.value.demonstration, refused.value.pid) == ("unknown", None)


def test_workers_ask_the_demonstration_of_their_data_directory_while_it_runs(
    tmp_path: Path,
) -> None:
    provider = DemoProvider(tmp_path)
    with provider_stub({EVENT: Story.of_bodies([BODY])}) as stub:
        with only_demonstration(tmp_path, "contests") as running:
            before = provider.fetch(EVENT)
            running.publish_provider(stub.port)
            meanwhile = provider.fetch(EVENT)
        after = provider.fetch(EVENT)

    assert (meanwhile.outcome, meanwhile.body) == (FetchOutcome.OK, BODY)
    for answer in (before, after):
        assert (answer.outcome, answer.error) == (FetchOutcome.NETWORK_ERROR, NO_PROVIDER)


def test_a_wait_is_told_once_and_only_where_there_is_one() -> None:
    told: list[str] = []
    answers = iter([True, False, False, True])
    for expected in ("nothing", "something"):
        wait_for(expected, lambda: next(answers), told.append)

    assert told == ["something"]


def test_a_wait_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MAX_WAIT_SECONDS", 0)
    with pytest.raises(DemoNotFinished, match="expected an event") as given_up:
        wait_for("an event", lambda: False, print)

    assert given_up.value.code == "DEMO_NOT_FINISHED"


@pytest.mark.parametrize(("number", "exit_code"), SIGNALS)
@pytest.mark.parametrize("becomes_an_error", [False, True])
def test_a_signal_ends_a_demonstration_with_a_code(
    number: signal.Signals, exit_code: int, *, becomes_an_error: bool
) -> None:
    handler = signal.getsignal(number)

    @click.command(cls=Command)
    def interrupted() -> None:
        with ended_by_signals("money"):
            try:
                signal.raise_signal(number)
                time.sleep(60)
            except BaseException:
                if becomes_an_error:
                    raise UsageError("the database has refused a statement") from None
                signal.raise_signal(number)  # a second signal does not disturb the end
                raise

    result = CliRunner().invoke(interrupted)

    assert result.exit_code == exit_code
    assert result.stdout == ""
    assert result.stderr.startswith(
        f"DEMO_INTERRUPTED: Demonstration money was ended by {number.name}; the instance goes on."
    )
    assert signal.getsignal(number) is handler


def test_a_signal_that_was_lost_ends_the_demonstration_at_its_next_step() -> None:
    @click.command(cls=Command)
    def interrupted() -> None:
        with ended_by_signals("money") as check_signals:
            check_signals()
            with suppress(BaseException):  # as a callback of a database does
                signal.raise_signal(signal.SIGINT)
            check_signals()
            pytest.fail("the demonstration went on")

    assert CliRunner().invoke(interrupted).exit_code == 130


def test_an_error_without_a_signal_is_its_own() -> None:
    @click.command(cls=Command)
    def failing() -> None:
        with ended_by_signals("money"):
            raise DemoNotFinished("an event", 1)

    result = CliRunner().invoke(failing)

    assert (result.exit_code, result.stderr.partition(":")[0]) == (3, "DEMO_NOT_FINISHED")
