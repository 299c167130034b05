"""The store that the stages of money work with."""

from indelible.kernel import Store
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite

MoneyStore = Store[MoneyRead, MoneyWrite]
