package limit

import "sync"

// Places bound what goes on at once: what all may hold together, and of that what one
// tenant may. Each upload under way takes memory for as long as its client takes to
// send it, so that slow clients must not be let in without end.
type Places struct {
	All, Each int

	mu    sync.Mutex
	taken int
	by    map[string]int
}

// Take takes a place for a tenant and returns how to give it back. Without a place it
// says false at once. A nil Places has room for everybody.
func (p *Places) Take(tenant string) (leave func(), ok bool) {
	if p == nil {
		return func() {}, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken >= p.All || p.by[tenant] >= p.Each {
		return nil, false
	}
	if p.by == nil {
		p.by = map[string]int{}
	}
	p.taken++
	p.by[tenant]++
	return sync.OnceFunc(func() { p.leave(tenant) }), true
}

func (p *Places) leave(tenant string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.by[tenant]--; p.by[tenant] == 0 {
		delete(p.by, tenant)
	}
}
