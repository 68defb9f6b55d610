package evidence_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"cacheview/decode/evidence"
)

func ExampleFinding() {
	f := evidence.Finding{Grade: evidence.Likely, Reason: "the name of the key fits"}
	out, _ := json.Marshal(f)
	fmt.Println(f)
	fmt.Println(string(out), f.Grade.Certain())
	// Output:
	// likely: the name of the key fits
	// {"grade":"likely","reason":"the name of the key fits"} false
}

func TestGrade_JSONRoundTrip(t *testing.T) {
	t.Parallel()
	for _, g := range []evidence.Grade{evidence.Unknown, evidence.Likely, evidence.Proven} {
		out, err := json.Marshal(g)
		if err != nil || string(out) != `"`+g.String()+`"` {
			t.Errorf("%v is %s, %v", g, out, err)
		}
		var back evidence.Grade
		if err := json.Unmarshal(out, &back); err != nil || back != g {
			t.Errorf("%s came back as %v, %v", out, back, err)
		}
	}
	var g evidence.Grade
	if json.Unmarshal([]byte(`"certainly"`), &g) == nil {
		t.Error("a grade that does not exist was read")
	}
}

func TestGrade_Order(t *testing.T) {
	t.Parallel()
	var zero evidence.Grade
	if zero != evidence.Unknown || evidence.Unknown >= evidence.Likely || evidence.Likely >= evidence.Proven {
		t.Error("unknown < likely < proven does not hold")
	}
	if g := evidence.Weakest(evidence.Proven, evidence.Likely); g != evidence.Likely {
		t.Errorf("a conclusion from proven and likely is %v", g)
	}
	if g := evidence.Weakest(); g != evidence.Proven {
		t.Errorf("a conclusion from nothing is %v", g)
	}
}
