"""A picture of the days: how many questions were answered and refused."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN, FOOT = 900, 420, 40, 60
PAPER, INK, ANSWERED, REFUSED, LINE = "#ffffff", "#333333", "#2a9d8f", "#e9c46a", "#dddddd"


def bars(days: Sequence[tuple[str, int, int]], title: str, legend: tuple[str, str]) -> bytes:
    """A PNG with one bar a day: ``days`` are (label, answered, refused), ``legend`` names the two colours."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(16)
    draw.text((MARGIN, 12), title, INK, font)
    _draw_legend(draw, font, legend)
    top = max(1, *(answered + refused for _, answered, refused in days))
    _draw_scale(draw, font, top)
    slot = (WIDTH - 2 * MARGIN) / len(days)
    for number, (label, answered, refused) in enumerate(days):
        left, right = MARGIN + slot * (number + 0.15), MARGIN + slot * (number + 0.85)
        draw.rectangle((left, _y(answered, top), right, _y(0, top)), ANSWERED)
        draw.rectangle((left, _y(answered + refused, top), right, _y(answered, top)), REFUSED)
        draw.text(((left + right) / 2, HEIGHT - FOOT + 8), label, INK, font, anchor="ma")
    stored = BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


def _y(value: float, top: int) -> float:
    return HEIGHT - FOOT - (HEIGHT - FOOT - 80) * value / top


def _draw_scale(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, top: int) -> None:
    for value in sorted({0, top // 2, top}):
        draw.line((MARGIN, _y(value, top), WIDTH - MARGIN, _y(value, top)), LINE)
        draw.text((MARGIN - 6, _y(value, top)), str(value), INK, font, anchor="rm")


def _draw_legend(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, legend: tuple[str, str]) -> None:
    for number, (colour, words) in enumerate(zip((ANSWERED, REFUSED), legend, strict=True)):
        left = MARGIN + 180 * number
        draw.rectangle((left, 44, left + 14, 58), colour)
        draw.text((left + 20, 42), words, INK, font)
