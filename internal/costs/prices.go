package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// price is one line of prices.json.
type price struct {
	Name    string
	Dollars float64
	Per     float64 // so many units
	Of      string  // the unit
	Region  string
	Read    string // year and month
	Source  string
}

//go:embed prices.json
var pricesJSON []byte

var prices = must[[]price](pricesJSON)

// must decodes a file of the program.
func must[T any](data []byte) (v T) {
	if err := json.Unmarshal(data, &v); err != nil {
		panic(err)
	}
	return v
}

// priceOf panics for a name that prices.json does not have: a mistake in this program.
func priceOf(name string) price {
	for _, p := range prices {
		if p.Name == name {
			return p
		}
	}
	panic("prices.json has no " + name)
}

// item is a number of units of a price.
type item struct {
	price string
	n     float64
}

// bill is what something takes.
type bill []item

// million is what the bill is in dollars, a million times.
func (b bill) million() (dollars float64) {
	for _, i := range b {
		p := priceOf(i.price)
		dollars += i.n * 1e6 * p.Dollars / p.Per
	}
	return dollars
}

// String is the bill's formula: multiply each number by its price, and add up.
func (b bill) String() string {
	var terms []string
	for _, i := range b {
		if i.n != 0 {
			terms = append(terms, number(i.n)+" "+counted(i))
		}
	}
	return strings.Join(terms, ", ")
}

func counted(i item) string {
	if i.n == 1 {
		return strings.TrimSuffix(i.price, "s")
	}
	return i.price
}

// number has four digits behind the point, or all of a number that would lose some.
func number(n float64) string {
	if n < 0.001 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(n, 'f', 4, 64), "0"), ".")
}

func dollars(d float64) string { return fmt.Sprintf("$%.2f", d) }

// exactly is a price as it is listed.
func exactly(d float64) string {
	if s := strconv.FormatFloat(d, 'f', -1, 64); len(s) > len("0.00") {
		return "$" + s
	}
	return dollars(d)
}

func pricesTable() section {
	rows := [][]string{{"what", "price", "for", "read", "source"}}
	for _, p := range prices {
		rows = append(rows, []string{p.Of, exactly(p.Dollars), perUnit(p.Per), p.Read, "[page](" + p.Source + ")"})
	}
	return section{"docs/costs.md", table(rows)}
}

func perUnit(per float64) string {
	if per == 1e6 {
		return "a million"
	}
	return "each"
}
