"""LibreOffice and poppler for the tests: files converted, pages as pictures, one sheet of many pictures."""

import os
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"
office = pytest.mark.skipif(
    not shutil.which("soffice") or not shutil.which("pdftoppm"), reason="LibreOffice or poppler is absent"
)


def convert(folder, suffix, kind, target=None):
    """Convert every file of `folder` with that suffix in one run; return the results by stem."""
    out = folder / "converted"
    out.mkdir(exist_ok=True)
    files = sorted(str(path) for path in folder.glob(f"*{suffix}"))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", target or kind, "--outdir", str(out), *files],
        check=True, capture_output=True, timeout=400, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return {path.stem: path for path in out.glob(f"*.{kind}")}


def page_texts(pdf):
    """The text of each page without white space."""
    text = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], check=True, capture_output=True).stdout.decode()
    # Some fonts name 户 by its radical; NFKC makes it the character again.
    return [unicodedata.normalize("NFKC", "".join(page.split())) for page in text.split("\f")[:-1]]


def page_sizes(pdf):
    """Width and height of each page in points."""
    import pdfplumber

    with pdfplumber.open(pdf) as document:
        return [(float(page.width), float(page.height)) for page in document.pages]


def picture(pdf, folder, resolution=60):
    """Leave a picture of each page in artefacts/`folder`; return the pictures."""
    place = ARTEFACTS / folder
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob(f"{pdf.stem}-*.png"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(resolution), "-png", str(pdf), str(place / pdf.stem)], check=True)
    return sorted(place.glob(f"{pdf.stem}-*.png"))


def contact_sheet(pictures, path, columns):
    """Put pictures side by side into one."""
    from PIL import Image

    images = [Image.open(picture).convert("RGB") for picture in pictures]
    width, height = max(i.width for i in images), max(i.height for i in images)
    sheet = Image.new("RGB", (width * columns, height * -(-len(images) // columns)), "gray")
    for index, image in enumerate(images):
        sheet.paste(image, (index % columns * width, index // columns * height))
    sheet.save(path)
