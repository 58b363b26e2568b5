package reader

import "testing"

func TestNameTokenDropsLabelsAndMarks(t *testing.T) {
	for _, c := range [][3]string{
		{"名称样本科技有限公司", "样本科技有限公司", "样本科技有限公司"},
		{"名称:样本科技有限公司。", "样本科技有限公司", "样本科技有限公司"},
		{"姓名张样本", "张样本", "张样本"},
		{"样本科技有限公司上海分公司", "样本科技有限公司", "样本科技有限公司上海分公司"}, // never cut at the end
		{"名流样本有限公司", "名流样本有限公司", "名流样本有限公司"},           // a name that starts like a label
	} {
		if got := nameToken(c[0], c[1]); got != c[2] {
			t.Errorf("%s: %q, want %q", c[0], got, c[2])
		}
	}
}

func TestVotes(t *testing.T) {
	const want = "样本科技有限公司"
	for _, c := range []struct {
		name  string
		reads []string
		agree bool
	}{
		{"each character read at least once", []string{"样木科技有限公司", "样本科枝有限公司", "样本科技有限公司"}, true},
		{"one character never read", []string{"样木科技有限公司", "样木科枝有限公司"}, false},
		{"another character read as often", []string{"样木科技有限公司", "样本科枝有限公司"}, false},
		{"one left out in most reads", []string{"样科技有限公司", "样科技有限公司", "样本科技有限公司"}, false},
	} {
		v := newVotes(want)
		for _, r := range c.reads {
			v.add(r)
		}
		if v.agree() != c.agree {
			t.Errorf("%s: agree is %v", c.name, !c.agree)
		}
	}
}

func TestMatchTitle(t *testing.T) {
	titles := []TypeTitle{
		{"YYZZ", []string{"营业执照"}},
		{"TYDM", []string{"统一社会信用代码证书"}},
		{"SYDWFR", []string{"事业单位法人证书"}},
	}
	for _, c := range []struct {
		text string
		code string
	}{
		{"营业执照", "YYZZ"}, {"营业执昭", "YYZZ"}, {"中华人民共和国事业单位法人证书", "SYDWFR"}, {"统一社会信用代码证书", "TYDM"},
	} {
		if code, _, share := matchTitle(c.text, titles); string(code) != c.code || share < titleShare {
			t.Errorf("%s: %s with %.2f", c.text, code, share)
		}
	}
	for _, text := range []string{"统一社会信用代码", "执行公告", "毕业证书", ""} {
		if code, _, share := matchTitle(text, titles); share >= titleShare {
			t.Errorf("%q passed as %s with %.2f", text, code, share)
		}
	}
}
