"""Draws text lines as a camera or scanner would see them.

Everything a network of this project is trained on comes from here: no photo of
a real document is used. Fonts are those of the Debian packages named in
README.md. All randomness comes from the generator that is passed in.
"""
import io
import os
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_ROOT = "/usr/share/fonts"
HEIGHT = 32          # pixels of a strip
CAPITAL = 48         # font size at which lines are drawn before they are scaled

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIF = [
    ("truetype/arphic/uming.ttc", 0), ("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0),
    ("opentype/noto/NotoSerifCJK-Regular.ttc", 2), ("opentype/noto/NotoSerifCJK-Medium.ttc", 2),
    ("opentype/noto/NotoSerifCJK-Bold.ttc", 2), ("truetype/liberation/LiberationSerif-Regular.ttf", 0),
    ("truetype/liberation/LiberationSerif-Bold.ttf", 0), ("opentype/urw-base35/NimbusRoman-Regular.otf", 0),
    ("opentype/urw-base35/C059-Roman.otf", 0), ("truetype/freefont/FreeSerif.ttf", 0),
    ("truetype/dejavu/DejaVuSerifCondensed.ttf", 0), ("truetype/freefont/FreeMono.ttf", 0),
    ("opentype/urw-base35/NimbusMonoPS-Bold.otf", 0), ("truetype/liberation/LiberationMono-Regular.ttf", 0),
]
KAI = [
    ("truetype/arphic/ukai.ttc", 0), ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0),
    ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0), ("truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0),
]
SANS = [
    ("opentype/noto/NotoSansCJK-Regular.ttc", 2), ("opentype/noto/NotoSansCJK-Medium.ttc", 2),
    ("opentype/noto/NotoSansCJK-Bold.ttc", 2), ("truetype/wqy/wqy-zenhei.ttc", 0),
    ("truetype/wqy/wqy-microhei.ttc", 0), ("truetype/liberation/LiberationSans-Regular.ttf", 0),
    ("truetype/liberation/LiberationSansNarrow-Regular.ttf", 0),
    ("truetype/liberation/LiberationSansNarrow-Bold.ttf", 0), ("truetype/dejavu/DejaVuSans.ttf", 0),
    ("truetype/dejavu/DejaVuSansMono.ttf", 0), ("opentype/urw-base35/NimbusSans-Bold.otf", 0),
]
OCRB = [("opentype/ocr-b/OCRB.otf", 0), ("opentype/ocr-b/OCRBS.otf", 0), ("opentype/ocr-b/OCRBL.otf", 0)]
HAN = [f for f in SERIF[:5]] + KAI + SANS[:5]
LABELS = ["统一社会信用代码", "注册号", "证照编号", "公民身份号码", "证件编号", "编号", "成立日期", "营业期限", "副本", "名称"]

_fonts = {}


def font(path, index, size=CAPITAL):
    """One face, opened once."""
    key = (path, index, size)
    if key not in _fonts:
        _fonts[key] = ImageFont.truetype(os.path.join(FONT_ROOT, path), size, index=index)
    return _fonts[key]


def draw_text(text, face, han, rng, spacing):
    """Draws text left to right in ink on an empty strip; returns the mask and the box of its digits."""
    pad, height = 24, CAPITAL * 2
    width = sum(CAPITAL + 4 for _ in text) + int(spacing * len(text)) + 2 * pad + 40
    mask = Image.new("L", (max(width, 40), height), 0)
    pen, draw, x = ImageDraw.Draw(mask), None, float(pad)
    mono = rng.random() < 0.35
    for c in text:
        f = han if ord(c) > 0x2E80 else face
        advance = f.getlength(c)
        if mono and ord(c) < 0x80:
            cell = face.getlength("8")
            pen.text((x + (cell - advance) / 2, CAPITAL * 1.4), c, font=f, fill=255, anchor="ls")
            advance = cell
        else:
            pen.text((x, CAPITAL * 1.4), c, font=f, fill=255, anchor="ls")
        x += advance + spacing
    return mask.crop((0, 0, int(x) + pad, height))


def pick(rng, kind):
    """A face for a kind of line, and the Han face that goes with it."""
    if kind == "mrz" and rng.random() < 0.85:
        f = OCRB[min(int(rng.random() * 4), 2)]
    else:
        f = rng.choice(rng.choices([SERIF, KAI, SANS, OCRB], [50, 12, 33, 5])[0])
        if rng.random() < 0.25:
            f = SERIF[int(rng.random() * 2)]
    return font(*f), font(*rng.choice(HAN))


