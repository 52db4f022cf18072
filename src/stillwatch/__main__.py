"""Where the process begins, also as ``python -m stillwatch``.

An interrupt ends the process in silence while the rest is still loading, because there is nothing to tidy up yet. A
package that cannot be loaded is one sentence, too.
"""

import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

try:
    from stillwatch.cli import main
except Exception as error:  # noqa: BLE001 - the last resort; whatever it is, the package does not work
    print(f"stillwatch: cannot be loaded ({type(error).__name__}: {error}). Install it again.", file=sys.stderr)  # noqa: T201
    sys.exit(4)

__all__ = ["main"]

if __name__ == "__main__":
    main()
