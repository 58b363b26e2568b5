"""Draws lines of Chinese names, with the place of each character."""
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import lines
from lines import CAPITAL, HEIGHT

PITCH = 8            # pixels of a strip per step of the network
EXTRA = ("堃喆昇玥珺瑄煊烜赟骉甯垚峯瑀晞頔祎翀玮璟琰琸濛沄湉禛祺禹嬅媗婳彧怡曈昉昱晟晔暘棽楠泓洺浠淏溍滢潆瀚"
         "炘炜焜熠燊犇玘珈珑珩琦瑧璐甦皓睿砼祐禤稥竑笪筠縯翊翯耒芃芮苡茗荃莀菡葳蕲薏藺蘅蛟蜀衎裎诒谞谡贇跹軒辉迦逯"
         "邡邳郗鄞酩釒鉑鋆錡钇钰铄铖锟镕閆阗陞陽雯霂霖韫頊颢飏馥骁骐骧鲲鸢鹍麒麟黟龑龢囍萬豐華國龍東興業電寶廣鴻")
PUNCTUATION = "()·、，。：；-—《》〇"
WORDS = ("有限公司 有限责任公司 股份有限公司 分公司 集团 科技 贸易 商贸 实业 投资 管理 咨询 服务 工程 建筑 装饰 设计 文化 传媒 传播 "
         "网络 信息 技术 电子 商务 机械 设备 制造 材料 新材料 化工 医药 医疗 器械 生物 食品 餐饮 酒店 物流 运输 汽车 销售 维修 农业 "
         "开发 发展 置业 房地产 物业 环保 能源 电力 电气 自动化 仪器 仪表 玻璃 制品 纺织 服装 家具 家居 五金 塑料 包装 印刷 广告 "
         "教育 培训 人力资源 劳务 保安 保洁 旅游 国际 进出口 供应链 智能 数据 软件 合伙企业 普通合伙 有限合伙 工作室 经营部 商行 超市 "
         "北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 "
         "甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 深圳 广州 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 青岛 大连 宁波 厦门 佛山 东莞 无锡 "
         "名称 类型 住所 法定代表人 负责人 经营者 注册资本 成立日期 营业期限 经营范围 营业场所 组成形式 登记机关 统一社会信用代码 注册号 "
         "营业执照 副本 正本 编号 年 月 日 至 长期 姓名 性别 民族 出生 公民身份号码 签发机关 有效期限 事业单位 法人证书 社会团体 "
         "个人独资企业 个体工商户 自然人 投资 控股 万元整 壹佰 贰 叁 肆 伍 陆 柒 捌 玖 拾 中心 学校 医院 协会 基金会 研究院 研究所").split()


def gb2312():
    """The 6,763 Chinese characters of GB 2312."""
    out = []
    for hi in range(0xB0, 0xF8):
        for lo in range(0xA1, 0xFF):
            try:
                out.append(bytes([hi, lo]).decode("gb2312"))
            except UnicodeDecodeError:
                pass
    return out


BASIC = gb2312()
_known = set(BASIC)
HAN = BASIC + sorted({c for c in EXTRA if c not in _known})
ALPHABET = "".join(HAN) + PUNCTUATION + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
INDEX = {c: i + 1 for i, c in enumerate(ALPHABET)}

NARROW = [("truetype/arphic-gbsn00lp/gbsn00lp.ttf", 0), ("truetype/arphic-gkai00mp/gkai00mp.ttf", 0)]  # GB 2312 only
SONG = [("truetype/arphic/uming.ttc", 0), ("opentype/noto/NotoSerifCJK-Light.ttc", 2), ("opentype/noto/NotoSerifCJK-Regular.ttc", 2),
        ("opentype/noto/NotoSerifCJK-Medium.ttc", 2), ("opentype/noto/NotoSerifCJK-SemiBold.ttc", 2), ("opentype/noto/NotoSerifCJK-Bold.ttc", 2)]
