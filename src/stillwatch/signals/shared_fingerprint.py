"""Two accounts' requests have the same TLS or header-order fingerprint.

Why it is evidence: a custom client has an uncommon fingerprint, and all accounts that it drives have the same one.

How honest people share it: all users of one browser or SDK version. Such fingerprints are so common that they weigh
nothing.

How it is dodged: the operator uses the provider's own SDK, or a library that imitates a browser's fingerprint.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("client_fingerprint", Family.CLIENT, values=("t13d1516h2_8daaf6152771", "t13d1516h2_02713d6af862"))
