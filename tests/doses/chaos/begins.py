"""Lose BEGIN, or the answer to it: no failpoint is between the two."""

from collections import Counter

from attrs import define, field
from tests.doses.chaos.written import changes_after
from tests.sql.lost_commits import ProxiedStore, proxied_store
from tests.sql.proxy import SYNC, Fault

from indelible.kernel import IndelibleError
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.engine.connections import BEGIN_ON_POSTGRESQL

# BEGIN and the first statement are answered together, at the end of their pipeline.
LOST = {Fault.CUT: BEGIN_ON_POSTGRESQL.encode(), Fault.SWALLOW: SYNC}


@define
class BeginReport:
    """The error codes after a lost BEGIN, and each problem."""

    codes: Counter[str] = field(factory=Counter[str])
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return f"codes {dict(self.codes)}; problems: {self.problems or 'none'}"


def cut_begins(database: PostgresServer, times: int) -> BeginReport:
    """Break connections before the server receives BEGIN, and as many after it has answered."""
    report = BeginReport()
    with proxied_store(database, None) as proxied:
        for fault in LOST:
            for _ in range(times):
                _lose_begin(proxied, fault, report)

        if report.codes != Counter({"STORE_UNREACHABLE": 2 * times}):
            report.problems.append("a command did not fail with STORE_UNREACHABLE")
        report.problems.extend(str(finding) for finding in verify(proxied.direct))

    return report


def _lose_begin(proxied: ProxiedStore, fault: Fault, report: BeginReport) -> None:
    """Run a command whose BEGIN is lost, and check that it leaves no change."""
    create(proxied.store)  # opens a connection
    changes_before = len(changes_after(proxied.direct))
    hits_before = proxied.proxy.hits

    proxied.proxy.plan(fault, LOST[fault])
    try:
        create(proxied.store)
    except IndelibleError as error:
        report.codes[error.code] += 1

    if proxied.proxy.hits != hits_before + 1:
        report.problems.append(f"{fault.name} of BEGIN did not happen")
    if len(changes_after(proxied.direct)) != changes_before:
        report.problems.append(f"{fault.name} of BEGIN left a change")
