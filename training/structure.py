"""Train the structure layer's models: the page/article gate and the line model.

    python training/structure.py --texts texts.jsonl.gz --out cleaner/structure/data

``texts.jsonl.gz`` comes from ``structure_texts.py``.  Needs LightGBM (the version is in the
model card); one thread and a fixed seed give the same files each time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from cleaner.structure import features, gate, segmentation

from structure_labels import by_agreement, by_gold, words_of  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

FOLDS = 4
RAW = ("bs4", "html-text", "inscriptis", "html2text", "resiliparse-full")
NOISY = ("readability", "resiliparse", "boilerpipe", "go_domdistiller", "rs_trafilatura",
         "trafilatura", "dom_smoothie", "newspaper", "newspaper4k")  # fmt: skip
HOSTS_MIN = 8  # hosts that must have a word before it enters the lexicon
LEXICON = 5000
TREES = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 32,
    "max_depth": 9,
    "min_data_in_leaf": 150,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.4,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 7,
    "verbose": -1,
}
ROUNDS = 120
FAR, FAR_MAX = 20, 20_000  # units from content that are thinned; units of a text at most
GATE_WEIGHT = {"gold": 20.0}  # a wrong page is worse than a wrong article
LOOK_FOLDS = (0, 1)  # half of the hosts are enough for nine weights
LOOK_FROM = 0.02  # probability of a page from which a text takes part in the second look
SET_WEIGHT = {"aeb": 2.0, "wcxb": 1.0, "traf": 0.7}


@dataclass(slots=True)
class Sample:
    """A text with its units' labels and weights, and its features once they are counted."""

    record: dict[str, Any]
    layout: segmentation.Layout
    label: NDArray[np.float64]
    weight: NDArray[np.float64]
    fold: int
    matrix: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    words: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


def digest(text: str) -> int:
    """A number that is the same on every run."""
    return int(hashlib.sha1(text.encode()).hexdigest()[:8], 16)  # noqa: S324


def fold_of(host: str) -> int:
    """The fold of a host."""
    return digest("fold" + host) % FOLDS


def wanted(record: dict[str, Any]) -> bool:
    """Whether a text takes part in training: of each page some raw texts and an extraction."""
    kind, name = record["kind"], record["set"]
    if not record["text"].strip():
        return False
    if name == "traf":
        return kind in chosen(record, RAW[:4], 2) + chosen(record, ("resiliparse", "readability"), 1)
    if not record["gold"]:
        return False
    if kind == "gold":
        return True
    if name == "aeb":
        return kind in (*RAW, "beautifulsoup") or kind in chosen(record, NOISY, 3)
    return kind in chosen(record, RAW, 2) + chosen(record, ("resiliparse", "readability", "trafilatura"), 1)


def chosen(record: dict[str, Any], kinds: Sequence[str], count: int) -> tuple[str, ...]:
    """Some of the kinds, others for each page."""
    return tuple(sorted(kinds, key=lambda kind: digest(record["page"] + kind))[:count])


def sample_of(record: dict[str, Any], extractions: dict[str, str]) -> Sample | None:
    """The labelled units of a text."""
    found = segmentation.layout(record["text"], sentences=True)
    if not len(found):
        return None
    units = [words_of(text) for text in found.texts]
    if record["kind"] == "gold":
        label, weight = np.ones(len(units)), np.ones(len(units))
    elif record["gold"]:
        lines = {" ".join(words_of(line)) for line in record["gold"].splitlines()}
        label, weight = by_gold(units, record["gold"], lines)
    else:
        label, weight = by_agreement(units, found.texts, record["with"], record["without"], extractions)
    title = words_of(record["title"])
    heading = " ".join(title)
    for i, unit in enumerate(units):  # the title is nobody's residue
        if len(unit) >= 3 and label[i] == 0 and " ".join(unit) in heading:
            weight[i] = 0.0
    size = np.array([len(unit) for unit in units], float)
    weight = weight * np.sqrt(size + 1) * SET_WEIGHT[record["set"]]
    return Sample(record, found, label, weight, fold_of(record["host"]))


