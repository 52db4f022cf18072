"""Two accounts' requests have the same TLS or header-order fingerprint.

Why it is evidence: a home-made client has an uncommon fingerprint, and every account it drives has the same one.

How honest people share it: everybody with one browser or SDK version; such fingerprints are so common that they weigh
nothing.

How it is dodged: driving the provider's own SDK, or a library that imitates a browser's fingerprint.
"""

from stillwatch.model import Family
from stillwatch.signals.signal import Example, exchange_value

SIGNAL = exchange_value(
    "client_fingerprint",
    Family.CLIENT,
    examples=(
        Example(
            linked=True,
            because="one value in the exchanges of two accounts",
            exchanges=(
                {"account_id": "a", "client_fingerprint": "t13d1516h2_8daaf6152771"},
                {"account_id": "b", "client_fingerprint": "t13d1516h2_8daaf6152771"},
            ),
        ),
        Example(
            linked=False,
            because="each account has its own",
            exchanges=(
                {"account_id": "a", "client_fingerprint": "t13d1516h2_8daaf6152771"},
                {"account_id": "b", "client_fingerprint": "t13d1516h2_02713d6af862"},
            ),
        ),
    ),
)
