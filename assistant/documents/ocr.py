"""Recognizes pictures and scanned pages: text lines by rapidocr, ruled tables cell by cell. An optional part.

The models travel inside the rapidocr package; nothing is downloaded.
"""

import io
import os
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median
from typing import TYPE_CHECKING, Any

from assistant.documents.blocks import Document
from assistant.documents.characters import clean_line, is_wide, join_lines
from assistant.documents.confined_child import another_page, load_models
from assistant.documents.layout import Line, drop_running_lines
from assistant.documents.page_tables import PageTable, join_over_pages
from assistant.errors import DamagedDocumentError, MissingReaderError, OversizedDocumentError

if TYPE_CHECKING:
    from assistant.documents.ruled_picture import PictureCell

_DPI = 200
_POINTS = 72
_MOST_PIXELS = 120_000_000
# How far, in pixels, the edges of neighbouring cells may lie apart: as thick as a rule comes out.
_RULE = 14.0
_LONGEST_SIDE = 3600
_UNSURE_BELOW = 0.85
_NOISE_BELOW = 0.3
# What a lone figure in a cell is taken for, when the cell holds nothing but such signs and figures.
_MISTAKEN = str.maketrans("OoＯ〇○。lI|｜丨!", "000000111111")
_HAN = "\u4e00-\u9fff"
# The recognizer reads full-width signs narrow; beside Chinese characters the full-width one was meant.
_NARROW = (
    (re.compile(rf"\((?=[{_HAN}“《])|(?<=[{_HAN}”》])\("), "（"),
    (re.compile(rf"(?<=[{_HAN}”》）])\)|\)(?=[{_HAN}“《])"), "）"),
    *(
        (re.compile(rf"(?<=[{_HAN}”》）]){re.escape(narrow)}"), wide)
        for narrow, wide in zip(",;:?!", "，；：？！", strict=True)
    ),
)
_RENDERING = threading.Lock()  # the renderer of PDF pages is for one thread at a time
_FREE: SimpleQueue[Any] = SimpleQueue()  # recognizers that no page is using
_FIGURES = set("0123456789.,-+%OoＯ〇○。lI|｜丨!")


def load_picture(path: Path, data: bytes) -> Document:
    """Return what a picture shows (every frame of a TIFF is a page).

    Raises:
        MissingReaderError: the recognizer is not installed.
        DamagedDocumentError: no picture, or nothing on it.
        OversizedDocumentError: too many pixels.
    """
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    pages = []
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise OversizedDocumentError(
                    path, f"图片有 {opened.width}×{opened.height} 像素，太大；请缩小后再添加。"
                )
            for number, frame in enumerate(ImageSequence.Iterator(opened), start=1):
                upright = ImageOps.exif_transpose(frame.convert("RGB"))
                upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                with _engine(path) as engine:
                    pages.append(_read(engine, upright, number, 1.0))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise DamagedDocumentError(path, "图片不完整或已损坏，请重新扫描或另存后再试。") from error
    from assistant.documents.pdf import in_order

    lines = drop_running_lines([line for page_lines, _ in pages for line in page_lines])
    tables = join_over_pages([table for _, page_tables in pages for table in page_tables], lines)
    blocks = tuple(in_order(lines, tables))
    if not blocks:
        raise DamagedDocumentError(path, "图片里没有认出文字，请换一张更清楚的。")
    return Document(path, "picture", blocks, notes=("全文由文字识别读出，请核对。",))


def read_pdf_pages(path: Path, data: bytes, numbers: Sequence[int]) -> dict[int, tuple[list[Line], list[PageTable]]]:
    """Return the lines outside tables and the ruled tables of scanned pages, in points, by number.

    Args:
        numbers: of the pages, 1-based.

    Raises:
        MissingReaderError: the recognizer is not installed.
    """
    if not numbers:
        return {}
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(numbers))) as pool:
        return dict(zip(numbers, pool.map(lambda number: _read_pdf_page(path, data, number), numbers), strict=True))


def _read_pdf_page(path: Path, data: bytes, number: int) -> tuple[list[Line], list[PageTable]]:
    import pypdfium2

    with _RENDERING:
        opened = pypdfium2.PdfDocument(data)
        try:
            picture = opened[number - 1].render(scale=_DPI / _POINTS).to_pil().convert("RGB")
        finally:
            opened.close()
    with _engine(path) as engine:
        return _read(engine, picture, number, _POINTS / _DPI)


@contextmanager
def _engine(path: Path) -> Iterator[Any]:
    """Lend a recognizer, which one page at a time can use; it is kept, as loading its models takes a second."""
    try:
        engine = _FREE.get_nowait()
    except Empty:
        engine = _new_engine(path)
    try:
        yield engine
    finally:
        _FREE.put(engine)


def _new_engine(path: Path) -> Any:
    try:
        return _make_engine()
    except ImportError as error:
        raise MissingReaderError(
            path,
            "这是扫描件、图片或字体没有注明文字的 PDF，需要文字识别组件；请运行 pip install 'gongkai[ocr]'，"
            "或换用有文字的文件。",
        ) from error


