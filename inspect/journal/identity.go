package journal

import (
	"slices"
	"strings"
	"time"
)

// Identity tells one server from another, however it is addressed. Fields that
// the server did not report are empty.
type Identity struct {
	// RunID names the process. It changes when the server restarts.
	RunID string `json:"run_id,omitempty"`
	// ReplID and ReplID2 name the history of the data: a replica has those of its
	// master, and a promoted one keeps the old one as ReplID2. See the Redis page
	// "Replication".
	ReplID  string `json:"replid,omitempty"`
	ReplID2 string `json:"replid2,omitempty"`
	// Nodes are the IDs of the cluster's nodes, sorted. They outlive restarts.
	Nodes []string `json:"nodes,omitempty"`
	// Sentinel is the name of the master under its sentinels. It is a hint.
	Sentinel string `json:"sentinel,omitempty"`
	// Started is when the process started, by the clock of this machine. It is a
	// hint; zero means unknown.
	Started time.Time `json:"started,omitzero"`
}

// Match is the result of comparing two identities.
type Match int

// The results, from unknown to proven.
const (
	// Unsure means that neither is proven: the server does not identify itself,
	// or it was restarted and kept none of its IDs.
	Unsure Match = iota
	// Same means that both are one server, or one history of data.
	Same
	// Other means that they are different servers.
	Other
)

// Compare reports whether here is the server that a journal from id, written at
// when, belongs to. ID and here are both of one database or cluster.
func (id Identity) Compare(here Identity, when time.Time) Match {
	switch {
	case len(id.Nodes) > 0 && len(here.Nodes) > 0:
		if intersects(id.Nodes, here.Nodes) {
			return Same
		}
		return Other
	case id.RunID != "" && id.RunID == here.RunID:
		return Same
	case intersects(id.history(), here.history()):
		return Same
	case (len(id.Nodes) > 0) != (len(here.Nodes) > 0) && id.named() && here.named():
		return Other // one is a cluster
	case id.RunID == "" || here.RunID == "":
		return Unsure
	case !here.Started.IsZero() && !when.IsZero() && here.Started.Add(startSlack).Before(when):
		// This process ran already when the journal was written, so it is not the
		// other one after a restart.
		return Other
	}
	return Unsure
}

// startSlack allows for a start time that is computed from whole seconds, and
// for two clocks that differ.
const startSlack = 10 * time.Second

func (id Identity) named() bool { return id.RunID != "" || len(id.Nodes) > 0 }

// history lists the replication IDs that are set. Forty zeros stand for none.
func (id Identity) history() []string {
	var ids []string
	for _, r := range []string{id.ReplID, id.ReplID2} {
		if strings.Trim(r, "0") != "" {
			ids = append(ids, r)
		}
	}
	return ids
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
