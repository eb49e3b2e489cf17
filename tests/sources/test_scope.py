from pathlib import Path

import pytest

from assistant.errors import CorpusFileError
from assistant.sources.scope import load_topics

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def test_every_topic_says_why_and_where_to_turn():
    topics = load_topics(CORPUS / "out_of_scope.yaml")
    assert len(topics) >= 40
    assert all(len(topic.reason) >= 12 and len(topic.questions) >= 5 for topic in topics)


@pytest.mark.parametrize("text", ["topic: 天气", "- topic: 天气\n", "- {topic: 天气, reason: '', questions: [a]}", "["])
def test_a_file_that_is_no_list_of_topics_is_refused(tmp_path, text):
    path = tmp_path / "out_of_scope.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusFileError):
        load_topics(path)