def samples(records: Iterable[dict[str, Any]]) -> list[Sample]:
    """All labelled texts."""
    pages: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        pages[record["set"], record["page"]].append(record)
    found = []
    for of_page in pages.values():
        extractions = {record["kind"]: record["text"] for record in of_page}
        for record in of_page:
            if wanted(record):
                sample = sample_of(record, extractions)
                if sample:
                    found.append(sample)
    return found


# --- the lexicon ---------------------------------------------------------------------------


def lexicon(found: Iterable[Sample], without: int | None = None) -> dict[str, float]:
    """Log odds of residue by word, from the number of hosts that have it on either side.

    Rounded to sixteenths, as they are stored.
    """
    residue: dict[str, set[str]] = defaultdict(set)
    content: dict[str, set[str]] = defaultdict(set)
    hosts = set()
    for sample in found:
        if sample.fold == without or sample.record["kind"] not in RAW[:3]:
            continue
        host = sample.record["host"]
        hosts.add(host)
        for text, label, weight in zip(sample.layout.texts, sample.label, sample.weight, strict=True):
            if weight > 0:
                side = content if label else residue
                for word in set(words_of(text)):
                    side[word].add(host)
    odds = {}
    for word in residue.keys() | content.keys():
        bad, good = len(residue.get(word, ())), len(content.get(word, ()))
        if bad + good >= HOSTS_MIN and not word.isdigit() and len(word) < 25:
            odds[word] = math.log((bad + 0.7) / (good + 0.7))
    ranked = sorted(odds, key=lambda word: (-abs(odds[word]) * math.sqrt(
        len(residue.get(word, ())) + len(content.get(word, ()))), word))  # fmt: skip
    return {word: round(odds[word] * 16) / 16 for word in sorted(ranked[:LEXICON])}


def count(found: list[Sample]) -> dict[int | None, dict[str, float]]:
    """Fill in the features, each fold's with a lexicon that has not seen the fold."""
    odds: dict[int | None, dict[str, float]] = {None: lexicon(found)}
    for number in range(FOLDS):
        odds[number] = lexicon(found, number)
    for sample in found:
        page = features.page_of(sample.layout, odds[sample.fold])
        sample.matrix, sample.words = np.ascontiguousarray(page.matrix), page.words
    return odds


# --- the line model ------------------------------------------------------------------------


def fit(found: list[Sample], without: int | None = None, rounds: int = ROUNDS) -> lightgbm.Booster:
    """Trees trained on all folds but one."""
    used = [s for s in found if s.fold != without]
    weights = [thinned(s) for s in used]
    matrix = np.concatenate([s.matrix[w > 0] for s, w in zip(used, weights, strict=True)])
    label = np.concatenate([s.label[w > 0] for s, w in zip(used, weights, strict=True)])
    weight = np.concatenate([w[w > 0] for w in weights])
    data = lightgbm.Dataset(matrix, label, weight=weight, free_raw_data=True)
    return lightgbm.train(TREES, data, num_boost_round=rounds)


def thinned(sample: Sample) -> NDArray[np.float64]:
    """The weights, with a quarter of the units that are far from any content standing for all.

    Long menus and footers are easy and many; they would take most of the time.
    """
    place = np.arange(len(sample.label))
    content = np.flatnonzero(sample.label > 0)
    if not len(content):
        return sample.weight
    nearest = np.abs(place[:, None] - content[None, :]).min(1) if len(place) < FAR_MAX else place
    far = nearest > FAR
    return np.where(far, np.where(place % 4 == 0, 4.0, 0.0), 1.0) * sample.weight


def flatten(booster: lightgbm.Booster) -> dict[str, NDArray[Any]]:
    """The trees as arrays, nodes in prefix order (see ``model.from_arrays``)."""
    feature: list[int] = []
    threshold: list[float] = []
    leaf: list[float] = []
    sizes: list[int] = []

    def walk(node: dict[str, Any]) -> None:
        if "leaf_value" in node:
            feature.append(255)
            leaf.append(node["leaf_value"])
            return
        feature.append(node["split_feature"])
        threshold.append(node["threshold"])
        walk(node["left_child"])
        walk(node["right_child"])

    for tree in booster.dump_model()["tree_info"]:
        before = len(feature)
        walk(tree["tree_structure"])
        sizes.append(len(feature) - before)
    return {
        "sizes": np.array(sizes, np.int64),
        "feature": np.array(feature, np.uint8),
        "threshold": np.array(threshold, np.float32),
        "leaf": np.array(leaf, np.float32),
    }


