package decode

import (
	"math"
	"slices"

	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// MemberViews finds the view of a collection from its members: the places of a
// GEO set, the calls in a queue of Celery. The zero value is ready to use.
type MemberViews struct {
	columns []string
	rows    views.List
	members int
}

// Add takes the reading of the next member.
func (m *MemberViews) Add(r Result) {
	m.members++
	if r.Shown == nil || r.Shown.Len() != 1 || len(m.rows) > 0 && !slices.Equal(m.columns, r.Shown.Columns) {
		return
	}
	m.columns, m.rows = r.Shown.Columns, append(m.rows, r.Shown.Rows.At(0))
}

// View returns the view of the members that were added, if all of them have one
// of the same columns, or if their scores are places; asGeo says that they are.
func (m *MemberViews) View(kind string, members []Member, asGeo bool) (views.View, bool) {
	if kind == "zset" && len(members) > 0 && (asGeo || isGeo(members)) {
		rows := make(views.List, len(members))
		for i, x := range members {
			longitude, latitude := geoPlace(uint64(x.Score))
			rows[i] = []value.Value{plainMember(x.Value), value.NewFloat(longitude), value.NewFloat(latitude)}
		}
		return views.OfTable([]string{"member", "longitude", "latitude"}, rows), true
	}
	if (kind == "list" || kind == "set") && len(m.rows) > 0 && len(m.rows) == m.members {
		return views.OfTable(m.columns, m.rows), true
	}
	return views.View{}, false
}

// Geo is the format that reads the scores of a sorted set as places.
const Geo = "geo"

const (
	geoBits  = 26 // of each coordinate (geohash.h)
	geoScore = 1 << (2 * geoBits)
	geoLeast = 1 << 44 // lower scores are counts and times in milliseconds
	// Times in microseconds, of the years 2001 to 2039, are as large as places.
	firstMicros, lastMicros = 1e15, 2.2e15
	// A sorted set of times covers a few years.
	microsSpread = 10 * 366 * 86400 * 1e6
)

// isGeo reports whether the scores of a sorted set are places of GEOADD: whole
// numbers of 52 bits that are too large for counts, and not times.
func isGeo(members []Member) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range members {
		if x.Score != math.Trunc(x.Score) || x.Score < geoLeast || x.Score >= geoScore {
			return false
		}
		low, high = min(low, x.Score), max(high, x.Score)
	}
	return !(low >= firstMicros && high <= lastMicros && high-low < microsSpread)
}

// geoPlace is the middle of the cell that a score stands for, in degrees.
func geoPlace(score uint64) (longitude, latitude float64) {
	var x, y uint64
	for i := range geoBits {
		y |= score >> (2 * i) & 1 << i
		x |= score >> (2*i + 1) & 1 << i
	}
	const cells, maxLatitude = 1 << geoBits, 85.05112878
	round := func(f float64) float64 { return math.Round(f*1e6) / 1e6 } // a cell is 0.6 m wide
	return round(-180 + (float64(x)+0.5)*360/cells), round(-maxLatitude + (float64(y)+0.5)*2*maxLatitude/cells)
}
