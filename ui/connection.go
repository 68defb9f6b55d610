package ui

import (
	"cacheview/ui/config"
	"cacheview/ui/theme"
)

// Place is a server as its user knows it.
type Place struct {
	Name string // of the saved connection; "" when there is none
	// Source is who said so, where that was not the user.
	Source string
	// Environment is how much a mistake costs there; in production every
	// change of keys is confirmed by their count.
	Environment config.Environment
}

// badge stands in the top line of a place that the user has named: the dearer
// a mistake, the louder.
func (p Place) badge(th *theme.Theme) badge {
	switch p.Environment {
	case config.Production:
		return badge{" PRODUCTION ", th.Badge}
	case config.Staging:
		return badge{" STAGING ", th.BadgeWarn}
	case config.Dev:
		return badge{" DEV ", th.BadgeCalm}
	}
	return badge{}
}

// badge is a word on a ground of its own in the top line.
type badge struct {
	text string
	ink  theme.Style
}
