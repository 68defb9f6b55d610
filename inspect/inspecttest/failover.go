package inspecttest

import "strings"

// StartReplica runs a replica of s, and waits until it follows.
func (s *Server) StartReplica() *Server {
	s.tb.Helper()
	host, port := s.hostPort()
	r := Start(s.tb, "--replicaof", host, port, "--repl-diskless-sync-delay", "0")
	w := r.Dial(0)
	r.eventually("the replica does not follow", func() bool {
		return strings.Contains(w.Text("INFO", "replication"), "master_link_status:up")
	})
	return r
}

// WatchedClosely has the sentinel at addr notice within half a second that s is
// gone, and waits until it knows of a replica to put in its place.
func (s *Server) WatchedClosely(addr, name string) {
	s.tb.Helper()
	w := Dial(s.tb, "tcp", addr, 0)
	w.must("SENTINEL", "SET", name, "down-after-milliseconds", "500", "failover-timeout", "3000")
	s.eventually("the sentinel knows no replica", func() bool {
		replicas, _ := w.Do("SENTINEL", "REPLICAS", name).([]any)
		if len(replicas) == 0 {
			return false
		}
		fields, _ := replicas[0].([]any)
		for i := 0; i+1 < len(fields); i += 2 {
			if fields[i] == "master-link-status" {
				return fields[i+1] == "ok"
			}
		}
		return false
	})
}

// Promoted waits until the sentinel at addr has made a master of a replica.
func (s *Server) Promoted(addr, name string) {
	s.tb.Helper()
	// It breaks the connections of the replica, so that the sentinel is asked.
	w := Dial(s.tb, "tcp", addr, 0)
	_, port := s.hostPort()
	s.eventually("the replica is not promoted", func() bool {
		at, _ := w.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).([]any)
		return len(at) == 2 && at[1] == port
	})
}
