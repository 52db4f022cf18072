"""Two accounts came through the same referral code or address.

Why it is evidence: operators who open accounts in series collect referral credit.

How honest people share it: a popular newsletter, a conference code, a friend's recommendation. Codes that many accounts
use weigh little.

How it is dodged: the operator opens accounts without a code, and loses the credit.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import attribute

SIGNAL = attribute("referrer", Family.IDENTITY, values=("ref-17", "ref-18"))
