package ui

import (
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/decode/value"
	views "cacheview/decode/view"
	"cacheview/inspect/keyspace"
	"cacheview/ui/theme"
)

// shownView is the view that the screen prefers to the structure of a value:
// of objects, of lists of objects, of texts in another encoding, and of what
// only the reader knows (places, counts). Plain data is its own best view.
func shownView(r decode.Result, root value.Value) *views.View {
	v, ok := r.View()
	if !ok {
		return nil
	}
	_, encoded := root.Attr("encoding")
	first := root
	if root.Kind() == value.Seq && root.Len() > 0 {
		first = root.Items().At(0)
	}
	if r.Shown != nil || root.Kind() == value.Bytes && encoded || first.Kind() == value.Object && root.Tag() != "response" {
		return &v
	}
	return nil
}

// shownNote names a view that is judged by something else than the format.
func (c *content) shownNote() string {
	if c.Win.Type == keyspace.ZSet && c.As != decode.Geo {
		return "GEO, judged by the scores · "
	}
	return ""
}

// viewColumns limits the columns of a view on screen.
const viewColumns = 64

// newViewTable is a table of a view.
func newViewTable(th *theme.Theme, cells ansi.Method, v views.View) *tableBody {
	t := &tableBody{th: th, cells: cells, v: value.NewSeq(&viewRows{rows: v.Rows, n: v.Len(), at: -1})}
	for i, name := range v.Columns[:min(len(v.Columns), viewColumns)] {
		t.cols = append(t.cols, column{name: clip(decode.Printable(name), tableCell), part: cellPart, index: i})
	}
	if more := len(v.Columns) - viewColumns; more > 0 {
		t.cols = append(t.cols, column{name: "… " + strconv.Itoa(more) + " more columns", part: cellPart, index: len(v.Columns)})
	}
	for c := range t.cols {
		t.measure(c, min(t.Len(), tableSample))
	}
	return t
}

// viewRows are the rows of a view as lists of cells. The row that was asked for
// last is kept, since a table is drawn cell by cell. It is value.Items.
type viewRows struct {
	rows views.Rows
	n    int
	at   int
	row  value.Value
}

// Len returns the number of rows.
func (r *viewRows) Len() int { return r.n }

// At returns row i.
func (r *viewRows) At(i int) value.Value {
	if i != r.at {
		r.at, r.row = i, value.NewSeq(value.List(r.rows.At(i)))
	}
	return r.row
}

// viewCSV is a table as CSV, with the names of the columns first, or more than
// limit bytes of it.
func viewCSV(v views.View, limit int) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	line := make([]string, len(v.Columns))
	w.Write(v.Columns) // a Builder does not fail
	for i := 0; i < v.Len() && b.Len() <= limit; i++ {
		row := v.Rows.At(i)
		for c := range line {
			line[c] = ""
			if c < len(row) && row[c].Kind() != value.Null {
				line[c] = copyText(row[c])
			}
		}
		w.Write(line)
		w.Flush()
	}
	w.Flush()
	return b.String()
}
