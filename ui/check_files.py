"""The copies of a checked report that one takes away."""

from pathlib import Path

from assistant.report.annotating import annotate_page, annotate_word
from assistant.report.checked import CheckedReport


def write_marked_copies(checked: CheckedReport, folder: Path) -> tuple[str | None, str]:
    """Write the marked copies; return the paths of the Word file (None for another kind) and of the page."""
    page = folder / f"{checked.path.stem}（标注）.html"
    page.write_bytes(annotate_page(checked))
    if checked.path.suffix.lower() not in (".docx", ".docm"):
        return None, str(page)
    word = page.with_suffix(".docx")
    word.write_bytes(annotate_word(checked))
    return str(word), str(page)
