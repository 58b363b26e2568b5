#!/usr/bin/python3
"""Writes ../data/similar.txt: for each character of GB 2312 those that look
alike, most alike first. Every character is drawn in two of Debian's free fonts
(WenQuanYi Micro Hei and AR PL UMing), and two are alike when their drawings
correlate in both. Nothing is typed from memory; drawing needs python3-pil and
python3-numpy."""
import pathlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageFilter

FONTS = ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/arphic/uming.ttc"]
SIDE, LEAST, MOST = 32, 0.65, 16


def characters():
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                pass


def drawings(chars, path):
    font = ImageFont.truetype(path, SIDE - 4)
    rows = np.zeros((len(chars), SIDE * SIDE), np.float32)
    for i, c in enumerate(chars):
        image = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(image).text((SIDE // 2, SIDE // 2), c, 255, font=font, anchor="mm")
        row = np.asarray(image.filter(ImageFilter.GaussianBlur(1.0)), np.float32).ravel()
        row -= row.mean()
        rows[i] = row / (np.linalg.norm(row) + 1e-6)
    return rows


def main():
    chars = list(characters())
    alike = None
    for path in FONTS:
        rows = drawings(chars, path)
        correlation = rows @ rows.T
        alike = correlation if alike is None else np.minimum(alike, correlation)
    np.fill_diagonal(alike, 0)
    lines = []
    for i, c in enumerate(chars):
        best = [j for j in np.argsort(-alike[i])[:MOST] if alike[i, j] >= LEAST]
        if best:
            lines.append(c + "".join(chars[j] for j in best))
    out = pathlib.Path(__file__).parent.parent / "data" / "similar.txt"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines), "characters have look-alikes")


main()
