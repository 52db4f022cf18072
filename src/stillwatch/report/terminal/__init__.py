"""What a terminal shows: the findings of a scan, and how a log was understood."""
