package jobstore_test

import (
	"encoding/json"
	"os"
	"testing"
)

// workPerUnit is for how many seconds of a function of 256 MB one write unit pays.
func workPerUnit(t *testing.T) float64 {
	t.Helper()
	data, err := os.ReadFile("../internal/costs/prices.json")
	if err != nil {
		t.Fatal(err)
	}
	var prices []struct {
		Name         string
		Dollars, Per float64
	}
	if err := json.Unmarshal(data, &prices); err != nil {
		t.Fatal(err)
	}
	each := map[string]float64{}
	for _, p := range prices {
		each[p.Name] = p.Dollars / p.Per
	}
	return each["write units"] / (each["GB-seconds"] * 256 / 1024)
}
