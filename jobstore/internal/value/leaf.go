package value

import (
	"reflect"
	"time"
)

const day = 24 * 60 * 60

// checkTime refuses what RFC 3339 does not have. It saves the calls of a round trip.
func checkTime(_ *walk, v reflect.Value) *problem {
	t := v.Interface().(time.Time)
	_, offset := t.Zone()
	switch year := t.Year(); {
	case year < 0 || year > 9999:
		return refuse("a time outside the years 0 to 9999")
	case offset%60 != 0 || offset <= -day || offset >= day:
		return refuse("a time with an offset that is not in minutes, or over a day")
	}
	return nil
}

// timeOf returns the time in a type made of time.Time, whose text moves some times
// without a notice.
func timeOf(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() == reflect.Struct && v.Type().ConvertibleTo(timeType) {
		return v.Convert(timeType), true
	}
	if v.Kind() == reflect.Struct && v.NumField() == 1 && v.Type().Field(0).Anonymous && v.Type().Field(0).IsExported() {
		return timeOf(v.Field(0))
	}
	return v, false
}

// isNumberText is true of strings that DynamoDB's encoder takes for numbers by their
// methods, such as json.Number.
func isNumberText(t reflect.Type) bool {
	return t.Kind() == reflect.String && t.Implements(reflect.TypeFor[interface {
		Float64() (float64, error)
		Int64() (int64, error)
		String() string
	}]())
}

func stringChecker(t reflect.Type) checker {
	if isNumberText(t) {
		return func(_ *walk, v reflect.Value) *problem { return checkNumberText(v.String()) }
	}
	return func(_ *walk, v reflect.Value) *problem { return checkString(v.String()) }
}
