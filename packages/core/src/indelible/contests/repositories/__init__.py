"""The finders of contests, the transactions that hold them, and reads of several records."""
