from assistant.retrieval.keyword import KeywordIndex, Tokenizer, load_synonyms, write_dictionary

TEXTS = ["行政机关应当自收到申请之日起二十个工作日内答复", "申请人逾期不补正的视为放弃申请", "年度报告在1月31日前公布"]


def tokenizer(tmp_path, synonyms=None):
    write_dictionary(tmp_path / "dictionary.txt", TEXTS, ["政府信息公开条例"])
    return Tokenizer(tmp_path / "dictionary.txt", synonyms or {})


def test_figures_and_width_do_not_part_like_texts(tmp_path):
    tokens = tokenizer(tmp_path)
    assert tokens.tokens("二十个工作日") == tokens.tokens("２０个 工作日")


def test_words_and_character_pairs_are_both_tokens(tmp_path):
    found = tokenizer(tmp_path).tokens("逾期不补正")
    assert "补正" in found
    assert "·逾期" in found


def test_punctuation_and_emptiness_have_no_tokens(tmp_path):
    assert tokenizer(tmp_path).tokens("？！…… 😀") == []


def test_an_everyday_word_finds_the_term_it_stands_for(tmp_path):
    plain = KeywordIndex.of(TEXTS, tokenizer(tmp_path))
    told = KeywordIndex.of(TEXTS, tokenizer(tmp_path, {"回话": "答复"}))
    assert plain.scores("回话").max() == 0
    assert told.scores("回话").argmax() == 0


def test_a_saved_index_scores_as_before(tmp_path):
    made = KeywordIndex.of(TEXTS, tokenizer(tmp_path))
    made.save(tmp_path / "index")
    read = KeywordIndex.load(tmp_path / "index", tokenizer(tmp_path))
    for question in ("补正逾期", "报告哪天公布", "？"):
        assert (made.scores(question) == read.scores(question)).all()


def test_synonyms_are_read_with_comments(tmp_path):
    path = tmp_path / "synonyms.txt"
    path.write_text("# 说明\n答复 回话 回信 # 尾注\n\n补正 补证\n", encoding="utf-8")
    assert load_synonyms(path) == {"回话": "答复", "回信": "答复", "补证": "补正"}


def test_a_run_of_letters_without_end_is_a_word_but_none_of_the_dictionary(tmp_path):
    run = "x0" * 30_000
    write_dictionary(tmp_path / "dictionary.txt", [*TEXTS, f"补正{run}"], [run, "政府信息公开条例"])
    words = [line.split(" ")[0] for line in (tmp_path / "dictionary.txt").read_text(encoding="utf-8").splitlines()]
    assert max(map(len, words)) <= 100
    assert "政府信息公开条例" in words
    assert {"补正", run} <= set(Tokenizer(tmp_path / "dictionary.txt", {}).words(f"补正{run}"))
