"""One file per revision. A released revision is not changed."""
