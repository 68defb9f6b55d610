package human

import (
	"fmt"
	"strings"

	"cacheview/inspect"
)

// mastersTold is how many masters of a cluster are told of one by one.
const mastersTold = 6

// ScanProgress says how far the masters of a cluster are listed, "3 masters: 40% 38%
// 41%", and of many only the first and the last of them. It is empty where there
// is nothing to say: for a single server, and when a node does not tell how many
// keys it has.
func ScanProgress(nodes []inspect.NodeProgress) string {
	if len(nodes) < 2 {
		return ""
	}
	least, most := int64(100), int64(0)
	var shares []string
	for _, n := range nodes {
		if n.Total < 0 {
			return ""
		}
		share := int64(100)
		if !n.Done { // a part is never shown as the whole
			share = min(100*n.Scanned/max(n.Total, 1), 99)
		}
		least, most = min(least, share), max(most, share)
		shares = append(shares, fmt.Sprintf("%d%%", share))
	}
	told := strings.Join(shares, " ")
	if len(nodes) > mastersTold {
		told = fmt.Sprintf("%d%% to %d%%", least, most)
	}
	return Plural(len(nodes), "master") + ": " + told
}
