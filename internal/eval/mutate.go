package eval

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"realname/internal/text"
)

// Mutation is a value that differs from the true one by a slip that people make.
type Mutation struct {
	Class string // look_alike, swap, left_out, doubled, valid_check, wrong_character
	Value string
}

// The characters that are taken for one another in numbers.
var numberLookAlikes = []string{"0DQC", "1LJT7", "8B3", "6G", "2Z7", "5S", "UVY", "MNW", "EF", "PR", "KX", "4A", "9GP", "HN"}

// The Chinese characters that are taken for one another in names.
var nameLookAlikes = strings.Fields(`未末 己已巳 土士工 干千于子 日曰目 大太犬天夫 王玉主五 木本术 人入八 刀力 田由甲申电 白百自 牛午 贝见 乌鸟 今令
	兔免 侯候 享亨 住往佳 徽微 晴睛 析折拆 拨拔 暖缓 幕墓慕 蓝篮 博搏 辉挥晖 宏宠 宇字宁 安妥 成戌 伟纬 明朋 阳阴 湖胡 清请情 海诲 洋样
	建健 科料 技枝 限眼 司同 公分 华毕 业亚 广厂 东车 兴光 利刹 和知 贸货贷资 商南 诚城 润涧 泽译 源原 浩洁 锐税 鹏朋 腾滕 荣菜 富福 瑞端
	丰半 顺须 通道 远近 信言 德得 智知 云去 网罔 程呈 设没投 制刺 造选 材村 品晶 服报 装袋 饰饬 管菅 理埋 询洵 文又 化比 传专 媒谋 北比
	京亰 深探 圳训 市巾 州洲 新斤 省看 县具 区匹 有冇 责贵 任仕 集隼 团因 股段 份分 经径 营菅 部陪 店点 行仃 合台 作诈 社杜 会金 限根 生主
	物牧 医矢 药约 器品 械戒 机杌 电申 气乞 汽汔 动劲 力刀 能熊 环坏 保堡 服眼 务条 发友 展屐 开并 产立 房户 地他 置直 装裴 潢璜 饮次 食良`)

// Numbers makes n slips of a number; the same seed text gives the same ones.
func Numbers(number, seed string, n int, check func(body string) string) []Mutation {
	g := generator(seed + "number")
	makers := []func() Mutation{
		func() Mutation { return Mutation{"look_alike", lookAlike(g, number, similarFigures)} },
		func() Mutation { return Mutation{"swap", swapped(g, number)} },
		func() Mutation { return Mutation{"left_out", leftOut(g, number)} },
		func() Mutation { return Mutation{"doubled", doubled(g, number)} },
		func() Mutation { return Mutation{"valid_check", validSlip(g, number, check)} },
		func() Mutation {
			return Mutation{"wrong_character", lookAlike(g, number, func(rune) []rune { return figures })}
		},
	}
	return collect(n, number, g, makers)
}

// Names makes n slips of a name.
func Names(name, seed string, n int) []Mutation {
	g := generator(seed + "name")
	makers := []func() Mutation{
		func() Mutation { return Mutation{"look_alike", lookAlike(g, name, similarHan)} },
		func() Mutation { return Mutation{"swap", swapped(g, name)} },
		func() Mutation { return Mutation{"left_out", leftOut(g, name)} },
		func() Mutation { return Mutation{"doubled", doubled(g, name)} },
	}
	return collect(n, name, g, makers)
}

func generator(seed string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return rand.New(rand.NewPCG(h.Sum64(), 20251))
}

// collect takes slips of all classes in turn, each value once, until there are
// n or no new ones turn up.
func collect(n int, original string, g *rand.Rand, makers []func() Mutation) []Mutation {
	seen := map[string]bool{original: true, "": true}
	var out []Mutation
	for tries := 0; len(out) < n && tries < 40*n; tries++ {
		m := makers[tries%len(makers)]()
		if !seen[m.Value] {
			seen[m.Value] = true
			out = append(out, m)
		}
	}
	return out
}

// lookAlike puts a similar character in the place of one that has any.
func lookAlike(g *rand.Rand, text string, similar func(rune) []rune) string {
	r := []rune(text)
	if len(r) == 0 {
		return ""
	}
	i := g.IntN(len(r))
	others := similar(r[i])
	if len(others) == 0 {
		return ""
	}
	r[i] = others[g.IntN(len(others))]
	return string(r)
}

var figures = []rune("0123456789ABCDEFGHJKLMNPQRTUWXY")

func similarFigures(c rune) []rune { return inSets(c, numberLookAlikes) }

func inSets(c rune, sets []string) []rune {
	var out []rune
	for _, set := range sets {
		if strings.ContainsRune(set, c) {
			out = append(out, []rune(strings.ReplaceAll(set, string(c), ""))...)
		}
	}
	return out
}

var (
	similarMemo  = map[rune][]rune{}
	similarGuard sync.Mutex
)

// similarHan lists the characters that look like one: our own pairs and those
// of package text.
func similarHan(c rune) []rune {
	similarGuard.Lock()
	defer similarGuard.Unlock()
	if out, ok := similarMemo[c]; ok {
		return out
	}
	out := inSets(c, nameLookAlikes)
	for o := rune(0x4E00); c >= 0x4E00 && o <= 0x9FA5; o++ {
		if o != c && text.Similar(c, o) && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	similarMemo[c] = out
	return out
}

func swapped(g *rand.Rand, s string) string {
	r := []rune(s)
	if len(r) < 2 {
		return ""
	}
	i := g.IntN(len(r) - 1)
	r[i], r[i+1] = r[i+1], r[i]
	return string(r)
}

func leftOut(g *rand.Rand, s string) string {
	r := []rune(s)
	if len(r) < 3 {
		return ""
	}
	i := g.IntN(len(r))
	return string(r[:i]) + string(r[i+1:])
}

func doubled(g *rand.Rand, s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	i := g.IntN(len(r))
	return string(r[:i+1]) + string(r[i:])
}

// validSlip makes a look-alike slip, or changes one figure, and mends the check
// character: nothing but the picture can tell it from the true number.
func validSlip(g *rand.Rand, number string, check func(string) string) string {
	if len(number) != 18 {
		return ""
	}
	body := lookAlike(g, number[:17], similarFigures)
	if body == "" || g.IntN(2) == 0 {
		b := []byte(number[:17])
		b[2+g.IntN(15)] = byte('0' + g.IntN(10))
		body = string(b)
	}
	if fixed := check(body); fixed != number {
		return fixed
	}
	return ""
}