def packed(booster: lightgbm.Booster, odds: dict[str, float]) -> bytes:
    """The file of the line model."""
    arrays = flatten(booster)
    names = sorted(odds)
    arrays["words"] = np.frombuffer("\n".join(names).encode(), np.uint8)
    arrays["odds"] = np.array([round(odds[name] * 16) for name in names], np.int8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


# --- the gate ------------------------------------------------------------------------------


def gate_rows(records: Iterable[dict[str, Any]]) -> tuple[NDArray[Any], ...]:
    """Figures, labels, weights and folds of the texts that tell pages from articles."""
    rows, labels, weights, folds = [], [], [], []
    for record in records:
        figures = gate.figures(record["text"])
        if figures is None or record["kind"] == "beautifulsoup":
            continue
        rows.append(figures)
        labels.append(float(record["kind"] in RAW))
        weights.append(GATE_WEIGHT.get(record["kind"], 1.0 if record["kind"] in RAW else 4.0))
        folds.append(fold_of(record["host"]))
    return np.array(rows), np.array(labels), np.array(weights), np.array(folds)


def look_rows(
    found: list[Sample], boosters: dict[int, lightgbm.Booster], rows: tuple[NDArray[Any], ...]
) -> tuple[NDArray[Any], ...]:
    """Figures, labels and weights for the second look, by models that have not seen the host."""
    figures, labels, weights = [], [], []
    for number, booster in boosters.items():
        outside = rows[3] != number
        scaled, bias = fit_gate(*(column[outside] for column in rows[:3]))
        for sample in found:
            kind = sample.record["kind"]
            of_gate = gate.figures(sample.record["text"])
            if sample.fold != number or kind == "beautifulsoup" or of_gate is None:
                continue
            chance = 1 / (1 + math.exp(-float(np.clip(np.dot(scaled, of_gate) + bias, -40, 40))))
            if chance > LOOK_FROM:
                scores = np.asarray(booster.predict(sample.matrix))
                figures.append(gate.look(chance, sample.words, scores))
                labels.append(float(kind in RAW))
                weights.append(GATE_WEIGHT.get(kind, 1.0 if kind in RAW else 4.0))
    return np.array(figures), np.array(labels), np.array(weights)


def fit_gate(rows: NDArray[Any], labels: NDArray[Any], weights: NDArray[Any]) -> tuple[list[float], float]:
    """Logistic regression by Newton's method: weights on the figures as they are, and bias."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    x = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    beta = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], 3.0)
    ridge[-1] = 1e-6
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (weights * (labels - p)) - ridge * beta
        curve = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    scaled = beta[:-1] / spread
    return [round(float(w), 6) for w in scaled], round(float(beta[-1] - scaled @ mean), 6)


def read(path: Path) -> list[dict[str, Any]]:
    """The records that ``structure_texts.py`` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def named(names: Sequence[str], fitted: tuple[list[float], float]) -> dict[str, Any]:
    """A logistic model in the form of its file."""
    return {"bias": fitted[1], "weights": dict(zip(names, fitted[0], strict=True))}


def main() -> None:
    """Train on everything and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--folds", type=Path, help="also write here the models of the folds")
    options = parser.parse_args()
    records = read(options.texts)
    rows = gate_rows(records)
    found = samples(records)
    odds = count(found)
    booster = fit(found)
    (options.out / "model.npz").write_bytes(packed(booster, odds[None]))
    boosters = {number: fit(found, number) for number in LOOK_FOLDS}
    look = fit_gate(*look_rows(found, boosters, rows))
    models = {
        "gate": named(gate.NAMES, fit_gate(*rows[:3])),
        "look": named(gate.LOOK_NAMES, look),
    }
    text = json.dumps(models, indent=1) + "\n"
    (options.out / "gate.json").write_text(text, encoding="utf-8")
    if options.folds:
        for number, of_fold in boosters.items():
            of_fold.save_model(options.folds / f"fold.{number}.txt")
            text = json.dumps(odds[number], ensure_ascii=False)
            (options.folds / f"odds.{number}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
