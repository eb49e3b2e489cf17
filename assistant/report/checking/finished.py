"""The list of checks on a finished report."""

from assistant.report.checking.case import Check
from assistant.report.checking.claimed import check_claims
from assistant.report.checking.counted import check_counted_lists, check_slips
from assistant.report.checking.entries import check_counts, check_results_without_requests, check_rule_making
from assistant.report.checking.identity import check_identity
from assistant.report.checking.percentages import check_percentages
from assistant.report.checking.printed import check_printed_cells, check_tables
from assistant.report.checking.structure import check_chapters, check_closing_chapters, check_gaps, check_overview
from assistant.report.checking.sums import (
    check_columns_balance,
    check_result_totals,
    check_review_totals,
    check_row_totals,
)
from assistant.report.checking.texts import check_copied_report, check_printed_fee
from assistant.report.checking.years import (
    check_carried_over,
    check_in_force,
    check_pending_cases,
    check_possible_counts,
)

# W9, which asks back about tables full of zeros, is a question to those who fill in figures and no finding on a report.
FINISHED: tuple[Check, ...] = (
    check_tables,
    check_chapters,
    check_columns_balance,
    check_result_totals,
    check_row_totals,
    check_review_totals,
    check_counts,
    check_claims,
    check_identity,
    check_carried_over,
    check_in_force,
    check_possible_counts,
    check_rule_making,
    check_results_without_requests,
    check_pending_cases,
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
