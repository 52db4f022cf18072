"""Two accounts have addresses at the same, uncommon e-mail domain.

Why it is evidence: false accounts in number need addresses in number, and a domain of one's own is the cheapest
source.

How honest people share it: a company, school or club; large mail providers are so common that they weigh nothing.

How it is dodged: mailboxes at large providers, or one domain for each account.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("email_domain", Family.IDENTITY, values=("blue-larch.example", "red-fir.example"))
