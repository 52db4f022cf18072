"""Two accounts were paid for with the same card, wallet or invoice.

Why it is evidence: a means of payment is expensive to fake, so cards and wallets are reused across accounts more often
than texts.

How honest people share it: a household or a small firm pays for several people. A reseller pays for its customers. A
company's card pays for all of its seats, so the seats of one organization count as one.

How it is dodged: the operator uses one virtual card or prepaid wallet per account. That costs money and leaves a
pattern at the payment provider.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("payment_fingerprint", Family.IDENTITY, values=("card-1", "card-2"))
