"""The list of checks on a finished report."""

from assistant.report.checking.case import Check
from assistant.report.checking.claimed import check_claims
from assistant.report.checking.constraints import FIGURES
from assistant.report.checking.counted import check_counted_lists, check_slips
from assistant.report.checking.identity import check_identity
from assistant.report.checking.percentages import check_percentages
from assistant.report.checking.printed import check_printed_cells, check_tables
from assistant.report.checking.structure import check_chapters, check_closing_chapters, check_gaps, check_overview
from assistant.report.checking.texts import check_copied_report, check_printed_fee

FINISHED: tuple[Check, ...] = (
    check_tables,
    check_chapters,
    *FIGURES,
    check_claims,
    check_identity,
    check_printed_fee,
    check_copied_report,
    check_percentages,
    check_overview,
    check_closing_chapters,
    check_gaps,
    check_counted_lists,
    check_slips,
    check_printed_cells,
)
