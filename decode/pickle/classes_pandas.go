package pickle

import (
	"fmt"
	"math"
	"strings"

	"cacheview/decode/value"
)

// timestampUnits are the numbers of numpy's NPY_DATETIMEUNIT that pandas uses.
var timestampUnits = map[int64]string{7: "s", 8: "ms", 9: "us", 10: "ns"}

// readTimestamp is a pandas Timestamp: (count, frequency, zone, unit), the
// count since 1970 in UTC.
func readTimestamp(o object) (value.Value, bool) {
	n, ok := o.int(0)
	if !ok || len(o.args) < 3 || len(o.args) > 4 || o.extra() || n == math.MinInt64 {
		return value.Nil, false
	}
	unit := "ns"
	if len(o.args) == 4 {
		code, _ := o.int(3)
		if unit, ok = timestampUnits[code]; !ok {
			return value.Nil, false
		}
	}
	offset := ""
	if zone := o.args[2]; o.kind(zone) != kNone {
		if !o.isZone(zone) {
			return value.Nil, false
		}
		tz := o.value(zone)
		if tz.Tag() != "timezone" || !isOffset(tz.Text()) || len(tz.Attrs()) > 0 {
			return value.Nil, false // which offset the zone had then, only its rules tell
		}
		offset = tz.Text()
		var h, m int64
		if _, err := fmt.Sscanf(offset[1:], "%02d:%02d", &h, &m); err != nil || len(offset) != 6 {
			return value.Nil, false
		}
		shift := (h*3600 + m*60) * timeUnits[unit].perSecondOrOne()
		if offset[0] == '-' {
			shift = -shift
		}
		n += shift
	}
	text := dtype{unit: unit, step: 1}.datetime(n).Text()
	if dot := strings.IndexByte(text, '.'); dot >= 0 {
		switch fraction := text[dot+1:]; {
		case strings.Trim(fraction, "0") == "":
			text = text[:dot]
		case len(fraction) == 9 && strings.HasSuffix(fraction, "000"), len(fraction) == 3:
			text = text[:dot+1] + (fraction + "000")[:6]
		}
	}
	return value.NewText(text + offset).WithTag("datetime"), true
}

func (u timeScale) perSecondOrOne() int64 { return max(u.perSecond, 1) }
