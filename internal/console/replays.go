package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/check"
	"realname/internal/desk"
	"realname/internal/review"
)

// replaysShown is how many reports a page lists, and replayDays how far back one goes.
const replaysShown = 30

var replayDays = []int{1, 7, 30, 90}

type replaysBody struct {
	Replays   []desk.Replay
	Days      []int
	RuleSet   string
	Overrides string
	Fault     string // key of a text
	Cause     string // what is wrong about the rules
}

func (c *Console) getReplays(w http.ResponseWriter, r *request) error {
	return c.showReplays(w, r, http.StatusOK, replaysBody{})
}

func (c *Console) showReplays(w http.ResponseWriter, r *request, status int, b replaysBody) (err error) {
	b.Days, b.RuleSet = replayDays, c.Rules.Version
	if b.Replays, err = c.Work.Replays(r.Context(), r.Tenant, replaysShown); err != nil {
		return err
	}
	return c.show(w, r, status, "replays", "replays", b)
}

// judge are the rules of the service with others over them.
func (c *Console) judge(overrides string) (check.Rules, error) {
	if strings.TrimSpace(overrides) == "" {
		return check.Rules{Set: c.Rules}, nil
	}
	set, err := c.Rules.With([]byte(overrides))
	return check.Rules{Set: set}, err
}

// postReplays begins a report.
func (c *Console) postReplays(w http.ResponseWriter, r *request) error {
	days, ok := choice(r, "days", replayDays)
	if !ok {
		return review.ErrNotFound
	}
	overrides := r.PostFormValue("overrides")
	judge, err := c.judge(overrides)
	if err != nil {
		return c.showReplays(w, r, http.StatusUnprocessableEntity, replaysBody{Overrides: overrides, Fault: "replay_wrong", Cause: err.Error()})
	}
	now := c.Now()
	p := desk.Replay{ID: uuid.Must(uuid.NewV7()).String(), Days: days, Overrides: overrides, RuleSet: judge.Set.Version, Reached: idOf(now.AddDate(0, 0, -days))} // fails only without a source of randomness
	err = c.Work.StartReplay(r.Context(), r.Session, p)
	if errors.Is(err, desk.ErrTooMany) {
		return c.showReplays(w, r, http.StatusConflict, replaysBody{Overrides: overrides, Fault: "replay_open"})
	}
	if err != nil {
		return err
	}
	c.ring()
	http.Redirect(w, r.Request, "/console/replays/"+p.ID, http.StatusSeeOther)
	return nil
}

// idOf is below every id that was made at an instant or later.
func idOf(t time.Time) string {
	hex := fmt.Sprintf("%012x", t.UnixMilli())
	return hex[:8] + "-" + hex[8:] + "-0000-0000-000000000000"
}

// replayBody is what the page of a report shows.
type replayBody struct {
	desk.Replay
	Moves  []moveView
	Checks []checkView
}

// moveView is how many outcomes would move from one to another.
type moveView struct {
	desk.Flip
	N int
}

// checkView is how often a check would find no more, or anew.
type checkView struct {
	ID        review.CheckID
	Gone, New int
}

func (c *Console) getReplay(w http.ResponseWriter, r *request) error {
	p, err := c.Work.Replay(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := replayBody{Replay: p}
	for key, n := range p.Report.Moves {
		b.Moves = append(b.Moves, moveView{readMove(key), n})
	}
	slices.SortFunc(b.Moves, func(a, b moveView) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(move(a.Flip), move(b.Flip))) })
	b.Checks = checksOf(p.Report)
	return c.show(w, r, http.StatusOK, "replay", "replay_one", b)
}

func checksOf(p desk.Report) (list []checkView) {
	at := map[review.CheckID]checkView{}
	for id, n := range p.Gone {
		at[id] = checkView{id, n, at[id].New}
	}
	for id, n := range p.New {
		at[id] = checkView{id, at[id].Gone, n}
	}
	for _, v := range at {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b checkView) int {
		return cmp.Or(cmp.Compare(b.Gone+b.New, a.Gone+a.New), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// move writes from which outcome to which a flip goes, and readMove reads it.
func move(f desk.Flip) string {
	return strings.Join([]string{string(f.Was), string(f.WasReason), string(f.Would), string(f.WouldReason)}, " ")
}

func readMove(key string) desk.Flip {
	p := append(strings.Split(key, " "), "", "", "", "")
	return desk.Flip{Was: review.Kind(p[0]), WasReason: review.Reason(p[1]), Would: review.Kind(p[2]), WouldReason: review.Reason(p[3])}
}

// getReplayLive follows a report.
func (c *Console) getReplayLive(w http.ResponseWriter, r *request) error {
	return c.follow(w, r, livePause, func() (map[string]int, bool, error) {
		p, err := c.Work.Replay(r.Context(), r.Tenant, r.PathValue("id"))
		return map[string]int{"seen": p.Report.Seen, "total": p.Total, "flips": p.Flips}, !p.Open(), err
	})
}

// stepReplay does the next part of an open report, and says whether there was one.
func (c *Console) stepReplay(ctx context.Context) (more bool, err error) {
	p, err := c.Work.NextReplay(ctx)
	if errors.Is(err, review.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	from := p.Reached
	judge, err := c.judge(p.Overrides)
	if err != nil { // they were good when they were written; the service has others since
		p.State = "failed"
		return true, c.Work.SaveReplay(ctx, p, from)
	}
	list, err := c.Work.Decided(ctx, p.Tenant, from, min(desk.ReplayStep, desk.MaxReplay-p.Report.Seen))
	if err != nil {
		return false, err
	}
	p.State = "running"
	for _, d := range list {
		p.Reached = d.SubmissionID
		replayOne(&p, judge, d)
	}
	if len(list) < desk.ReplayStep || p.Report.Seen >= desk.MaxReplay {
		p.State = "done"
	}
	if err := c.Work.SaveReplay(ctx, p, from); err != nil && !errors.Is(err, review.ErrFenced) {
		return false, err
	}
	return true, nil
}

// replayOne decides one outcome again.
func replayOne(p *desk.Replay, judge check.Rules, d desk.Decided) {
	p.Report.Seen++
	if d.Facts == nil || d.Outcome == nil {
		return
	}
	p.Total++
	flip := judge.Replay(d.Profile, *d.Facts, *d.Outcome)
	if flip == nil {
		return
	}
	p.Flips++
	r := &p.Report
	if r.Moves == nil {
		r.Moves, r.Gone, r.New = map[string]int{}, map[review.CheckID]int{}, map[review.CheckID]int{}
	}
	f := desk.Flip{SubmissionID: d.SubmissionID, Was: flip.Was.Kind, WasReason: flip.Was.Primary, Would: flip.Would.Kind, WouldReason: flip.Would.Primary}
	r.Moves[move(f)]++
	for _, id := range flip.Gone {
		r.Gone[id]++
	}
	for _, id := range flip.New {
		r.New[id]++
	}
	if len(r.Listed) < desk.ReplayFlips {
		r.Listed = append(r.Listed, f)
	}
}

// Percent is a share of a whole, for people.
func (r replayBody) Percent() string {
	if r.Total == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(r.Flips)*100/float64(r.Total), 'f', 2, 64) + " %"
}

// outcomeKey is the key of an outcome's text: what a person reads is where the
// submission would stand.
func outcomeKey(k review.Kind) string {
	if k == review.Deferred {
		return "standing_waiting"
	}
	return "standing_" + string(k)
}
