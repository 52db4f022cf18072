"""One file per revision; each is as it was released."""
