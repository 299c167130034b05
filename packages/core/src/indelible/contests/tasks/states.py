"""The store that the stages of contests work with."""

from indelible.contests.repositories.transactions import ContestsRead, ContestsWrite
from indelible.kernel import Store

ContestStore = Store[ContestsRead, ContestsWrite]
