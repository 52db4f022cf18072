"""Publishing: compiles what people decided into a snapshot, and publishes it whenever that changes."""
