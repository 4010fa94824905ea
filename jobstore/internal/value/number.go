package value

import (
	"math"
	"strconv"
	"strings"
)

// DynamoDB's limits for numbers.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const (
	maxDigits   = 38
	minExponent = -130 // of 1E-130
	maxExponent = 125  // of 9.9…E+125
)

// maxWhole is the largest whole number up to which a float64 has them all.
const maxWhole = 1 << 53

// NumberProblem says why DynamoDB cannot keep the number that text holds as JSON
// writes it, and is empty if it can.
func NumberProblem(text string) string {
	digits, exponent, ok := parseNumber(text)
	switch {
	case !ok:
		return "not a number"
	case len(digits) > maxDigits:
		return "a number of more than 38 digits"
	case digits != "" && (exponent < minExponent || exponent > maxExponent):
		return "a number outside ±1E-130 to ±9.99E+125"
	}
	return ""
}

// NumberKey is the same for two texts of one number.
func NumberKey(text string) string {
	digits, exponent, ok := parseNumber(text)
	switch {
	case !ok:
		return text
	case digits == "":
		return "0"
	case text[0] == '-':
		digits = "-" + digits
	}
	return digits + "e" + strconv.Itoa(exponent)
}

// parseNumber returns the significant digits of a number and the power of ten of the
// first. Zero has none.
func parseNumber(text string) (digits string, exponent int, ok bool) {
	mantissa, power, scaled := strings.Cut(strings.ToLower(strings.TrimPrefix(text, "-")), "e")
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !allDigits(whole) || len(whole) > 1 && whole[0] == '0' || pointed && !allDigits(fraction) {
		return "", 0, false
	}
	if scaled {
		unsigned := strings.TrimPrefix(strings.TrimPrefix(power, "+"), "-")
		if !allDigits(unsigned) || len(power)-len(unsigned) > 1 {
			return "", 0, false
		}
		exponent = clampedInt(power)
	}
	significant := strings.TrimLeft(whole+fraction, "0")
	exponent += len(whole) - 1 - (len(whole+fraction) - len(significant))
	return strings.TrimRight(significant, "0"), exponent, true
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// clampedInt is the number in s, or one far out of any range when it overflows.
func clampedInt(s string) int {
	n, _ := strconv.Atoi(s) // at its limit upon overflow
	return max(-math.MaxInt32, min(n, math.MaxInt32))
}

// canonical reports whether DynamoDB returns the number as text has it.
func canonical(text string) bool {
	pointed := strings.Contains(text, ".")
	return text != "-0" && !strings.ContainsAny(text, "eE") && !(pointed && strings.HasSuffix(text, "0"))
}

func checkNumberText(text string) *problem {
	if reason := NumberProblem(text); reason != "" {
		return refuse("%s", reason)
	}
	if !canonical(text) {
		return refuse("a number that would come back written in another way; it has an exponent, a trailing zero or a negative zero")
	}
	return nil
}

func checkFloat(f float64) *problem {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return refuse("NaN")
	case math.IsInf(f, 0):
		return refuse("an infinity")
	case size != 0 && size < 1e-130, size >= 1e126:
		return refuse("a number outside ±1E-130 to ±9.99E+125")
	}
	return nil
}

// checkFloat32 refuses the two of all float32 that DynamoDB's decoder does not bring
// back, since it reads their shortest text as a float64 first: the largest, for an
// overflow, and the one that is then rounded to its neighbor.
func checkFloat32(f float64) *problem {
	if size := math.Abs(f); size == math.MaxFloat32 || size == float64(float32(7.038531e-26)) {
		return refuse("a float32 that would come back as another; use float64")
	}
	return checkFloat(f)
}
