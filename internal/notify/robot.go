package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"realname/internal/netguard"
	"realname/internal/remote"
	"realname/internal/review"
)

// robot is how one chat program wants to be told.
type robot struct {
	// message is the body for a text in Markdown of at most most bytes.
	message func(title, text string) map[string]any
	most    int
	// sign adds the signature under the group's secret to the address or the body.
	sign  func(secret string, at time.Time, query url.Values, body map[string]any)
	code  string        // the field of the answer that is 0 when the message was taken
	busy  []int         // its values that mean too many messages, or a server that is busy
	gone  []int         // its values that mean that robot or group are no more
	unfit []int         // its values that mean that this one message is not taken, now or later
	pause time.Duration // how long a robot rests that was sent too much
}

// The robots, as their vendors document them.
//
// WeCom, developer.work.weixin.qq.com/document/path/91770: 20 messages a minute, 4,096
// bytes of Markdown in UTF-8, the key in the address is all the protection. Its codes are
// those of path/90313: 45009 and 45033 too many, 93000 no such robot or one removed, 93008
// not in the group; 93004 is a robot that was switched off, which may come back.
//
// DingTalk, open.dingtalk.com/document/orgapp/custom-robots-send-group-messages: 20 messages a
// minute, and who sends more rests for ten; 130101 and 410100 say so. 300001, 300005 and 400101 are
// an unknown token, 400013 a dissolved group, 400106 no robot; 400102 one switched off.
// 430101 to 430104 refuse the content. A signature is good for an hour.
//
// Feishu, open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: 100 messages a minute,
// five a second, 20 KB; 11232 is too many, 19001 an unknown token. A signature, under
// timestamp and secret over nothing, is good for an hour.
var robots = map[review.EndpointKind]robot{
	review.WeCom: {
		message: func(_, text string) map[string]any {
			return map[string]any{"msgtype": "markdown", "markdown": map[string]string{"content": text}}
		},
		most: 4096, sign: func(string, time.Time, url.Values, map[string]any) {}, // the key in the address is all
		code: "errcode", busy: []int{-1, 45009, 45033}, gone: []int{93000, 93008}, pause: time.Minute,
	},
	review.DingTalk: {
		message: func(title, text string) map[string]any {
			return map[string]any{"msgtype": "markdown", "markdown": map[string]string{"title": title, "text": text}}
		},
		most: 5000, sign: signDingTalk, code: "errcode", busy: []int{-1, 130101, 410100}, gone: []int{300001, 300005, 400013, 400101, 400106},
		unfit: []int{430101, 430102, 430103, 430104}, pause: 10 * time.Minute,
	},
	review.Feishu: {
		message: func(title, text string) map[string]any {
			return map[string]any{"msg_type": "interactive", "card": map[string]any{
				"header":   map[string]any{"title": map[string]string{"tag": "plain_text", "content": title}},
				"elements": []any{map[string]string{"tag": "markdown", "content": text}},
			}}
		},
		most: 15000, sign: signFeishu, code: "code", busy: []int{11232}, gone: []int{19001}, pause: time.Minute,
	},
}

// signDingTalk signs milliseconds and secret under the secret, in the address.
func signDingTalk(secret string, at time.Time, query url.Values, _ map[string]any) {
	stamp := strconv.FormatInt(at.UnixMilli(), 10)
	query.Set("timestamp", stamp)
	query.Set("sign", hmac256(secret, stamp+"\n"+secret))
}

// signFeishu signs nothing under seconds and secret, in the body.
func signFeishu(secret string, at time.Time, _ url.Values, body map[string]any) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	body["timestamp"] = stamp
	body["sign"] = hmac256(stamp+"\n"+secret, "")
}

func hmac256(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// RobotSender tells chat groups by their robots.
type RobotSender struct {
	client *http.Client
	now    func() time.Time
}

// NewRobotSender makes a sender that reaches only what the guard permits.
func NewRobotSender(guard netguard.Guard, now func() time.Time) *RobotSender {
	return &RobotSender{client: guardedClient(guard), now: now}
}

// Send posts the notice once.
func (s *RobotSender) Send(ctx context.Context, d review.Delivery, n Notice) Result {
	kind := robots[d.Endpoint.Kind]
	req, err := s.request(ctx, kind, d, newPage(n))
	if err != nil {
		return Result{Try: Try{Error: err.Error()}, Final: true}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return Result{Try: Try{Error: "request failed: " + string(remote.CauseOf(err))}, Blamed: true}
	}
	defer func() { _ = resp.Body.Close() }()
	return kind.judge(resp)
}

func (s *RobotSender) request(ctx context.Context, kind robot, d review.Delivery, p Page) (*http.Request, error) {
	u, err := url.Parse(d.Endpoint.Target)
	if err != nil {
		return nil, errors.New("the endpoint's address is not a URL") // the address itself is a secret
	}
	body, query := kind.message(p.Subject, cut(p.markdown(), kind.most)), u.Query()
	if d.Endpoint.Secret != "" {
		kind.sign(d.Endpoint.Secret, s.now(), query, body)
	}
	u.RawQuery = query.Encode()
	data, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("make request: the endpoint's address is not a URL")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req, nil
}

// judge reads an answer: chat programs say 200 and their own code in the body.
func (r robot) judge(resp *http.Response) Result {
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, answerRead)) // what came is kept, an error adds nothing
	out := Result{Try: Try{Status: resp.StatusCode, Answer: string(answer[:min(len(answer), answerKept)])}}
	var fields map[string]any
	_ = json.Unmarshal(answer, &fields) // no JSON has no code
	code, ok := fields[r.code].(float64)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || ok && slices.Contains(r.busy, int(code)):
		out.Error, out.RetryAfter = "the chat program takes no more messages for now", r.pause
	case ok && slices.Contains(r.gone, int(code)):
		out.Error, out.Final, out.Gone, out.Blamed = "the robot was removed from its group", true, true, true
	case ok && slices.Contains(r.unfit, int(code)):
		out.Error, out.Final = "the chat program does not take such a message, code "+strconv.Itoa(int(code)), true
	case resp.StatusCode != http.StatusOK || !ok:
		out.Error, out.Blamed = "the chat program answered "+strconv.Itoa(resp.StatusCode), true
	case code != 0:
		out.Error, out.Blamed = "the chat program refused with code "+strconv.Itoa(int(code)), true
	default:
		out.Delivered = true
	}
	return out
}

// markdown says a page in what the three chat programs have in common.
func (p *Page) markdown() string {
	lines := []string{"**" + plain(p.Heading) + "**", plain(p.About)}
	for _, l := range p.Lead {
		lines = append(lines, plain(l))
	}
	for _, m := range slices.Concat(p.Must, p.Waits) {
		lines = append(lines, "- "+plain(m.Title))
	}
	for _, f := range p.Facts {
		lines = append(lines, "- "+plain(f.Label)+"**"+plain(f.Value)+"**")
	}
	if p.Deadline != "" {
		lines = append(lines, plain(p.Deadline))
	}
	return strings.Join(append(lines, plain(p.Reference)), "\n\n")
}

// plain keeps what is inserted from being read as Markdown or as a mention.
func plain(s string) string {
	return strings.NewReplacer("*", "∗", "[", "［", "]", "］", "<", "＜", ">", "＞", "`", "'", "@", "＠", "\n", " ").Replace(s)
}

// cut shortens a text to so many bytes, at a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}
