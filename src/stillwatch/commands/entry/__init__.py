"""What the process needs before a command is loaded: signals, streams, groups of commands, and plain text."""
