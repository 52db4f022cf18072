"""Reads a folder of real parts: prompts, dialogues, arrival rates, lengths, VPN prefixes and throw-away domains.

Every part is optional.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stillwatch.errors import InputError
from stillwatch.lab.draws.arrival_rates import ArrivalRates, build_arrival_rates
from stillwatch.lab.draws.lengths import Lengths
from stillwatch.lab.draws.random_draws import Floats, Ints
from stillwatch.lab.texts.real_texts import RealTexts

__all__ = ["RealParts", "read_parts"]

_LONGEST = 8_000
_ACTIVE_WINDOWS = 150
_SPIKE = 20.0
_COLUMNS = {
    "prompts": ("source", "role", "kind", "topic", "text"),
    "dialogues": ("dialogue_id", "services", "turn", "text"),
    "servegen_clients": ("client", "start_s", "rate_per_s", "cv"),
    "azure_llm": ("workload", "context_tokens", "generated_tokens"),
}


@dataclass(frozen=True, slots=True)
class RealParts:
    """The parts found in a folder; ``None`` for a missing part. ``rates`` has the shape (client, ten-minute window)."""

    texts: RealTexts | None
    rates: Floats | None
    shapes: Floats | None
    lengths: Lengths | None
    vpn_prefixes: Ints | None
    disposable: tuple[str, ...]
    origins: dict[str, str]

    def arrival_rates(self, days: int) -> ArrivalRates | None:
        """Return the arrival rates of the real clients, repeated to *days*; None if there are none."""
        if self.rates is None or self.shapes is None:
            return None
        windows = days * 144
        repeated = np.tile(self.rates, (1, -(-windows // self.rates.shape[1])))[:, :windows]
        # in a short world a client may have no traffic at all
        awake = repeated.sum(axis=1) > 0
        if not awake.any():
            return None
        return build_arrival_rates(repeated[awake], self.shapes[awake], "servegen_clients")


def read_parts(folder: Path) -> RealParts:
    """Return the real parts in *folder*.

    Raises ``InputError`` if there is no part in it, or if a part lacks a column.
    """
    if not folder.is_dir():
        raise InputError(
            "there is no such folder",
            where=str(folder),
            remedy="Leave --parts out to use the embedded generator.",
        )
    tables = {name: _read(folder / f"{name}.parquet", columns) for name, columns in _COLUMNS.items()}
    prefixes = _prefixes(folder / "x4bnet_vpn_ipv4.txt")
    domains = folder / "disposable_domains.txt"
    disposable = (
        tuple(sorted(domains.read_text(encoding="utf-8").split())) if domains.exists() else ("tempmail.example",)
    )
    prompts, lengths, clients = tables["prompts"], tables["azure_llm"], tables["servegen_clients"]
    if all(part is None for part in (prompts, lengths, clients, prefixes)):
        raise InputError(
            "the folder holds none of the known parts",
            where=str(folder),
            remedy="See docs/howto/build-a-world.md.",
        )
    rates, shapes = _rates(clients) if clients is not None else (None, None)
    found = {
        "texts": (prompts, "prompts"),
        "arrivals": (clients, "servegen_clients"),
        "lengths": (lengths, "azure_llm"),
        "vpn_exits": (prefixes, "x4bnet_vpn_ipv4"),
        "throw_away_domains": (disposable if domains.exists() else None, "disposable_domains"),
    }
    return RealParts(
        texts=RealTexts(_usable(prompts), tables["dialogues"]) if prompts is not None else None,
        rates=rates,
        shapes=shapes,
        lengths=_lengths(lengths) if lengths is not None else None,
        vpn_prefixes=prefixes,
        disposable=disposable,
        origins={part: f"real: {name}" for part, (there, name) in found.items() if there is not None},
    )


def _read(path: Path, columns: tuple[str, ...]) -> pa.Table | None:
    if not path.exists():
        return None
    try:
        return pq.read_table(path, columns=list(columns))
    except (OSError, pa.ArrowException, KeyError) as error:
        raise InputError(
            "the part cannot be read", where=str(path), remedy=f"It needs the columns {', '.join(columns)}."
        ) from error


def _usable(prompts: pa.Table) -> pa.Table:
    """Drop empty texts, texts over 8,000 bytes, and repetitions of a text within its source."""
    length = pc.binary_length(prompts["text"])
    kept = prompts.filter(pc.and_(pc.greater(length, 0), pc.less_equal(length, _LONGEST)))
    kept = kept.append_column("row", pa.array(np.arange(len(kept))))
    first = kept.group_by(["source", "role", "text"]).aggregate([("row", "min")])["row_min"]
    return kept.take(pa.array(np.sort(first.to_numpy()))).drop_columns("row")


def _rates(clients: pa.Table) -> tuple[Floats, Floats]:
    """Return rates (client, window) and Gamma shapes of the clients with enough active windows to show a pattern."""
    number = clients["client"].combine_chunks().dictionary_encode()
    window = np.rint(clients["start_s"].to_numpy() / 600).astype(np.int64)
    rates = np.zeros((len(number.dictionary), int(window.max()) + 1))
    spread = np.zeros_like(rates)
    rates[number.indices.to_numpy(), window] = np.nan_to_num(clients["rate_per_s"].to_numpy())
    spread[number.indices.to_numpy(), window] = np.nan_to_num(clients["cv"].to_numpy())
    order = np.argsort(number.dictionary.to_pylist())
    rates, spread = rates[order], spread[order]
    kept = (rates > 0).sum(axis=1) >= min(_ACTIVE_WINDOWS, rates.shape[1] // 4)
    rates, spread = rates[kept], spread[kept]
    # cap spikes: an account is a small part of a client, so one window must not hold most of its traffic
    rates = np.minimum(rates, _SPIKE * rates.mean(axis=1, keepdims=True))
    typical = np.asarray([np.median(row[row > 0]) if (row > 0).any() else 1.0 for row in spread])
    return rates, np.clip(1.0 / np.maximum(typical, 0.2) ** 2, 0.05, 4.0)


def _lengths(requests: pa.Table) -> Lengths:
    workload = np.asarray(requests["workload"].to_pylist(), dtype=object)
    written, context = (requests[name].to_numpy().astype(np.float64) for name in ("generated_tokens", "context_tokens"))
    code = workload == "code"
    if not code.any() or code.all():
        code = np.arange(len(workload)) % 2 == 0
    return Lengths(
        {"conv": written[~code], "code": written[code]},
        {"conv": context[~code], "code": context[code]},
        "azure_llm",
    )


def _prefixes(path: Path) -> Ints | None:
    if not path.exists():
        return None
    try:
        lines = [IPv4Network(line, strict=False) for line in path.read_text(encoding="utf-8").split()]
    except ValueError as error:
        raise InputError("a line is not an IPv4 network", where=str(path)) from error
    return np.unique(np.asarray([int(net.network_address) & ~255 for net in lines], dtype=np.int64))
