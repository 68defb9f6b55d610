package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"cacheview/ui/config"
	"cacheview/ui/human"
)

// duration is the value of a flag that is a time: 500ms, 5s, 2m, or a plain
// number of seconds.
type duration time.Duration

// Set implements pflag.Value.
func (d *duration) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if seconds, nerr := strconv.ParseFloat(text, 64); err != nil && nerr == nil && math.Abs(seconds) < math.MaxInt64/1e9 {
		parsed, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil {
		return errors.New("no time")
	}
	*d = duration(parsed)
	return nil
}

// String implements pflag.Value.
func (d *duration) String() string { return time.Duration(*d).String() }

// Type implements pflag.Value.
func (d *duration) Type() string { return "duration" }

// lifetime is the value of a flag that is a TTL: 30s, 5m, 2d, or a plain number of
// seconds.
type lifetime time.Duration

// Set implements pflag.Value.
func (d *lifetime) Set(text string) error {
	parsed, err := human.ParseTTL(text)
	if err != nil || parsed < time.Millisecond {
		return errors.New("no time")
	}
	*d = lifetime(parsed)
	return nil
}

// String implements pflag.Value.
func (d *lifetime) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// Type implements pflag.Value.
func (d *lifetime) Type() string { return "lifetime" }

// bytesValue is the value of a flag that is a size: a number of bytes, or one
// with a unit of 1,024: 64KB, 10MB, 1GiB.
type bytesValue int64

// Set implements pflag.Value.
func (b *bytesValue) Set(text string) error {
	n, ok := config.ParseSize(text)
	if !ok {
		return errors.New("no size")
	}
	*b = bytesValue(n)
	return nil
}

// String implements pflag.Value.
func (b *bytesValue) String() string { return strconv.FormatInt(int64(*b), 10) }

// Type implements pflag.Value.
func (b *bytesValue) Type() string { return "size" }

// valueKinds are what values of flags are, by their types.
var valueKinds = map[string]string{
	"int": "a whole number", "int64": "a whole number", "float64": "a number", "bool": "true or false",
	"lifetime": "a time of at least 1ms, such as 60s, 10m or 2d",
	"duration": "a time such as 500ms, 5s or 2m", "size": "a size such as 4096, 64KB or 10MB",
	"color": "auto, always or never",
}

// valueMistake says what the value of a flag must be, for a value that it cannot
// have.
func valueMistake(f *pflag.Flag, text string, err error) string {
	if wanted, ok := valueKinds[f.Value.Type()]; ok {
		return fmt.Sprintf("is %s, not %q", wanted, text)
	}
	return fmt.Sprintf("cannot be %q: %v", text, err)
}

// otherVariables are the environment variables of the program that no flag has.
var otherVariables = []string{
	"CACHEVIEW_CONFIG", "CACHEVIEW_PASSWORD", "CACHEVIEW_SENTINEL_PASSWORD", "CACHEVIEW_PAGER", "CACHEVIEW_EDITOR", "CACHEVIEW_CLIPBOARD",
	shellVariable, "CACHEVIEW_ACTIVE_HELP", // of the completions
	"CACHEVIEW_PROGRAM", "CACHEVIEW_JOURNEYS", "CACHEVIEW_BARE", // of the tests
}

// testVariables are how the names of other variables of the tests begin.
var testVariables = []string{"CACHEVIEW_REQUIRE_", "CACHEVIEW_TEST_"}

// warnOfVariables names the variables that look like settings and are not read.
func (a *app) warnOfVariables() {
	known := slices.Clone(otherVariables)
	a.set.VisitAll(func(f *pflag.Flag) {
		if f.Annotations[commandLineOnly] == nil {
			known = append(known, envName(f.Name))
		}
	})
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		ofTests := slices.ContainsFunc(testVariables, func(head string) bool { return strings.HasPrefix(name, head) })
		if !strings.HasPrefix(name, "CACHEVIEW_") || ofTests || slices.Contains(known, name) ||
			a.getenv(name) == "" || slices.Contains(a.file.SecretVariables(), name) {
			continue
		}
		hint := ""
		if near := nearestVariable(name, known); near != "" {
			hint = "; did you mean " + near + "?"
		}
		a.note("cacheview: unknown variable %s has no effect%s\n", shown([]byte(name)), hint)
	}
}

// nearestVariable returns the known variable that a name is a misspelling of. It
// compares them without their underscores first.
func nearestVariable(name string, known []string) string {
	bare := func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "_", "")) }
	for _, k := range known {
		if bare(k) == bare(name) {
			return k
		}
	}
	const head = "CACHEVIEW_"
	short := make([]string, len(known))
	for i, k := range known {
		short[i] = strings.TrimPrefix(k, head)
	}
	if near := config.Suggest(strings.TrimPrefix(name, head), short); near != "" {
		return head + near
	}
	return ""
}
