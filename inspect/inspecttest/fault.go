package inspecttest

// Loss is what a connection that breaks takes with it.
type Loss int

// The losses of Proxy.CutAt.
const (
	LoseRequest Loss = iota // the server never sees it
	LoseReply               // the server has done it, and nobody is told
	LoseHalf                // the reply ends in its middle
	LoseRest                // no connection breaks, and nothing answers any more
)

// fault is a break that is to come.
type fault struct {
	left   int // packets until then; 0 for none
	loss   Loss
	refuse bool
	struck bool
}

// CutAt breaks every connection at the n-th packet from now, of requests for
// LoseRequest, else of replies, which is lost; LoseRest breaks none. With refuse, nobody gets a new
// connection after that. With n 0 nothing breaks any more.
func (p *Proxy) CutAt(n int, loss Loss, refuse bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault{left: n, loss: loss, refuse: refuse}
}

// Pending reports whether a break of CutAt is still to come.
func (p *Proxy) Pending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault.left > 0
}

// Broke reports whether the break of the last CutAt has come.
func (p *Proxy) Broke() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault.struck
}

// strikes counts a packet of n bytes, and tells how much of it is let through
// when it is the one.
func (p *Proxy) strikes(reply bool, n int) (keep int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &p.fault
	if f.left == 0 || reply == (f.loss == LoseRequest) {
		return 0, false
	}
	if f.left--; f.left > 0 {
		return 0, false
	}
	f.struck = true
	if f.loss == LoseRest {
		p.silent.Store(true)
		return 0, false
	}
	p.closed.Store(f.refuse)
	if f.loss == LoseHalf {
		keep = n / 2
	}
	return keep, true
}
