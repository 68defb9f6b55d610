package human

import (
	"fmt"

	"cacheview/inspect"
)

// Group writes what is known of a consumer group: "2 consumers, 3 pending, last
// delivered 5-0, lag 7".
func Group(g inspect.StreamGroup) string {
	s := fmt.Sprintf("%s, %s pending, last delivered %s",
		Plural(int64(len(g.Consumers))+g.MoreConsumers, "consumer"), Count(g.Pending), g.LastDelivered)
	if g.Lag >= 0 {
		s += ", lag " + Count(g.Lag)
	}
	return s
}
