"""The list of checks on a finished report."""

from assistant.report.checking.case import Check
from assistant.report.checking.entries import check_counts, check_results_without_requests, check_rule_making
from assistant.report.checking.printed import check_printed_cells, check_tables
from assistant.report.checking.sums import (
    check_columns_balance,
    check_result_totals,
    check_review_totals,
    check_row_totals,
)
from assistant.report.checking.years import (
    check_carried_over,
    check_in_force,
    check_pending_cases,
    check_possible_counts,
)

# W9, which asks back about tables full of zeros, is a question to those who fill in figures and no finding on a report.
FINISHED: tuple[Check, ...] = (
    check_tables,
    check_columns_balance,
    check_result_totals,
    check_row_totals,
    check_review_totals,
    check_counts,
    check_carried_over,
    check_in_force,
    check_possible_counts,
    check_rule_making,
    check_results_without_requests,
    check_pending_cases,
    check_printed_cells,
)
