package crash_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cacheview/ui/crash"
)

const secret = "Sw0rdfish-7"

func TestReportTellsOnlyTheKind(t *testing.T) {
	t.Parallel()
	var none []string
	for name, tt := range map[string]struct {
		panics func()
		kind   string
	}{
		"text":             {func() { panic("redis://:" + secret + "@host \x1b[2J") }, "a panic with a string"},
		"error":            {func() { panic(fmt.Errorf("\x1b]0;%s\a", secret)) }, "a panic with a *"},
		"index":            {func() { _ = none[len(secret)] }, "index out of range [11] with length 0"},
		"wrapped":          {func() { panic(fmt.Errorf("%s: %w", secret, errors.New(secret))) }, "a panic with a *fmt.wrapError"},
		"of another type":  {func() { var x any = secret; _ = x.(int) }, "interface conversion: interface {} is string, not int"},
		"nothing to speak": {func() { panic(struct{ password string }{secret}) }, "a panic with a struct"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := caught(tt.panics)
			report := err.Report()
			if !strings.Contains(err.Error(), tt.kind) || !strings.HasPrefix(report, err.Error()) {
				t.Errorf("%q", err)
			}
			if strings.Contains(report, secret) || strings.ContainsAny(report, "\x1b\a\t\r") {
				t.Errorf("%q", report)
			}
			if !strings.Contains(report, "crash_test.TestReportTellsOnlyTheKind") {
				t.Errorf("it does not say where: %s", report)
			}
		})
	}
}

func caught(panics func()) (err *crash.Error) {
	defer func() { err = crash.FromPanic(recover()) }()
	panics()
	return nil
}
