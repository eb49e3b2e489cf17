"""Errors that a user may meet; each message is Chinese and says what to do.

GongkaiError
├── InputError              the call or the input is wrong
│   ├── CorpusFileError     a corpus file breaks the format (file and line)
│   ├── SettingsError       an unknown or impossible setting
│   │   └── EmbedderError   the embedder or the reranker that the settings name cannot work
│   ├── DateError           a date that does not exist or cannot be read
│   ├── CalendarCoverageError   working days of a year that no calendar covers
│   ├── DeadlineError       an unknown rule, or facts that a deadline cannot have
│   ├── FeeError            a number of requests or pages that no scale takes
│   ├── LetterError         a letter that cannot be drafted from what was entered
│   ├── LedgerError         an entry of the register that cannot be
│   ├── RecordsError        conversations that cannot be kept, or their database not opened
│   │   └── PeopleError     an account, password or sign-in that cannot be
│   ├── OutputError         a file that cannot be written as asked
│   ├── BackupError         a backup that cannot be made, or is damaged or none
│   ├── DataVersionError    a data folder that a newer release wrote
│   ├── DocumentError       a document that was handed in cannot be read
│   │   ├── UnsupportedDocumentError   a format that is not read, or content that is not what the name says
│   │   ├── DamagedDocumentError       empty, truncated or broken
│   │   ├── EncryptedDocumentError     needs a password
│   │   ├── OversizedDocumentError     too large, or unpacks to too much
│   │   └── MissingReaderError         an optional part is not installed
│   ├── StatuteDatabaseError           the database of statutes is absent, or lacks what is named
│   ├── LibraryError        the office's own texts cannot be opened or changed as asked
├── ModelError              the chat model gives no answer
│   ├── AnswerStoppedError  whoever asked stopped it
│   └── SchemaRefusedError  its server cannot hold an answer to a schema
├── DataBusyError           another process serves, restores or upgrades the data folder
└── IndexStateError         the index cannot be used
    ├── IndexMissingError   there is none yet
    ├── StoreUnreachableError   the Chroma server does not answer
    ├── IndexDamagedError   files of it are not what was written
    ├── IndexBusyError      another process is rebuilding it
    └── IndexMismatchError  it was built by another embedder or from another corpus
"""

from pathlib import Path


class GongkaiError(Exception):
    """Base of every error that a user meets; `str(error)` is one Chinese line."""

    def told_at_the_shell(self) -> str:
        """Return the line for who stands at the machine itself: it may name places on it."""
        return str(self)


class InputError(GongkaiError):
    """The call or the input is wrong; the command line ends with status 2."""


class CorpusFileError(InputError):
    """A corpus file breaks the format.

    Args:
        path: the file.
        line: 1-based line of the fault.
        problem: what is wrong, in Chinese.
    """

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path.name} 第{line}行：{problem}")


class DocumentError(InputError):
    """A document that was handed in cannot be read.

    Args:
        path: the file.
        problem: what is wrong and what to do, in Chinese.
    """

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path.name}：{problem}")

    def __reduce__(self) -> tuple[type["DocumentError"], tuple[Path, str]]:
        # Files are read in another process, and their errors come back from there.
        return type(self), (self.path, self.problem)


class UnsupportedDocumentError(DocumentError):
    """The format is not read, or the content is not what the file's name says."""


class DamagedDocumentError(DocumentError):
    """The file is empty, truncated or broken."""


class EncryptedDocumentError(DocumentError):
    """The file needs a password."""


class OversizedDocumentError(DocumentError):
    """The file is too large, or its archive unpacks to too much."""


class MissingReaderError(DocumentError):
    """Reading this file needs an optional part that is not installed."""


class StatuteDatabaseError(InputError):
    """The database of statutes is absent or unreadable, or does not hold a statute that is named."""


class LibraryError(InputError):
    """The office's own texts cannot be opened, or not be changed as asked."""


class SettingsError(InputError):
    """A setting is unknown or its value impossible."""


class EmbedderError(SettingsError):
    """The embedder or the reranker that the settings name cannot work: not there, broken, or its server is down."""


class DateError(InputError):
    """A date does not exist or cannot be read."""


class CalendarCoverageError(InputError):
    """Working days are asked of a year that no calendar covers.

    Args:
        year: the year.
        covered: the years that are.
        folder: where a file for the year is to be put, None where that is not known.
        known: what can be told without it, a sentence, or "".
    """

    def __init__(self, year: int, covered: frozenset[int], folder: Path | None = None, known: str = "") -> None:
        self.year, self._folder = year, folder
        self._lack = f"没有{year}年的放假安排（现有{min(covered)}至{max(covered)}年），不能推算工作日；{known}"
        super().__init__(
            f"{self._lack}请按国务院办公厅{year}年的放假通知，由管理员在数据目录的 calendar 文件夹里写 {year}.yaml"
            "（每个节日的名称、起止日期和调休上班日），写好就能推算。"
        )

    def told_at_the_shell(self) -> str:
        """Return what is to be written where, path and entries."""
        place = self._folder / f"{self.year}.yaml" if self._folder else f"数据目录 calendar 文件夹里的 {self.year}.yaml"
        return (
            f"{self._lack}请按国务院办公厅{self.year}年的放假通知写 {place}：year 写 {self.year}，source 写通知名称，"
            "holidays 每个节日一项，写 name、from、until，有调休上班日的写 make_up"
            "（样例见 corpus/calendar/README.md）。"
        )


class DeadlineError(InputError):
    """The rule is unknown, or the facts contradict each other."""


class FeeError(InputError):
    """A number of requests or pages that no scale takes."""


class LetterError(InputError):
    """A letter cannot be drafted: an unknown kind, or a field missing, unknown or impossible."""


class LedgerError(InputError):
    """An entry of the register of requests that cannot be."""


class RecordsError(InputError):
    """The database of people and conversations cannot be opened, or an entry of it cannot be."""


class PeopleError(RecordsError):
    """An account, a password or a sign-in that cannot be."""


class OutputError(InputError):
    """A file cannot be written as asked: it exists, or its folder does not."""


class BackupError(InputError):
    """A backup cannot be made, or is damaged, or is none."""


class DataVersionError(InputError):
    """The version of a data folder is a newer release's, or cannot be read."""


class DataBusyError(GongkaiError):
    """Another process serves, restores or upgrades the data folder."""


class ModelError(GongkaiError):
    """The chat model gives no answer that can be used."""


class AnswerStoppedError(ModelError):
    """Whoever asked does not want the rest of the answer."""


class ModelSilentError(ModelError):
    """The chat model does not answer at all, or not in time: asking it once more would cost the same time again."""


class SchemaRefusedError(ModelError):
    """The server of the chat model cannot hold an answer to a schema."""


class IndexStateError(GongkaiError):
    """The index cannot be used as it is."""


class IndexMissingError(IndexStateError):
    """No index has been built yet."""


class IndexDamagedError(IndexStateError):
    """Files of the index are not what was written.

    Args:
        what: what is damaged, Chinese.
        folder: the folder of the index that it lies in.
    """

    def __init__(self, what: str, folder: Path) -> None:
        self.what, self.folder = what, folder
        super().__init__(f"{what}，请运行 gongkai corpus rebuild。")


class StoreUnreachableError(IndexStateError):
    """The Chroma server does not answer."""


class IndexBusyError(IndexStateError):
    """Another process is rebuilding the index."""


class IndexMismatchError(IndexStateError):
    """The index does not belong to the embedder or the corpus in use."""
