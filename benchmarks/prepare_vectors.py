"""Makes `corpus/vectors.npz`, the vectors of every text of the shipped corpus: `python -m benchmarks.prepare_vectors`.

Vectors that are there already are kept; those of texts that have gone are dropped.
"""

from pathlib import Path

from rich.progress import track

from assistant.retrieval.embeddings import BundledEmbeddings, PreparedVectors, embed_texts
from assistant.retrieval.index import doors_of
from assistant.sources.digests import load_digests
from assistant.sources.scope import load_topics

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def main() -> None:
    """Write the file and say how many vectors it holds."""
    embeddings = BundledEmbeddings()
    old = PreparedVectors.load(CORPUS / "vectors.npz", embeddings.name)
    new = PreparedVectors(embeddings.name, {})
    doors = doors_of(load_digests(CORPUS / "regulations"), load_topics(CORPUS / "out_of_scope.yaml"))
    for door in track(doors, description="向量"):
        [vector] = embed_texts([(door.text, door.is_question)], embeddings, old)
        new.put(door.text, door.is_question, vector)
    new.save(CORPUS / "vectors.npz")
    print(f"{len(new)} 个向量，{(CORPUS / 'vectors.npz').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
