"""Bodies: what a request asks of which model, and what is taken out of requests and answers."""
