"""`indelible simulate --absence`: an operator with runbooks is enough; any other call is named."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from attrs import evolve
from tests.service.commands import run
from werkzeug.test import Client
from werkzeug.wrappers import Response

from indelible.kernel import Actor
from indelible.kernel.keys import OPS, CreateKey, create_key
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_service.remote.errors import UnexpectedAnswer
from indelible_service.simulation.absence.absent import ACTOR, RUNBOOKS, Absence
from indelible_service.simulation.absence.invariants import api_shows_the_end, transfers_ended
from indelible_service.simulation.absence.service import InProcessService
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.databases import DatabaseKind
from indelible_service.simulation.doors import Doors
from indelible_service.simulation.people import GRACE_SECONDS
from indelible_service.simulation.plan import MINUTE, Fate, FaultKind, Plan, Profile
from indelible_service.simulation.planning import make_plan
from indelible_service.simulation.processes import Surroundings
from indelible_service.simulation.running import run_plan

if TYPE_CHECKING:
    from indelible_service.simulation.observed import Observed
    from indelible_service.simulation.people import People

SHORT: Final = ("simulate", "--absence", "--days", "3")
QUIET: Final = Plan(seed=1, days=1, profile=Profile.ABSENCE)
PERSON: Final = Actor.user("engineer")
CERTAIN: Final = (FaultKind.TRANSFER_TIMEOUT, FaultKind.WEBHOOK_TWICE, FaultKind.WEBHOOK_DELAY)
Call = Callable[[Absence], object]


def around(absence: Absence) -> Surroundings:
    """Return what outlives the processes of a simulation."""
    return absence.people.around


def request(absence: Absence, method: str, path: str, user: str) -> object:
    """Send a request with the key of somebody."""
    headers = {"Authorization": f"Bearer {absence.people.key_of(user)}"}
    return absence.people.web.client.open(path, method=method, headers=headers)


def write_by_store(absence: Absence) -> None:
    command = PauseStage(stage="settle_contest")
    absence.people.web.store.run(pause_stage, command, actor=PERSON, reason="by hand")


def read_by_store(absence: Absence) -> None:
    absence.people.web.store.read(lambda tx: tx.tasks.backlogs(absence.world.clock.now()))


def open_store(absence: Absence) -> None:
    mortality = Mortality(absence.world.clock)
    around(absence).database.open(around(absence).ids, mortality)


def send_sql(_: Absence) -> None:
    sqlite3.connect("/dev/null")


def migrate(absence: Absence) -> str:
    return around(absence).database.owner_url


def refund_in_the_dashboard(absence: Absence) -> None:
    around(absence).stripe.control("refunds", payment_intent="pi_1")


def ask_stripe(absence: Absence) -> None:
    around(absence).stripe.gateway(Mortality(absence.world.clock)).retrieve_charge("ch_1")


def run_a_stage(absence: Absence) -> None:
    absence.machinery.workers["worker-1"].process("settle_contest")


def deploy(absence: Absence) -> None:
    absence.machinery.workers["worker-1"].restart()


def set_variable(_: Absence) -> None:
    os.environ["API_BASE_URL"] = "other"


def run_script(_: Absence) -> None:
    subprocess.run(["/bin/true"], check=True)


def change_settings(absence: Absence) -> None:
    present = around(absence)
    present.settings = evolve(present.settings, requests_per_minute=1)


def create_key_of_operators(absence: Absence) -> None:
    command = CreateKey(owner=PERSON, scopes=(OPS,))
    absence.people.web.store.run(create_key, command, actor=PERSON, reason="by hand")


def read_as_nobody_told(absence: Absence) -> None:
    request(absence, "GET", "/admin/payments/switch", ACTOR)


def cancel_contest(absence: Absence) -> None:
    request(absence, "POST", "/admin/contests/1/cancel", "organizer")


def create_contest_with_the_key(absence: Absence) -> None:
    request(absence, "POST", "/v1/contests", ACTOR)


def halt_by_another_runbook(absence: Absence) -> None:
    absence.duty.client.command("contest-in-error", "halt-all-payments", "key")


FORBIDDEN: Final[dict[Call, str]] = {
    write_by_store: "a transaction of the database that writes",
    read_by_store: "a transaction of the database that reads",
    open_store: "a store of the database is opened",
    send_sql: "sqlite3.connect /dev/null",
    migrate: "the address for migrations is read",
    refund_in_the_dashboard: "refunds in Stripe's dashboard",
    ask_stripe: "a request to Stripe",
    run_a_stage: "work of worker-1 outside of its steps",
    deploy: "work of worker-1 outside of its steps",
    set_variable: "os.putenv API_BASE_URL",
    run_script: "subprocess.Popen /bin/true",
    change_settings: "the settings were changed",
    create_key_of_operators: "a transaction of the database that writes",
    read_as_nobody_told: "GET /admin/payments/switch is no step of a runbook",
    cancel_contest: "POST /admin/contests/1/cancel is no step of a runbook",
    create_contest_with_the_key: "POST /v1/contests is no step of a runbook",
    halt_by_another_runbook: "halt-all-payments is no step of runbook contest-in-error",
}


@pytest.mark.slow
@pytest.mark.parametrize("call", FORBIDDEN, ids=lambda call: call.__name__)
def test_a_call_that_is_no_step_of_a_runbook_ends_the_run_and_is_named(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Absence.begin

    def begin_and_plant(absence: Absence) -> None:
        begin(absence)
        absence.world.after(MINUTE, ACTOR, "planted", lambda: str(call(absence)))

    monkeypatch.setattr(Absence, "begin", begin_and_plant)
    violation = run_plan(QUIET, DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == "only-runbooks"
    assert FORBIDDEN[call] in violation.detail


@pytest.mark.slow
def test_a_forbidden_call_whose_error_is_handled_ends_the_run_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin = Absence.begin

    def handled(absence: Absence) -> str:
        with pytest.raises(Exception, match="writes"):
            write_by_store(absence)
        return ""

    def begin_and_plant(absence: Absence) -> None:
        begin(absence)
        absence.world.after(MINUTE, ACTOR, "planted", lambda: handled(absence))

    monkeypatch.setattr(Absence, "begin", begin_and_plant)
    violation = run_plan(QUIET, DatabaseKind.SQLITE).violation

    assert violation is not None
    assert violation.invariant == "only-runbooks"


@pytest.mark.slow
def test_an_absence_without_its_certain_faults_fails() -> None:
    violation = run_plan(QUIET, DatabaseKind.SQLITE).violation

    assert violation is not None
    assert str(violation) == "day 2 00:00:00: certain-faults-happen: no transfer had a timeout"


def test_stripe_is_out_while_a_player_pays_late() -> None:
    """So that nothing cancels the payment, and the program gives it back."""
    plan = make_plan(2, 14, Profile.ABSENCE)
    outages = [fault for fault in plan.faults if fault.kind is FaultKind.STRIPE_OUTAGE]
    late = [entry for entry in plan.entries if entry.fate is Fate.LATE]

    assert len(late) == 3
    for entry in late:
        (contest,) = [one for one in plan.contests if one.name == entry.contest]
        paid_at = contest.lock_at + GRACE_SECONDS + entry.pay_after_seconds
        assert any(one.at < contest.lock_at and paid_at < one.at + one.seconds for one in outages)


@pytest.mark.parametrize("seed", range(1, 41))
def test_each_plan_has_a_timeout_a_repetition_and_a_delay_and_contests_that_differ(
    seed: int,
) -> None:
    plan = make_plan(seed, 14, Profile.ABSENCE)

    assert {*CERTAIN} <= {fault.kind for fault in plan.faults}
    assert 3 <= len(plan.contests) <= 5
    assert len({contest.fee_minor for contest in plan.contests}) == len(plan.contests)
    assert len({contest.shares_bps for contest in plan.contests}) >= 3


@pytest.mark.dose
def test_three_days_need_no_engineer(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    result = run(*SHORT, "--seed", "1", "--report", str(file))

    assert result.exit_code == 0, result.stdout
    document: dict[str, Any] = json.loads(file.read_text())
    for report in document["seeds"]:
        assert report["violation"] is None
        assert report["still_failing"] == []
        for contest in report["contests"]:
            assert contest["states"] == ["SCHEDULED", "LOCKED", "LIVE", "COMPLETE"]
            assert contest["won_minor"] == contest["paid_minor"] > 0
        assert_faults_count_once(report)
        assert_general_commands_are_beside_autonomy(report)
    assert document["summary"]["recovery"]["seen"]
    assert document["summary"]["runbooks"]


def assert_faults_count_once(report: dict[str, Any]) -> None:
    """Require that each planned fault with a runbook has one recovery, or was never seen."""
    plan = make_plan(report["seed"], 3, Profile.ABSENCE)
    planned = [fault.text() for fault in plan.faults if fault.kind in RUNBOOKS]
    recovered = sum(figure["count"] for figure in report["recovery"]["planned"].values())
    assert report["never_seen"]
    assert set(report["never_seen"]) <= set(planned)
    assert recovered + len(report["never_seen"]) == len(planned)


def assert_general_commands_are_beside_autonomy(report: dict[str, Any]) -> None:
    """Require that a backfill, which may help all contests, is counted as such."""
    command = "indelible ops backfill-stripe-events"
    sent = report["operator"]["commands"][f"17-webhook-outage: {command}"]
    assert sent >= report["commands_for_all"][command] > 0


def test_a_service_that_is_dead_at_the_end_breaks_an_invariant() -> None:
    absence = SimpleNamespace(duty=SimpleNamespace(newest=None, client=None))
    problems = api_shows_the_end(cast("Absence", absence), cast("Observed", None))

    assert list(problems) == ["the service does not answer"]


class ManyTransfers:
    """A store with transfers that are pending, which returns pages of them."""

    def __init__(self, number: int) -> None:
        self.heads: list[SimpleNamespace] = []
        for one in range(number):
            transfer = SimpleNamespace(id=f"{one}", status=TransferStatus.PENDING)
            self.heads.append(SimpleNamespace(entity=transfer))
        self.money = SimpleNamespace(transfers=self)

    def read(self, query: Callable[..., object], *arguments: object) -> object:
        """Return the result of a query."""
        return query(self, *arguments)

    def find(self, _: object, *, limit: int, offset: int) -> list[SimpleNamespace]:
        """Return the next transfers."""
        return self.heads[offset : offset + limit]


@pytest.mark.parametrize("number", [0, 499, 500, 501, 1_000])
def test_no_transfer_is_left_out_however_many_there_are(number: int) -> None:
    observed = cast("Observed", SimpleNamespace(store=ManyTransfers(number)))

    assert len(list(transfers_ended(cast("Absence", None), observed))) == number


def test_json_that_cannot_be_read_is_no_empty_answer() -> None:
    broken = Response('{"items": [', content_type="application/json")
    web = SimpleNamespace(mortality=SimpleNamespace(is_dead=False), client=Client(broken))
    people = cast("People", SimpleNamespace(web=web))
    service = InProcessService("http://127.0.0.1", "key", people, Doors())

    with pytest.raises(UnexpectedAnswer):
        service.get("/v1/contests")


@pytest.mark.dose
def test_the_same_seed_writes_the_same_report(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("first.json", "second.json")]
    for file in files:
        assert run(*SHORT, "--seed", "2", "--report", str(file)).exit_code == 0

    first, second = (file.read_bytes() for file in files)
    assert first == second


def test_a_report_needs_an_absence(tmp_path: Path) -> None:
    assert run("simulate", "--days", "1", "--report", str(tmp_path / "r.json")).exit_code == 2
