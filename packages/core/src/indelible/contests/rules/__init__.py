"""Pure rules of contests: provider data, the fold, the terminal rule, scoring and settlement."""