def content(rng, kind):
    """The text of a line: what is printed."""
    if kind == "uscc":
        if rng.random() < 0.3:
            return "".join(rng.choice(USCC) for _ in range(18))
        body = "".join(rng.choice("0123456789") for _ in range(6))
        org = "MA" + "".join(rng.choice(USCC) for _ in range(6)) if rng.random() < 0.4 else \
            "".join(rng.choice("0123456789") for _ in range(8))
        return rng.choice(["91", "92", "93", "12", "51", "52", "53", "11", "Y1"]) + body + org + rng.choice(USCC) + rng.choice(USCC)
    if kind == "id":
        digits = "".join(rng.choice("0123456789") for _ in range(rng.choice([17, 17, 17, 15, 14, 12])))
        return digits + rng.choice("0123456789XX")
    if kind == "date":
        return dates(rng)
    if kind == "mrz":
        return "".join(rng.choice(rng.choice([LETTERS, "0123456789", "0123456789<"])) for _ in range(rng.choice([30, 40, 44, 44])))
    n = rng.randint(5, 14)
    return "".join(rng.choice("0123456789" * 3 + LETTERS + "--/.") for _ in range(n)).strip("-./") or "8"


def dates(rng):
    y, m, d = rng.randint(1949, 2060), rng.randint(1, 12), rng.randint(1, 31)
    style = rng.random()
    if style < 0.65:
        one = f"{y}年{m:02d}月{d:02d}日" if rng.random() < 0.8 else f"{y}年{m}月{d}日"
        if rng.random() < 0.3:
            one += "至" + (rng.choice(["长期", f"{y + 20}年{m:02d}月{d:02d}日"]))
        return one
    if style < 0.8:
        return f"{y}.{m:02d}.{d:02d}-" + (rng.choice(["长期", f"{y + 20}.{m:02d}.{d:02d}"]))
    sep = rng.choice("-./")
    return f"{y}{sep}{m:02d}{sep}{d:02d}"


