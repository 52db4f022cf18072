"""Two accounts have addresses at the same, uncommon e-mail domain.

Why it is evidence: many false accounts need many addresses, and an own domain is the cheapest source of addresses.

How honest people share it: a company, a school or a club. Large mail providers are so common that they weigh nothing.

How it is dodged: the operator uses mailboxes at large providers, or one domain for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("email_domain", Family.IDENTITY, values=("blue-larch.example", "red-fir.example"))
