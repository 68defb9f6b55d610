package ui

import "cacheview/decode"

// Place is a server as its user knows it.
type Place struct {
	Name string // of the saved connection; "" when there is none
	// Production has every change of keys confirmed by their count.
	Production bool
	Staging    bool
}

// badge stands in the top line of a place where mistakes are dear.
func (p Place) badge() string {
	switch {
	case p.Production:
		return " PRODUCTION "
	case p.Staging:
		return " STAGING "
	}
	return ""
}

// label is the name before the address.
func (p Place) label() string {
	if p.Name == "" {
		return ""
	}
	return " " + decode.Printable(p.Name) + " ·"
}
