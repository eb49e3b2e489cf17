"""Every kind of letter as LibreOffice shows it; the pages and one sheet of all are left in artefacts/letters."""

import re

import pytest

from assistant.documents.letters_docx import write_letter
from assistant.numbers import fold_width
from tests.rendering import contact_sheet, convert, office, page_texts, picture


@pytest.fixture(scope="module")
def letters(desk, example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("letters")
    drafted = {key: desk.letters.draft_letter(key, example(key)) for key in desk.kinds.kinds}
    for key, letter in drafted.items():
        write_letter(letter.as_paper(), folder / f"{key}.docx")
    return {key: (drafted[key], pdf) for key, pdf in convert(folder, ".docx", "pdf").items()}


@office
def test_every_kind_shows_all_of_its_text_in_order(letters, desk):
    assert set(letters) == set(desk.kinds.kinds)
    pictures = []
    for key, (letter, pdf) in sorted(letters.items()):
        pages = page_texts(pdf)
        # The reader of the PDF puts quotation marks and boxes out of line.
        whole = re.sub("[“”□]", "", "".join(pages))
        parts = [letter.agency, letter.document_number, letter.kind.title, letter.addressee, *letter.paragraphs]
        position = 0
        for part in parts:
            folded = re.sub("[“”□]", "", fold_width(part))
            if not letter.table:
                found = whole.replace("—2—", "").find(folded, position if folded != letter.agency else 0)
                assert found >= 0, (key, part)
                position = found
        for label, value in letter.table:
            assert fold_width(label) in whole, (key, label)
            assert re.sub("[“”□]", "", fold_width(value))[:8] in whole, (key, label)
        pictures += picture(pdf, "letters", 40)
    contact_sheet([p for p in pictures if p.stem.endswith("-1")], pictures[0].parent / "_all.png", 6)


@office
def test_no_date_stands_on_a_page_without_text(letters):
    for key, (letter, pdf) in letters.items():
        if letter.signed is None:
            continue
        day = f"{letter.signed.year}年{letter.signed.month}月{letter.signed.day}日"
        last = next(text for text in reversed(page_texts(pdf)) if day in text)
        before = last.split(day)[0] if last.count(day) == 1 else last[: last.rfind(day)]
        assert len(before.replace(letter.agency, "")) > 15, key


@office
def test_a_letter_has_no_page_number_on_its_first_page_and_a_form_has(letters):
    for key, (letter, pdf) in letters.items():
        pages = page_texts(pdf)
        assert ("—1—" in pages[0]) == bool(letter.table), key
        for number, text in enumerate(pages[1:], start=2):
            assert f"—{number}—" in text, key
