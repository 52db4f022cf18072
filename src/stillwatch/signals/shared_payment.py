"""Two accounts were paid for with the same card, wallet or invoice.

Why it is evidence: paying is what a false name cannot fake cheaply; cards and wallets are reused across accounts long
before text is.

How honest people share it: a household or a small firm pays for several people; a reseller pays for its customers; a
company's card stands behind its seats, which is why seats of one organization count once.

How it is dodged: one virtual card or prepaid wallet per account, which costs money and leaves its own pattern at the
payment provider.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("payment_fingerprint", Family.IDENTITY, values=("card-1", "card-2"))
