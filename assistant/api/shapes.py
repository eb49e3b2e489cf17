"""The shapes of the answers, for the OpenAPI description; tests hold real answers to them."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Citation(BaseModel):
    """A place of the corpus that an answer stands on."""

    marker: int = Field(description="回答里的 [n]。")
    document: str = Field(description="文件全称。")
    document_number: str
    article: int | None = Field(description="第几条；没有条的文件为 null，看 clause。")
    clause: str = Field(description="条款，如 第三十三条第二款。")
    heading: str
    quote: str
    verbatim: bool = Field(description="true 是原文，false 是要点。")
    status: Literal["verified", "unsupported", "unknown"] = Field(description="由程序核对得出。")
    source: str
    url: str
    in_force_from: str | None
    in_force_until: str | None


class Answer(BaseModel):
    """An answer, as `gongkai ask --json` prints it."""

    question: str
    answer: str
    declined: bool = Field(description="没有依据，没有回答；原因在 reason。")
    reason: str | None
    citations: list[Citation]
    answerer: str
    seconds: float


class Hit(BaseModel):
    """An article found, as `gongkai search --json` prints it."""

    rank: int
    score: float
    document: str
    document_number: str
    article: int | None
    heading: str
    text: str
    source: str


class Document(BaseModel):
    """A text of the corpus, as `gongkai corpus list --json` prints it."""

    id: str
    title: str
    document_number: str
    issuer: str
    kind: Literal["digest", "verbatim", "report"]
    in_force_from: str | None
    in_force_until: str | None
    in_force: bool
    articles: int
    wording: str | None
    file: str
    sha256: str
    added_on: str | None
    revision: int | None
    notes: list[str]


class AddedText(BaseModel):
    """A file that was added."""

    file: str
    id: str = Field(description="删除时写它。")
    title: str
    articles: int
    remark: str = Field(description="请人核对的地方，没有为空。")


class Added(BaseModel):
    """What became of the file, as `gongkai corpus add --json` prints it."""

    added: list[AddedText]
    changed: list[AddedText] = Field(description="换掉了同名同版本的旧文件。")
    unchanged: list[AddedText] = Field(description="同一个文件已经有了。")
    refused: list[AddedText]


class Removed(BaseModel):
    """What was taken out, as `gongkai corpus remove --json` prints it."""

    removed: str
    title: str
    file: str
    articles: int


class CorpusChange(BaseModel):
    """A line of the log, as `gongkai corpus log --json` prints it."""

    day: str
    action: Literal["added", "replaced", "removed"]
    text_id: str
    title: str
    file: str
    sha256: str
    sha256_before: str
    remark: str


class Finding(BaseModel):
    """One result of a check."""

    code: str = Field(description="H1、N3、S2 等，含义见文档。")
    severity: Literal["error", "warning", "info"]
    location: str
    message: str
    expected: str | None
    actual: str | None
    basis: str


class Checked(BaseModel):
    """A checked report, as `gongkai check --json` prints it."""

    form: str
    agency: str
    year: int | None
    tables: dict[str, Any] = Field(description="与统计文件相同的行列名称。")
    findings: list[Finding]


class Figure(BaseModel):
    """A number in a draft and the cell it is from."""

    text: str
    start: int
    cell: Any


class Passage(BaseModel):
    """A text with its figures."""

    text: str
    figures: list[Figure]


class Chapter(Passage):
    """A chapter of a draft."""

    heading: str
    table: str | None


class Draft(BaseModel):
    """A draft, as `gongkai draft --json` prints it; with violations nothing is drafted."""

    title: str
    lead_in: Passage
    sections: list[Chapter]
    violations: list[Finding]
    warnings: list[Finding]
    output: str | None
    polish: Any = None


class Validated(BaseModel):
    """Statistics judged as `gongkai draft` judges them."""

    form: str
    agency: str
    year: int
    violations: list[Finding]
    warnings: list[Finding]


class ReasonedDay(BaseModel):
    """A day and why it is named."""

    date: str
    reason: str


class Deadline(BaseModel):
    """A deadline, as `gongkai deadline --json` prints it."""

    rule: str
    name: str
    start: str
    start_event: str
    due: str
    due_weekday: str
    days: int | None
    unit: str
    extended: bool
    first_due: str | None
    counted: list[str]
    skipped: list[ReasonedDay]
    make_up: list[ReasonedDay]
    basis: str
    notes: list[str]


class DeadlineRule(BaseModel):
    """A rule that deadlines are computed by."""

    rule: str
    name: str
    start_event: str


class FeeStep(BaseModel):
    """One step of a fee."""

    model_config = {"populate_by_name": True}

    first: int = Field(alias="from")
    last: int | None = Field(alias="to")
    rate: int
    count: int
    amount: int


class NotChargeable(BaseModel):
    """What may not be charged."""

    item: str
    basis: str


class Fee(BaseModel):
    """A fee, as `gongkai fee --json` prints it."""

    amount: int
    unit: str
    counts: str
    quantity: int
    already: int
    steps: list[FeeStep]
    basis: str
    notes: list[str]
    not_chargeable: list[NotChargeable]


class LetterKind(BaseModel):
    """A kind of letter."""

    kind: str
    name: str
    title: str
    row: str | None = Field(description="表三的行；null 为还没有办结。")


class Letter(BaseModel):
    """A letter, as `gongkai letter --json` prints it."""

    kind: str
    name: str
    title: str
    document_number: str | None
    addressee: str | None
    text: str
    row: str | None
    row_label: str | None
    remedy: Any
    dates: list[dict[str, Any]]
    articles: list[dict[str, Any]]
    warnings: list[str]
    output: str | None
    register_: str | None = Field(alias="register")


class Fault(BaseModel):
    """What was not done and what to do, one Chinese line."""

    detail: str
