"""Files of this machine: which of a folder are read, and what tells one from another."""
