"""Measures what many small files, and a large accounts file, add to a scan.

Run it with ``make bench-files``, or with ``python benchmarks/files.py [--files 10000] [--accounts 1000000]``. The same
rows are scanned three times: from one file, from one file per row, and from one file with an accounts file of which the
log uses 100 accounts. Prints Markdown; the ratios are to the scan of one file in the same run.
"""

import argparse
import json
import tempfile
from pathlib import Path

from scale import Took, timed

USED = 100
"""Accounts in the log."""
START = 1_772_439_330


def main() -> None:
    """Make the files, time the three scans, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="files-") as folder:
        print(report(arguments.files, arguments.accounts, measured(Path(folder), arguments)))


def measured(folder: Path, arguments: argparse.Namespace) -> dict[str, Took]:
    """Return the cost of each scan by what it read."""
    whole, apart, accounts = make(folder, arguments.files, arguments.accounts)
    commands = {
        "one file": [str(whole)],
        "one file per row": [str(apart)],
        "one file, with accounts": [str(whole), "--accounts", str(accounts)],
    }
    return {
        what: timed(["scan", *named, "--out", str(folder / f"scan-{number}"), "--json"], folder)
        for number, (what, named) in enumerate(commands.items())
    }


def make(folder: Path, n_files: int, n_accounts: int) -> tuple[Path, Path, Path]:
    """Write the rows as one file and as *n_files* files, and the accounts; return the three paths."""
    whole, apart, accounts = folder / "log.jsonl", folder / "apart", folder / "accounts.csv"
    apart.mkdir()
    with whole.open("w") as sink:
        for number in range(n_files):
            line = json.dumps(record(number)) + "\n"
            sink.write(line)
            (apart / f"{number:06}.json").write_text(line)
    with accounts.open("w") as sink:
        sink.write("account_id,email,created_at,plan,payment_fingerprint,phone_digest\n")
        sink.writelines(
            f"acct-{n},u{n}@example.com,2026-02-01T10:00:00Z,free,card-{n},ph-{n}\n" for n in range(n_accounts)
        )
    return whole, apart, accounts


def record(number: int) -> dict[str, object]:
    """Return one call, as a gateway writes it with its bodies."""
    asked = f"What is the capital of country {number} and how far is it from city {number * 7}?"
    return {
        "at": START + number,
        "account_id": f"acct-{number % USED}",
        "status": 200,
        "request": {"model": "large-1", "messages": [{"role": "user", "content": asked}]},
        "response": {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "choices": [{"message": {"role": "assistant", "content": f"It is city {number}."}}],
            "usage": {"prompt_tokens": 18, "completion_tokens": 6},
        },
    }


def report(n_files: int, n_accounts: int, found: dict[str, Took]) -> str:
    """Return the table: seconds, processor seconds and memory of each scan, and the ratios to the first one."""
    base = next(iter(found.values()))
    lines = [
        f"{n_files:,} rows of {USED} accounts; the accounts file has {n_accounts:,} rows.",
        "",
        "| read from | seconds | ÷ one file | of processors | ÷ one file | most memory, MB |",
        "|---|---|---|---|---|---|",
        *(
            f"| {what} | {took.seconds:.1f} | {took.seconds / base.seconds:.2f} | {took.processors:.1f} | "
            f"{took.processors / base.processors:.2f} | {took.memory / 1e6:,.0f} |"
            for what, took in found.items()
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
