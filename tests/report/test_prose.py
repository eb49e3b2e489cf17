"""What prose claims of the figures: right sentences raise nothing, wrong ones the code they deserve."""

from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

from assistant.documents.blocks import Document, Paragraph
from assistant.report.checked import load_check_rules
from assistant.report.checking.case import Case
from assistant.report.checking.claimed import check_claims
from assistant.report.checking.constraints import run_checks
from assistant.report.checking.counted import check_counted_lists, check_slips
from assistant.report.checking.identity import check_identity
from assistant.report.checking.percentages import check_percentages
from assistant.report.entry import parse_statistics
from assistant.report.published import Passage, PublishedReport
from tests.conftest import ROOT

CHECKS = (check_claims, check_identity, check_percentages, check_counted_lists, check_slips)
COLUMNS = ("natural_person", "enterprise", "research", "public_welfare", "legal_service", "other", "total")
SENTENCES = yaml.safe_load((ROOT / "tests" / "golden" / "report_prose.yaml").read_text(encoding="utf-8"))
CASES = [(chapter, entry["text"], entry.get("finds", [])) for chapter, rows in SENTENCES.items() for entry in rows]


@pytest.fixture(scope="module")
def rules():
    return load_check_rules(ROOT / "corpus")


@pytest.fixture(scope="module")
def statistics(rules):
    def row(person=0, enterprise=0, legal=0):
        return dict(zip(COLUMNS, (person, enterprise, 0, 0, legal, 0, person + enterprise + legal), strict=True))

    form = rules.forms["2021"]
    rows = {cell.address.row: row() for cell in form.tables["requests"].cells}
    rows |= {
        "received": row(18, 4, 1), "carried_in": row(2), "granted": row(12, 2, 1), "partly_granted": row(2, 1),
        "refused_third_party_rights": row(1), "refused_process_information": row(1),
        "unavailable_not_held": row(1, 1), "unavailable_needs_creation": row(1), "not_processed_repeated": row(1),
        "total": row(19, 4, 1), "carried_out": row(1),
    }  # fmt: skip
    none = {"upheld": 0, "corrected": 0, "other": 0, "pending": 0, "total": 0}
    data = {
        "form": "2021", "agency": "示例市水务局", "level": "department", "year": 2025,
        "disclosure": {
            "rules": {"issued": 0, "repealed": 0, "in_force": 0},
            "normative_documents": {"issued": 2, "repealed": 1, "in_force": 15},
        },
        "requests": rows,
        "reviews": {
            "reconsideration": {**none, "upheld": 1, "pending": 1, "total": 2},
            "litigation_direct": {**none, "upheld": 1, "total": 1},
            "litigation_after_reconsideration": none,
        },
    }  # fmt: skip
    return parse_statistics(data, rules.forms)


def findings_of(chapter, text, statistics, rules):
    document = Document(Path("年报.docx"), "docx", (Paragraph(text),))
    report = PublishedReport(document, "", statistics.form, statistics, (), (Passage(chapter, text, 0),))
    case = Case(rules.rules, statistics, report=report, prose=rules.prose)
    return run_checks(case, CHECKS)


@pytest.mark.parametrize(("chapter", "text", "codes"), CASES, ids=[text[:24] for _, text, _ in CASES])
def test_a_sentence_raises_what_it_deserves(chapter, text, codes, statistics, rules):
    found = findings_of(chapter, text, statistics, rules)
    assert sorted(finding.code for finding in found) == sorted(codes), [finding.message for finding in found]


def test_a_finding_marks_the_number_in_the_document_and_gives_both_numbers(statistics, rules):
    text = "２０２５年，我局 新收政府信息公开申请 25 件。"
    (finding,) = [f for f in findings_of("overview", text, statistics, rules) if f.code == "N1"]
    assert text[finding.anchor.start : finding.anchor.end] == "25"
    assert (finding.expected, finding.actual) == ("23", "25")
    assert "新收" in finding.message


def test_a_cell_that_was_not_read_accuses_nobody(statistics, rules):
    cells = dict.fromkeys(statistics.cells)
    empty = type(statistics)(
        statistics.form, statistics.agency, statistics.level, None, 2025, MappingProxyType(cells), statistics.facts
    )
    assert findings_of("overview", "收到申请99件，办结98件，行政复议7件，制发规范性文件5件。", empty, rules) == ()
