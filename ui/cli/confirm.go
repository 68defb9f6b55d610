package cli

import (
	"context"
	"errors"
	"strconv"
	"time"

	"cacheview/inspect"
	"cacheview/ui/human"
)

const (
	// typeFrom is how many keys need their count typed.
	typeFrom = 1000
	// grace is how long what is typed is taken for something else: the answer
	// must have been given to the question.
	grace = 400 * time.Millisecond
)

// errDeclined is the answer no.
var errDeclined = errors.New("nothing was deleted")

// answered says what is missing when there is nobody to ask, and when what is
// there is not enough.
func (a *app) answered(f deleteFlags, all bool) error {
	switch {
	case f.dryRun:
		return nil
	case f.yes && f.confirm == "" && a.production():
		return usagef("%s is production, where --yes is not enough: pass --confirm with the count that --dry-run prints", shown([]byte(a.productionName())))
	case a.interactive():
		return nil
	case all && f.confirm == "":
		return usagef("to empty a database without a prompt, pass its name: --confirm db0")
	case !all && !f.yes && f.confirm == "":
		return usagef("not a terminal: pass --yes to delete, or --dry-run to preview")
	}
	return nil
}

// toType returns what must be typed to carry out a plan, "" if a y is enough.
func (a *app) toType(plan *inspect.Plan) string {
	switch {
	case plan.WantsName():
		return plan.Server.Name()
	case len(plan.Keys) >= typeFrom, a.production():
		return strconv.Itoa(len(plan.Keys))
	}
	return ""
}

// confirm shows the plan and asks, unless that was answered on the command
// line. It returns what was typed where a database's name must be.
func (a *app) confirm(ctx context.Context, f deleteFlags, plan *inspect.Plan, undo int64) (string, error) {
	word := a.toType(plan)
	switch {
	case f.confirm != "" && plan.WantsName() && f.confirm == word:
		return f.confirm, nil
	case f.confirm != "" && (plan.WholeDB || plan.WantsName() && a.production()):
		return "", usagef("--confirm %s: the database is %s; nothing was deleted", f.confirm, word)
	case f.confirm != "" && f.confirm != strconv.Itoa(len(plan.Keys)):
		return "", usagef("--confirm %s: it would be %s; nothing was deleted", f.confirm, human.Plural(len(plan.Keys), "key"))
	case f.confirm != "":
		return f.confirm, nil
	case f.yes && plan.WantsName() && f.unnamed:
		if !a.interactive() {
			return "", usagef("this is every key of %s, for which --yes is not enough: add --confirm %s; nothing was deleted", word, word)
		}
	case f.yes && !plan.WholeDB:
		return "", nil
	}
	a.note("%s", planText(plan, undo))
	question := "Delete " + human.Plural(len(plan.Keys), "key") + "? [y/N] "
	switch {
	case plan.WantsName():
		question = "This empties the whole database. Type " + word + " to confirm: "
	case word != "":
		question = "Type " + word + " to confirm: "
	}
	if err := a.settled(ctx); err != nil {
		return "", err
	}
	answer, err := a.ask(ctx, question)
	switch {
	case err != nil:
		return "", err
	case word != "" && answer == word, word == "" && (answer == "y" || answer == "yes"):
		return answer, nil
	}
	return "", errDeclined
}

// settled lets the plan be seen, and forgets what was typed before there was a
// question.
func (a *app) settled(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(grace):
	}
	return forgetTyped(a.in)
}
