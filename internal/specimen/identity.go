package specimen

import (
	"fmt"
	"math/rand/v2"

	"realname/internal/credential"
	"realname/internal/review"
)

// CreditCode makes a credit code that checks and that nobody holds: the
// organisation part begins with MA5EXA, for example.
func CreditCode(rng *rand.Rand) string {
	first := "91440300MA5EXA" + string(letters[rng.IntN(31)]) + string(letters[rng.IntN(31)])
	first += string(credential.OrganisationCheck(first[8:]))
	return first + string(credential.USCCCheck(first))
}

// regions are divisions in which the numbered codes are registered.
var regions = []string{"110105", "120101", "130102", "210102", "310115", "320102", "330106", "340102", "350102", "370102", "420102", "430102", "440106", "440300", "500103", "510104"}

// letters are the characters of credit codes.
const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// NumberedCodes is how many different codes NumberedCode makes.
var NumberedCodes = len(regions) * len(letters) * len(letters)

// NumberedCode makes the i-th of many different credit codes that check and that
// nobody holds; it begins again after NumberedCodes.
func NumberedCode(i int) string {
	first := "91" + regions[i%len(regions)] + "MA5EXA"
	i /= len(regions)
	first += string(letters[i%31]) + string(letters[i/31%31])
	first += string(credential.OrganisationCheck(first[8:]))
	return first + string(credential.USCCCheck(first))
}

// ResidentID makes a resident number that checks and that nobody holds: its
// birth lies before 1910.
func ResidentID(rng *rand.Rand) string {
	return bornLongAgo(rng, credential.ResidentID, "110105")
}

// bornLongAgo makes an 18-digit number of a person born before 1910.
func bornLongAgo(rng *rand.Rand, f credential.Format, region string) string {
	first := fmt.Sprintf("%s%04d%02d%02d%03d", region, 1901+rng.IntN(9), 1+rng.IntN(12), 1+rng.IntN(28), rng.IntN(1000))
	for _, last := range "0123456789X" {
		if n := first + string(last); credential.Valid(f, n) {
			return n
		}
	}
	return "" // one of eleven always fits
}

// PersonNumber makes a number of a person's document of a type that nobody holds:
// a birth before 1910, or a series that was never issued.
func PersonNumber(rng *rand.Rand, t review.CredentialType) string {
	switch t {
	case "HZ":
		return fmt.Sprintf("EZ9%06d", rng.IntN(1_000_000))
	case "GAJMTX":
		return fmt.Sprintf("%s999%05d", []string{"H", "M"}[rng.IntN(2)], rng.IntN(100_000))
	case "TWJMTX":
		return fmt.Sprintf("999%05d", rng.IntN(100_000))
	case "WJLSFZ":
		return bornLongAgo(rng, credential.ForeignResident, "911999")
	case "GAJZZ":
		return bornLongAgo(rng, credential.ResidencePermit, []string{"810000", "820000"}[rng.IntN(2)])
	case "TWJZZ":
		return bornLongAgo(rng, credential.ResidencePermit, "830000")
	}
	return ResidentID(rng)
}

// OldLicence makes an old registration number of 15 digits that checks.
func OldLicence(rng *rand.Rand) string {
	first := fmt.Sprintf("1101059%07d", rng.IntN(10_000_000))
	for _, last := range "0123456789" {
		if n := first + string(last); credential.Valid(credential.Licence15, n) {
			return n
		}
	}
	return "" // one of ten always fits
}

// Words of invented names.
var (
	trades   = []string{"示例科技", "样品贸易", "范本文化", "样张印务", "模拟软件", "试样服饰"}
	surnames = []string{"样", "范", "模", "例"}
	given    = []string{"本甲", "本乙", "本丙", "本丁", "式", "文"}
)

// Company makes the name of a company that does not exist.
func Company(rng *rand.Rand) string {
	return "样本市" + trades[rng.IntN(len(trades))] + "有限公司"
}

// Person makes the name of nobody.
func Person(rng *rand.Rand) string {
	return surnames[rng.IntN(len(surnames))] + given[rng.IntN(len(given))]
}

// Places and words of names that there are many of.
var (
	places = []string{"样本市", "范例市", "示例省", "模拟县", "试样区", "样张州"}
	words  = []rune("安邦昌诚达德丰福广国海航和恒弘华辉佳健金锦景君凯康利联龙茂明宁鹏启强庆荣瑞盛顺泰天通同旺伟祥新信兴旭雅亿盈永宇裕远运泽展正志中众卓")
	lines  = []string{"科技", "贸易", "文化传播", "信息技术", "建筑工程", "餐饮管理", "物流", "电子商务", "咨询服务", "机械设备"}
)

// ManyCompany makes one of many millions of names of companies that do not exist.
func ManyCompany(rng *rand.Rand) string {
	name := places[rng.IntN(len(places))]
	for range 3 {
		name += string(words[rng.IntN(len(words))])
	}
	return name + lines[rng.IntN(len(lines))] + "有限公司"
}
