"""Tasks on tokens that leave the process: scanning a chain, and recovering missed tokens."""
