"""How the tables of decisions came to be, one revision after the other."""
