"""Makes `corpus/vectors.npz`, the vectors of every text of the shipped corpus: `python -m benchmarks.prepare_vectors`.

So are those of the statutes that sources.toml names, whose words the project does not hold: a vector is kept by the
SHA-256 of what it stands for. Vectors that are there already are kept; those of texts that have gone are dropped.
"""

from pathlib import Path

from rich.progress import track

from assistant.retrieval.added import units_of
from assistant.retrieval.doors import doors_of
from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors, embed_texts
from assistant.sources.digests import load_digests
from assistant.sources.held import FROM_STATUTES
from assistant.sources.intake import take_statute
from assistant.sources.scope import load_topics
from assistant.sources.statutes import find_database, load_statute_list, read_listed

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def texts_to_prepare() -> list[tuple[str, bool]]:
    """Return (text, is a question) of everything that is there from the first start."""
    doors = doors_of(load_digests(CORPUS / "regulations"), load_topics(CORPUS / "out_of_scope.yaml"))
    statutes = read_listed(find_database(), load_statute_list(CORPUS / "sources.toml"))
    held = [take_statute(text, "", FROM_STATUTES) for text in statutes]
    return [(door.text, door.is_question) for door in doors] + [(unit.words, False) for unit in units_of(held)]


def main() -> None:
    """Write the file and say how many vectors it holds."""
    embeddings = BundledEmbeddings()
    old = PreparedVectors.load(CORPUS / "vectors.npz", embeddings.name)
    new = PreparedVectors(embeddings.name, {})
    for text, is_question in track(texts_to_prepare(), description="向量"):
        [vector] = embed_texts([(text, is_question)], embeddings, old)
        new.put(text, is_question, vector)
    new.save(CORPUS / "vectors.npz")
    print(f"{len(new)} 个向量，{(CORPUS / 'vectors.npz').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