KAI = [("truetype/arphic/ukai.ttc", 0), ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", 0), ("truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", 0)]
HEI = [("opentype/noto/NotoSansCJK-DemiLight.ttc", 2), ("opentype/noto/NotoSansCJK-Regular.ttc", 2), ("opentype/noto/NotoSansCJK-Medium.ttc", 2),
       ("opentype/noto/NotoSansCJK-Bold.ttc", 2), ("truetype/wqy/wqy-zenhei.ttc", 0), ("truetype/wqy/wqy-microhei.ttc", 0)]


def face_of(rng):
    """A face; half of them of the Song kind, in which most certificates are printed."""
    group = rng.choices([SONG, NARROW, KAI, HEI], [38, 20, 14, 28])[0]
    return rng.choice(group), group is NARROW


def sentence(rng, narrow, room):
    """Text of the given number of characters: a mixture of known words and of characters drawn evenly from all."""
    out, pool = "", BASIC if narrow else HAN
    while len(out) < room:
        r = rng.random()
        if r < 0.18:
            out += rng.choice(WORDS)
        elif r < 0.90:
            out += "".join(rng.choice(pool) for _ in range(rng.randint(1, 4)))
        elif r < 0.95:
            out += rng.choice(PUNCTUATION[:6] if narrow else PUNCTUATION)
        else:
            out += "".join(rng.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(1, 3)))
    return out[:room]


WIDE = {"(": "（", ")": "）"}


def draw(text, face, rng, spacing):
    """Ink, and for each character its middle and its cell's width, in drawing pixels."""
    pad, h = 30, CAPITAL * 2
    mask = Image.new("L", (int((CAPITAL + spacing) * len(text)) + 2 * pad + 60, h), 0)
    pen, x, places = ImageDraw.Draw(mask), float(pad), []
    for c in text:
        shown = WIDE.get(c, c) if rng.random() < 0.85 else c
        advance = face.getlength(shown)
        pen.text((x, CAPITAL * 1.38), shown, font=face, fill=255, anchor="ls")
        places.append((x + advance / 2, max(advance, 12) + spacing))
        x += advance + spacing
    if rng.random() < 0.3:
        other = "".join(rng.choice(BASIC) for _ in range(14))
        y = rng.choice([CAPITAL * 0.25, CAPITAL * 2.6]) + rng.randint(-6, 6)
        pen.text((rng.randint(-30, 60), y), other, font=face, fill=rng.randint(100, 255), anchor="ls")
    return mask.crop((0, 0, int(x) + pad, h)), places


def han_line(rng, width):
    """A strip as grey values 0 to 255 of ink, and the class of each step (-1: not judged)."""
    (path, index), narrow = face_of(rng)
    face = lines.font(path, index)
    cell = rng.uniform(24, 29)                       # height of a character in the strip
    s = cell / (CAPITAL * 0.93)
    spacing = rng.choice([0, 0, rng.uniform(0, 8), rng.uniform(0, 22)])
    stretch = rng.uniform(0.9, 1.15) if rng.random() < 0.7 else rng.uniform(0.75, 1.3)
    room = int(width / ((CAPITAL + spacing) * s * stretch)) + 1
    text = sentence(rng, narrow, room)
    mask, places = draw(text, face, rng, spacing)
    mask = lines.wear(mask, rng) if rng.random() < 0.8 else mask
    detail = rng.choice([1.0, 1.0, 0.9, 0.75, 0.65, 0.55, 0.48]) * rng.uniform(0.92, 1.08)
    sx = s * stretch
    small = mask.resize((max(8, int(mask.size[0] * sx * detail)), max(8, int(mask.size[1] * s * detail))), Image.BILINEAR)
    if rng.random() < 0.5:
        small = small.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.75)))
    if rng.random() < 0.1:
        small = small.filter(ImageFilter.Kernel((3, 3), [0, 0, 0, 1, 1, 1, 0, 0, 0]))
    middle = (CAPITAL * 1.38 - CAPITAL * 0.38) * s * detail     # middle of a character
    top = middle - HEIGHT / 2 * detail + rng.gauss(0, 0.9) * detail
    left = rng.uniform(-10, 40) * detail
    ow, oh = max(8, int(width * detail)), max(8, int(HEIGHT * detail))
    ink = small.transform((ow, oh), Image.AFFINE, (1, 0, left, 0, 1, top), resample=Image.BILINEAR)
    picture = lines.normalise(lines.photograph(ink, rng, width))
    return picture, targets(text, places, width, sx, left / detail)


def targets(text, places, width, sx, left):
    """The class of each step: the character near its middle, blank between two, undecided elsewhere."""
    steps = width // PITCH
    at = np.arange(steps) * PITCH + PITCH / 2
    out = np.zeros(steps, np.int16)
    for c, (x, w) in zip(text, places):
        x, w = x * sx - left, w * sx
        near = np.abs(at - x) / w
        whole = x - w * 0.5 > -2 and x + w * 0.5 < width + 2
        out[near < 0.5] = np.where(near[near < 0.5] < 0.36, -1, out[near < 0.5])
        inside = near < 0.27
        if not inside.any():
            inside = near == near.min()
        if whole:
            out[inside] = INDEX[c]
        else:
            out[near < 0.55] = -1
    return out
