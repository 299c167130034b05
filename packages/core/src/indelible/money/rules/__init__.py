"""The rules of money: pure functions over values."""
