"""The list of checks on figures, and the loop that runs them; `check` of a finished report begins with the same."""

from collections.abc import Iterable
from itertools import chain

from assistant.report.checking.case import Case, Check
from assistant.report.checking.entries import (
    check_all_zero,
    check_blanks,
    check_counts,
    check_results_without_requests,
    check_rule_making,
)
from assistant.report.checking.sums import (
    check_columns_balance,
    check_result_totals,
    check_review_totals,
    check_row_totals,
)
from assistant.report.checking.texts import check_copied_text, check_processing_fee
from assistant.report.checking.years import (
    check_carried_over,
    check_in_force,
    check_pending_cases,
    check_possible_counts,
)
from assistant.report.findings import Finding

# What holds of the figures whoever looks at them: those who fill them in, and those who check a finished report.
FIGURES: tuple[Check, ...] = (
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
)
# Before there is a report: what was entered with the figures, and a question about tables full of zeros (W9).
CONSTRAINTS: tuple[Check, ...] = (
    *FIGURES,
    check_processing_fee,
    check_blanks,
    check_copied_text,
    check_all_zero,
)


def run_checks(case: Case, checks: Iterable[Check] = CONSTRAINTS) -> tuple[Finding, ...]:
    """Return what every check finds, in the order of the list."""
    return tuple(chain.from_iterable(check(case) for check in checks))