def _make_engine() -> Any:
    load_models()
    import onnxruntime  # noqa: F401  (rapidocr loads it only when it first reads)
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": _NOISE_BELOW,
            "Global.use_cls": False,
            "Global.max_side_len": 1600,
            # The narrowest picture that is read: most cells hold one figure, and the usual 320 wastes four fifths.
            "Rec.rec_img_shape": [3, 48, 64],
            "Rec.rec_batch_num": 16,
            # Pages side by side use the processors better than the parts of one page do.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _read(engine: Any, picture: Any, page: int, scale: float) -> tuple[list[Line], list[PageTable]]:
    import numpy

    from assistant.documents.ruled_picture import find_tables, level, without_tables

    another_page()
    pixels = level(numpy.asarray(picture)[:, :, ::-1].copy())
    height, width = float(pixels.shape[0]), float(pixels.shape[1])
    found = find_tables(pixels)
    tables = []
    for cells in found:
        texts = _recognize_cells(engine, cells)
        boxes = [
            ((c.x0 * scale, c.top * scale, c.x1 * scale, c.bottom * scale), *t)
            for c, t in zip(cells, texts, strict=True)
        ]
        tables.append(PageTable.from_boxes(boxes, page, height * scale, _RULE * scale))
    lines = _recognize_lines(engine, without_tables(pixels, found))
    return list(_printed_lines(lines, page, (height * scale, width * scale), scale)), tables


def _recognize_cells(engine: Any, cells: "list[PictureCell]") -> list[tuple[str, bool]]:
    """Return text and whether it is unsure for every cell; the lines in a cell are read one by one."""
    crops = [(number, crop) for number, cell in enumerate(cells) for crop in cell.lines]
    read: dict[int, list[tuple[str, float]]] = {}
    if crops:
        from rapidocr.ch_ppocr_rec import TextRecInput

        result = engine._load_rec_model()(TextRecInput(img=[crop for _, crop in crops], return_word_box=False))
        for (number, _), text, score in zip(crops, result.txts, result.scores, strict=True):
            read.setdefault(number, []).append((_clean(text), float(score)))
    return [_cell_text(read.get(number, []), bool(cell.lines)) for number, cell in enumerate(cells)]


def _cell_text(lines: list[tuple[str, float]], inked: bool) -> tuple[str, bool]:
    text = join_lines([text for text, _ in lines])
    unsure = inked and (not text or min(score for _, score in lines) < _UNSURE_BELOW)
    if text and not text.isdigit() and set(text) <= _FIGURES and not set(text) <= set("-.,+%|!｜。"):
        return text.translate(_MISTAKEN) if set(text) - set("0123456789.,-+%") else text, unsure or not _is_number(text)
    if text in {"。", "|", "!", "｜", "丨"}:
        return text.translate(_MISTAKEN), True
    return text, unsure


def _is_number(text: str) -> bool:
    return text.lstrip("-+").rstrip("%").replace(".", "", 1).replace(",", "").isdigit()


def _recognize_lines(engine: Any, pixels: Any) -> list[tuple[str, float, float, float, float]]:
    """Return (text, x0, top, x1, bottom) of what stands outside tables, in pixels."""
    from assistant.documents.ruled_picture import printed_strip

    strip = printed_strip(pixels)
    if strip is None:
        return []
    result = engine(strip[0], use_det=True, use_cls=False, use_rec=True)
    if getattr(result, "boxes", None) is None or result.txts is None:
        return []
    return [
        (
            _clean(text),
            float(box[:, 0].min()),
            float(box[:, 1].min()) + strip[1],
            float(box[:, 0].max()),
            float(box[:, 1].max()) + strip[1],
        )
        for box, text in zip(result.boxes, result.txts, strict=True)
        if text.strip()
    ]


def _clean(text: str) -> str:
    """Return recognized text as one line, with the signs beside Chinese characters made full-width."""
    text = clean_line(text)
    for pattern, meant in _NARROW:
        text = pattern.sub(meant, text)
    return text


def _units(text: str) -> float:
    return sum(1.0 if is_wide(character) else 0.55 for character in text) or 1.0


def _printed_lines(
    found: list[tuple[str, float, float, float, float]], page: int, page_size: tuple[float, float], scale: float
) -> Iterator[Line]:
    """Yield lines from the top; pieces that stand on one row are one line, with a space at a wide gap."""
    widths = [(x1 - x0) / _units(text) for text, x0, _, x1, _ in found if len(text) > 5]
    usual = median(widths) if widths else 0.0
    rows: list[list[tuple[str, float, float, float, float]]] = []
    for piece in sorted(found, key=lambda item: item[2] + item[4]):
        middle = (piece[2] + piece[4]) / 2
        last = rows[-1][0] if rows else None
        if last is not None and abs((last[2] + last[4]) / 2 - middle) < 0.5 * min(
            last[4] - last[2], piece[4] - piece[2]
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda item: item[1])
        text, end = "", row[0][1]
        for piece in row:
            own = (piece[3] - piece[1]) / _units(piece[0])
            text += (" " if text and piece[1] - end > own else "") + piece[0]
            end = piece[3]
        x0, x1 = row[0][1], max(piece[3] for piece in row)
        top, bottom = min(piece[2] for piece in row), max(piece[4] for piece in row)
        size = (x1 - x0) / _units(text)
        # Boxes waver; what is near the usual size is that size, so that only real headings stand out.
        size = usual if usual and (abs(size - usual) < 0.22 * usual or len(text) < 4) else size
        yield Line(text, x0 * scale, x1 * scale, top * scale, bottom * scale, size * scale, page, *page_size)
