"""Drafts letters: fields checked, dates and fees computed, articles cited, the right remedy line, nothing missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.clock.calendar import WorkingCalendar
from assistant.clock.dates import write_date
from assistant.clock.deadlines import Deadline, compute_deadline
from assistant.clock.fees import FeeRules, processing_fee
from assistant.clock.rules import DeadlineRules
from assistant.documents.letters_docx import LetterPaper
from assistant.errors import LetterError
from assistant.office.letter_fields import check_order, check_pairs, read_fields
from assistant.office.letter_kinds import LetterKind, LetterKinds
from assistant.office.letter_text import Quotation, opening, quoted, render
from assistant.office.remedies import channel_caution, needed_fields, remedy_key, remedy_line


@dataclass(frozen=True, slots=True)
class Citation:
    """An article that a letter rests on; `clause` is "" for a document cited as a whole."""

    document: str
    document_number: str
    clause: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A drafted letter, ready to be written as Word.

    Attributes:
        addressee: the salutation without its colon, "" for a form.
        paragraphs: of the body, the remedy line last.
        table: label and content of a form.
        row, row_label: where the case will count in 表三, None for a step on the way.
        remedy: key of the remedy line.
        deadlines: the dates that were worked out, by name.
        warnings: what the office should look at before it signs; not part of the letter.
        request_number, applicant: of the case in the register, "" where none was entered; not part of the letter.
    """

    kind: LetterKind
    agency: str
    document_number: str
    addressee: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    signed: date | None
    contact: str
    row: str | None
    row_label: str | None
    remedy: str | None
    deadlines: dict[str, Deadline]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...]
    request_number: str
    applicant: str

    @property
    def text(self) -> str:
        """The letter as plain text, a paragraph a line."""
        lines = [self.agency, self.document_number, "", self.kind.title, ""]
        if self.addressee:
            lines.append(f"{self.addressee}：")
        lines += [f"　　{paragraph}" for paragraph in self.paragraphs]
        lines += [f"{label}｜{value}" for label, value in self.table]
        if self.kind.attachments:
            lines += ["", f"　　附件：{'、'.join(self.kind.attachments)}"]
        if self.signed:
            lines += ["", self.agency, write_date(self.signed)]
        if self.contact and self.signed:
            lines.append(f"（联系人：{self.contact}）")
        return "\n".join(lines) + "\n"

    def as_paper(self) -> LetterPaper:
        """Return what stands on the paper, for the Word file."""
        return LetterPaper(
            issuer=self.agency,
            number=self.document_number,
            title=self.kind.title,
            salutation=f"{self.addressee}：" if self.addressee else "",
            paragraphs=self.paragraphs,
            table=self.table,
            attachments=self.kind.attachments,
            date_text=write_date(self.signed) if self.signed else "",
            dated=self.signed,
            note=f"联系人：{self.contact}" if self.contact and self.signed else "",
        )

    def as_json(self) -> dict[str, Any]:
        """Return the value that `gongkai letter --json` prints."""
        return {
            "kind": self.kind.key,
            "name": self.kind.name,
            "title": self.kind.title,
            "document_number": self.document_number or None,
            "addressee": self.addressee or None,
            "text": self.text,
            "row": self.row,
            "row_label": self.row_label,
            "remedy": self.remedy,
            "dates": [
                {"name": name, "rule": item.rule.key, "due": item.due, "basis": "；".join(item.basis)}
                for name, item in self.deadlines.items()
            ],
            "articles": [
                {"document": c.document, "document_number": c.document_number or None, "clause": c.clause or None}
                for c in self.citations
            ],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class LetterDesk:
    """What drafting needs: the kinds of letters, the rules of time and money, and the calendar."""

    kinds: LetterKinds
    rules: DeadlineRules
    calendar: WorkingCalendar
    fees: tuple[FeeRules, ...]

    def draft_letter(
        self, word: str, entered: Mapping[str, object], today: date | None = None, quotation: Quotation | None = None
    ) -> Letter:
        """Return the letter of kind `word` (key or name) filled with `entered`.

        Args:
            today: refuses a receiving day later than this.
            quotation: gives the official wording of an article where it is known; it is then quoted below the body.
        Raises:
            LetterError: an unknown kind, a field missing, unknown or impossible, dates in the wrong order.
            DeadlineError, CalendarCoverageError, FeeError: the facts do not give the dates or the fee.
        """
        kind = self.kinds.kind(word)
        values = read_fields(kind, entered, needed_fields(kind, entered, self.kinds.remedies))
        check_order(kind, values, today)
        deadlines = {name: self._deadline(values, spec) for name, spec in kind.computes.items()}
        warnings = [kind.caution] if kind.caution else []
        if kind.within:
            within = self._deadline(values, kind.within)
            deadlines.setdefault("within", within)
            if values["signed"] > within.due:
                warnings.append(
                    f"成文日期{write_date(values['signed'])}晚于“{within.rule.name}”期限的最后一日"
                    f"{write_date(within.due)}，已经超期。"
                )
        check_pairs(kind, values, {name: item.due for name, item in deadlines.items()})
        cited: dict[tuple[str, str], None] = {}
        context = self._context(kind, values, deadlines, cited)
        paragraphs = [line.strip() for line in render(kind.body, context).splitlines() if line.strip()]
        table = tuple((label, render(value, context)) for label, value in kind.table)
        key = remedy_key(kind, values)
        if key is not None:
            line, basis = remedy_line(key, kind.title, values, self.kinds.remedies)
            paragraphs += [*quoted(self.kinds, cited, quotation), line]
            cited.update(dict.fromkeys(basis))
            warnings += channel_caution(kind, values, self.kinds.remedies)
        else:
            paragraphs += quoted(self.kinds, cited, quotation)
        if kind.internal:
            warnings.append(render(kind.internal, context))
        return Letter(
            kind=kind,
            agency=values["agency"],
            document_number=(values["document_number"] or "") if kind.numbered else "",
            addressee="" if kind.to in ("file", "third_party_form") else values[kind.to],
            paragraphs=tuple(paragraphs),
            table=table,
            signed=values["signed"] if kind.to not in ("file", "third_party_form") else None,
            contact=values["contact"] or "",
            row=kind.row,
            row_label=self.kinds.rows[kind.row] if kind.row else None,
            remedy=key,
            deadlines=deadlines,
            citations=tuple(_citation(self.kinds, name, clause) for name, clause in cited),
            warnings=tuple(warnings),
            request_number=values["request_number"] or "",
            applicant=values["applicant"] or "",
        )

    def _deadline(self, values: Mapping[str, Any], spec: Mapping[str, Any]) -> Deadline:
        """The deadline that `spec` names; a reply's also takes correction, extension and pauses into account."""
        start = values[spec.get("from", "received")]
        if spec["rule"] != "reply":
            return compute_deadline(self.rules, self.calendar, spec["rule"], start)
        return compute_deadline(
            self.rules,
            self.calendar,
            "reply",
            start,
            corrected=values["corrected"],
            extended=bool(spec.get("extended", values["extended"])),
            pauses=values["pauses"] or (),
        )

    def _context(
        self, kind: LetterKind, values: Mapping[str, Any], deadlines: Mapping[str, Deadline], cited: dict[Any, None]
    ) -> dict[str, Any]:
        def cite(name: str, *clauses: str) -> str:
            cited.update(dict.fromkeys((name, clause) for clause in clauses or ("",)))
            return f"《{self.kinds.documents[name].title}》{'、'.join(clauses)}"

        context = dict(values) | {name: item.due for name, item in deadlines.items()} | {"cite": cite}
        for key, field in kind.fields.items():
            context[f"{key}_name"] = field.options.get(values[key]) if field.type == "choice" else None
            context[f"{key}_clause"] = field.clauses.get(values[key]) if field.clauses else None
        natural = values["applicant_kind"] in (None, "natural_person")
        context["you"] = "你" if natural else "你单位"
        context["opening"] = opening(context, values)
        return context | (self._fee(values) if kind.fee else {})

    def _fee(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if values["requests"] is not None and not values["month"]:
            raise LetterError("按件收费要写明是哪个月的申请（month），例如 2026年1月。")
        fee = processing_fee(
            self.fees,
            values["signed"],
            requests=values["requests"],
            pages=values["pages"],
            already=values["already"] or 0,
        )
        if not fee.amount:
            raise LetterError(f"{fee.quantity}{fee.scale.measure}在免费范围内，不能收取信息处理费。")
        measure = fee.scale.measure
        working = "；".join(
            f"{step.span(measure)}共{step.count}{measure}，每{measure}{step.rate}元，计{step.amount}元"
            if step.rate
            else f"{step.span(measure)}免费"
            for step in fee.steps
        )
        return {
            "fee_amount": fee.amount,
            "fee_measure": measure,
            "fee_clause": fee.scale.clause,
            "fee_working": working,
        }


def _citation(kinds: LetterKinds, name: str, clause: str) -> Citation:
    document = kinds.documents[name]
    return Citation(document.title, document.number, clause)
