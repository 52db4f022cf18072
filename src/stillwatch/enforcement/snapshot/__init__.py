"""The snapshot: rules and the accounts to which they apply, in one signed file that many processes read."""
