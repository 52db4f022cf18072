"""Two accounts' requests have the same TLS or header-order fingerprint.

Why it is evidence: a home-made client has an uncommon fingerprint, and every account it drives has the same one.

How honest people share it: everybody with one browser or SDK version; such fingerprints are so common that they weigh
nothing.

How it is dodged: driving the provider's own SDK, or a library that imitates a browser's fingerprint.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import column

SIGNAL = column("client_fingerprint", Family.CLIENT, values=("t13d1516h2_8daaf6152771", "t13d1516h2_02713d6af862"))
