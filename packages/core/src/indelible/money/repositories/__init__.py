"""The finders of money, and the transactions that hold them."""
