"""The repositories of captures in one SQL transaction."""

from indelible.captures.ports import CapturesRead, CapturesWrite
from indelible.captures.repositories import MarginService
from indelible_sql.captures.artifacts import SqlArtifactRepository, SqlIngestStore
from indelible_sql.captures.formulas import SqlFormulaEngine
from indelible_sql.captures.heads import (
    ALGORITHM_HEADS,
    SPACE_HEADS,
    SUBSPACE_HEADS,
)
from indelible_sql.captures.search import SqlCaptureSearch
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository

AssignmentMarginService = MarginService  # the name in seed 001


class SqlCaptureReaders:
    """The part of captures in a read transaction."""

    is_reader = True

    def __init__(self, session: Session, tx: CapturesRead) -> None:
        self._session = session
        self.spaces = SqlAggregateRepository(session, SPACE_HEADS)
        self.subspaces = SqlAggregateRepository(session, SUBSPACE_HEADS)
        self.algorithms = SqlAggregateRepository(session, ALGORITHM_HEADS)
        self.search = SqlCaptureSearch(session, tx.config, self.is_reader)
        self.engine = SqlFormulaEngine(session)
        self.margins = AssignmentMarginService(tx, self.engine)


class SqlCaptures(SqlCaptureReaders):
    """The part of captures in a write transaction."""

    is_reader = False

    def __init__(self, session: Session, tx: CapturesWrite) -> None:
        super().__init__(session, tx)
        steps = SqlIngestStore(session, self.engine)
        self.artifacts = SqlArtifactRepository(session, tx, steps)
