"""What can be wrong with a statistics file or a draft; every message is one Chinese line that says what to do."""

from assistant.errors import GongkaiError, InputError


class StatisticsError(InputError):
    """A statistics file cannot be read as one."""


class FormError(InputError):
    """A form is unknown, broken, or does not serve the year."""


class ReportError(InputError):
    """A document is no annual report that can be checked."""


class UntraceableNumberError(GongkaiError):
    """A number of a draft leads to no cell; the draft is not handed out."""
