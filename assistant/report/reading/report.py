"""Reads a finished annual report out of a document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.documents.blocks import Document
from assistant.report.errors import ReportError
from assistant.report.forms import FEE_TABLE, Address, Form
from assistant.report.published import CellPlace, Defect, Heading, PublishedReport
from assistant.report.reading.chapters import find_headings, find_passages
from assistant.report.reading.defects import find_defects
from assistant.report.reading.evidence import told_forms
from assistant.report.reading.fee import read_fee
from assistant.report.reading.figures import Figures, read_figures
from assistant.report.reading.head import Head, read_head
from assistant.report.reading.labels import LabelBook
from assistant.report.reading.rows import rows_of
from assistant.report.reading.unfolding import unfold
from assistant.report.reading.wording import ReadingWords, fold
from assistant.report.tables import Facts, Remark, Statistics, Value
from assistant.report.values import read_value

# In a document every figure is text, and a comma in 1,289 is how some print it: neither is worth a word.
_ORDINARY = {"", "text_number", "separator"}
_FEWEST_CHAPTERS = 3
_MOST_REPEATED = 0.5


@dataclass(frozen=True)
class _Told:
    """Which form was chosen, and which tables follow another one."""

    form: Form
    others: Mapping[str, Form]


def read_report(document: Document, forms: Mapping[str, Form], words: ReadingWords) -> PublishedReport:
    """Return the annual report that a document holds.

    What could not be read is a defect, and its cell None; nothing is guessed.

    Raises:
        ReportError: no annual report, one from before there was a form, or two reports in one file.
    """
    document = unfold(document, words)
    newest = list(forms.values())[-1]
    headings = find_headings(document, newest, words)
    head = read_head(document, words, headings[0].block if headings else len(document.blocks))
    told = _tell_form(told_forms(document, forms), head.year, forms)
    book = LabelBook(told.form, words)
    rows = list(rows_of(document, book, frozenset(heading.block for heading in headings)))
    figures = read_figures(document, told.form, book, rows, frozenset(told.others))
    _refuse(document, head, headings, figures, told.form)
    passages = tuple(find_passages(document, headings, frozenset(figures.used), head.blocks))
    values, remarks = _values(told.form, figures)
    if told.form.processing_fee:
        fee = read_fee([passage.text for passage in passages if passage.chapter == "other"], words)
        values[Address(FEE_TABLE, "", "cases")], values[Address(FEE_TABLE, "", "amount")] = fee
    statistics = Statistics(
        form=told.form,
        agency=head.agency,
        level=head.level,
        region_rank=head.region_rank,
        year=head.year,
        cells=MappingProxyType(values),
        facts=Facts(),
        remarks=tuple(remarks),
    )
    return PublishedReport(
        document=document,
        title=head.title,
        form=told.form,
        statistics=statistics,
        headings=headings,
        passages=passages,
        defects=(*_wrong_form(told, head, forms), *find_defects(document, told.form, figures, told.others)),
        read_tables=figures.tables,
        unsure=frozenset(address for address, cell in figures.cells.items() if cell.unsure),
        places=MappingProxyType(
            {address: CellPlace(cell.block, cell.row, cell.column) for address, cell in figures.cells.items()}
        ),
    )


def _tell_form(told: Mapping[str, str], year: int, forms: Mapping[str, Form]) -> _Told:
    """Return the form of the tables; where they follow two, that of 表三, which holds most of the figures."""
    fitting = next((form for form in forms.values() if form.serves(year)), list(forms.values())[-1])
    ids = [told[key] for key in ("requests", "disclosure", "reviews") if key in told]
    form = forms[ids[0]] if ids else fitting
    return _Told(form, MappingProxyType({key: forms[other] for key, other in told.items() if other != form.id}))


def _wrong_form(told: _Told, head: Head, forms: Mapping[str, Form]) -> Iterator[Defect]:
    if not head.year or not any(form.serves(head.year) for form in forms.values()):
        return
    followed = {key: told.others.get(key, told.form) for key in told.form.tables}
    wrong = {key: form for key, form in followed.items() if not form.serves(head.year)}
    if not wrong:
        return
    form = next(iter(wrong.values()))
    right = next(other for other in forms.values() if other.serves(head.year))
    names = [told.form.tables[key].name for key in told.form.tables if key in wrong and key != "reviews"]
    yield Defect(
        "S2",
        "default",
        "",
        MappingProxyType({"tables": "、".join(names), "form": _told_form(form), "right": _told_form(right)}),
    )


def _told_form(form: Form) -> str:
    return f"{form.years}的表式（{form.document_number}）"


def _values(form: Form, figures: Figures) -> tuple[dict[Address, Value], list[Remark]]:
    values: dict[Address, Value] = dict.fromkeys(form.cells)
    remarks = []
    for address, printed in figures.cells.items():
        value, kind = read_value(printed.text, form.cells[address])
        values[address] = value
        if kind not in _ORDINARY:
            remarks.append(Remark(address, kind, " ".join(printed.text.split())))
    return values, remarks


def _refuse(document: Document, head: Head, headings: tuple[Heading, ...], figures: Figures, form: Form) -> None:
    name = document.path.name
    chapters = {heading.chapter for heading in headings if heading.chapter}
    if (
        not figures.tables
        and (len(chapters) < _FEWEST_CHAPTERS or not head.title)
        and len(chapters) < len(form.chapters) - 1
    ):
        raise ReportError(f"{name} 不像政府信息公开工作年度报告：没有找到它的标题、各部分标题和三张表；请核对文件。")
    first = 2019
    if head.year and head.year < first and not figures.tables:
        raise ReportError(
            f"{name} 是{head.year}年度的报告；{first}年以前没有统一的表格，只能核对{first}年度及以后的报告。"
        )
    firsts = [heading for heading in headings if heading.chapter == "overview"]
    if (figures.doubled and len(firsts) > 1) or (figures.doubled and _titles(document, head) > 1):
        raise ReportError(f"{name} 里有两份报告的表格，请把它们拆成两个文件分别核对。")
    # A site may show one table twice; the whole report twice has its chapters twice as well.
    if figures.repeated > len(figures.cells) * _MOST_REPEATED and len(firsts) > 1:
        raise ReportError(f"{name} 里同一份报告出现了两遍，请删去重复的一份再核对。")


def _titles(document: Document, head: Head) -> int:
    return sum(1 for paragraph in document.paragraphs if head.title and fold(paragraph.text)[-12:] == head.title[-12:])
