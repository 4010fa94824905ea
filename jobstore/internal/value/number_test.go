package value

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

func FuzzNumber(f *testing.F) {
	for _, text := range []string{"0", "-0", "1.50", "15e-1", "1E+400", "01", ".5", "1.", "", "-", "+1", "1e", "1e+-1", "0.000", "100e-2", "1e99999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 40 {
			return
		}
		digits, exponent, ok := parseNumber(text)
		if want := validJSONNumber(text); ok != want {
			t.Fatalf("%q: valid is %t, want %t", text, ok, want)
		}
		if !ok || exponent > 500 || exponent < -500 {
			return
		}
		want, _ := new(big.Rat).SetString(text)
		got, _ := new(big.Rat).SetString(NumberKey(text))
		if scale := max(0, len(digits)-1); digits != "" {
			got.Quo(got, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
		}
		if want == nil || got.Cmp(want) != 0 {
			t.Errorf("%q is %s, digits %q and exponent %d", text, want, digits, exponent)
		}
	})
}

func validJSONNumber(text string) bool {
	return len(text) > 0 && (text[0] == '-' || text[0] >= '0' && text[0] <= '9') && json.Valid([]byte(text)) && !strings.ContainsAny(text, " \t\r\n")
}

func FuzzFloat(f *testing.F) {
	for _, v := range []float64{0, 1e-130, 9.99e125, math.Pi, 1e126, 1e-131, math.MaxFloat64} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		text := strconv.FormatFloat(v, 'f', -1, 64)
		taken := NumberProblem(text) == ""
		if accepted := checkFloat(v) == nil; accepted != taken {
			t.Errorf("%v is accepted: %t, its text is: %t", v, accepted, taken)
		}
		if taken && text != "-0" && !canonical(text) {
			t.Errorf("%s would come back written in another way", text)
		}
	})
}
