"""The figures Rollcall promises, each measured beside its limit in the same run."""