def neighbours(mask, rng, han):
    """Puts what stands around a cut line into the picture: label to the left, remarks to the right, text above."""
    w, h = mask.size
    left = rng.random()
    out = mask
    if left < 0.45:
        label = rng.choice(LABELS) + rng.choice(["", "：", ":", ""])
        lab = Image.new("L", (CAPITAL * len(label) + 8, h), 0)
        ImageDraw.Draw(lab).text((4, CAPITAL * 1.4 + rng.randint(-3, 3)), label, font=han, fill=255, anchor="ls")
        keep = rng.randint(10, min(lab.size[0], 150))
        lab = lab.crop((lab.size[0] - keep, 0, lab.size[0], h))
        out = Image.new("L", (w + keep + rng.randint(0, 12), h), 0)
        out.paste(lab, (0, 0))
        out.paste(mask, (out.size[0] - w, 0), mask)
    if rng.random() < 0.2:
        tail = rng.choice(["（", "副", ")", "本", "|", "码", "号", "。"])
        wide = Image.new("L", (out.size[0] + rng.randint(30, 60), h), 0)
        wide.paste(out, (0, 0))
        ImageDraw.Draw(wide).text((out.size[0] - rng.randint(0, 14), CAPITAL * 1.4), tail, font=han, fill=255, anchor="ls")
        out = wide
    if rng.random() < 0.3:
        text = "".join(rng.choice("名称类型住所法定代表人注册资本成立日期营业执照副本国家企业信用公示") for _ in range(12))
        y = rng.choice([CAPITAL * 0.42, CAPITAL * 2.55]) + rng.randint(-6, 6)
        ImageDraw.Draw(out).text((rng.randint(-30, out.size[0] // 2), y), text, font=han, fill=rng.randint(100, 255), anchor="ls")
    return out


def wear(mask, rng):
    """Thinner or thicker strokes, as print and copying do."""
    r = rng.random()
    if r < 0.15:
        mask = mask.filter(ImageFilter.MaxFilter(3))
    elif r < 0.25:
        mask = mask.filter(ImageFilter.MinFilter(3))
    if rng.random() < 0.3:
        mask = mask.rotate(rng.uniform(-1.2, 1.2), resample=Image.BILINEAR)
    if rng.random() < 0.25:
        mask = mask.transform(mask.size, Image.AFFINE, (1, rng.uniform(-0.2, 0.2), 0, 0, 1, 0), resample=Image.BILINEAR)
    return mask


def to_strip(mask, rng, width, digit_height, pitch_scale):
    """Scales so that figures are digit_height high and cuts a strip of the given width; also loses resolution."""
    figure = CAPITAL * 0.70
    s = digit_height / figure
    sx = s * pitch_scale
    detail = rng.choice([1.0, 1.0, 0.8, 0.6, 0.5, 0.42, 0.36]) * rng.uniform(0.9, 1.1)
    w, h = mask.size
    small = mask.resize((max(8, int(w * sx * detail)), max(8, int(h * s * detail))), Image.BOX if rng.random() < 0.3 else Image.BILINEAR)
    if rng.random() < 0.6:
        small = small.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8)))
    if rng.random() < 0.15:
        k = rng.choice([3, 5])
        small = small.filter(ImageFilter.Kernel((k, k), [1 if j == k // 2 else 0 for j in range(k) for _ in range(k)]))
    base = CAPITAL * 1.4 * s * detail                  # base line in the small picture
    top = base - (digit_height / 2 + HEIGHT / 2) * detail + rng.gauss(0, 1.2) * detail
    over_w, over_h = width * detail, HEIGHT * detail
    # Start a little before the text, or cut into what stands left of it.
    left = -rng.uniform(0, max(1.0, over_w - small.size[0])) if small.size[0] < over_w else rng.uniform(0, 4)
    return small.transform((max(8, int(over_w)), max(8, int(over_h))), Image.AFFINE, (1, 0, left, 0, 1, top), resample=Image.BILINEAR), detail


def photograph(ink, rng, width):
    """Turns an ink mask into grey values as seen by a camera, at the size of a strip."""
    a = np.asarray(ink, dtype=np.float32) / 255.0
    g = np.random.default_rng(rng.getrandbits(32))
    paper = rng.uniform(120, 252)
    dark = paper * rng.uniform(0.08, 0.78)
    h, w = a.shape
    field = np.full((h, w), paper, np.float32)
    field += np.linspace(-1, 1, w, dtype=np.float32)[None, :] * rng.uniform(-18, 18)
    field += np.linspace(-1, 1, h, dtype=np.float32)[:, None] * rng.uniform(-8, 8)
    if rng.random() < 0.3:                             # guilloche or moire
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        k, p = rng.uniform(0.15, 1.2), rng.uniform(0, 6)
        field -= np.maximum(0, np.sin(xx * k + np.sin(yy * 0.4 + p) * 2 + yy * rng.uniform(-1, 1))) * rng.uniform(2, 16)
    if rng.random() < 0.2:                             # a seal or a frame crosses the line
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        r = np.hypot(xx - rng.uniform(0, w), (yy - rng.uniform(-3 * h, 4 * h)))
        radius = rng.uniform(h, 4 * h)
        field -= np.where(np.abs(r - radius) < rng.uniform(1, h * 0.15), rng.uniform(10, 70), 0)
    v = field * (1 - a) + np.minimum(dark, field) * a
    v += g.normal(0, rng.choice([0, 0.01, 0.02, 0.05, 0.1]) * (paper - dark) + 0.5, v.shape)
    im = Image.fromarray(np.clip(v, 0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        buf = io.BytesIO()
        im.save(buf, "JPEG", quality=rng.randint(25, 90))
        im = Image.open(buf)
    return im.resize((width, HEIGHT), Image.BILINEAR)


def normalise(im):
    """Ink is near 1, paper near 0; the same arithmetic as package glyph."""
    v = np.asarray(im, dtype=np.float32)
    lo, hi = np.percentile(v, 2), np.percentile(v, 85)
    return np.clip((hi - v) / max(hi - lo, 24.0), -0.5, 1.5).astype(np.float32)


def number_line(rng, kind, width):
    """One training example: a normalised strip and its text."""
    for _ in range(20):
        face, han = pick(rng, kind)
        text = content(rng, kind)
        spacing = rng.choice([0, 0, rng.uniform(-1.5, 6), rng.uniform(0, 10)])
        mask = draw_text(text, face, han, rng, spacing)
        mask = neighbours(mask, rng, han) if kind != "mrz" else mask
        mask = wear(mask, rng)
        digit = rng.uniform(20, 27) if rng.random() < 0.85 else rng.uniform(16, 29)
        natural = (face.getlength("0") + spacing) * digit / (CAPITAL * 0.70)
        pitch = rng.uniform(12.5, 19)
        scale = pitch / natural if rng.random() < 0.8 else 1.0
        if natural * scale < 12 or natural * scale > 22:
            scale = pitch / natural
        if mask.size[0] * digit / (CAPITAL * 0.70) * scale > width:
            continue
        ink, _ = to_strip(mask, rng, width, digit, scale)
        return normalise(photograph(ink, rng, width)), text
    return np.zeros((HEIGHT, width), np.float32), ""


def seeded(seed):
    return random.Random(seed)
