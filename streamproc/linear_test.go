//go:build unix && !race

package streamproc_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/internal/lineartest"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// shapes are items of about n bytes. Each is the worst of its kind.
var shapes = map[string]func(n int) string{
	"many attributes": func(n int) string { return repeated(n, func(i int) string { return fmt.Sprintf(`"a%d":{"S":""}`, i) }) },
	"of many types": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"a%d":{"L":[{"N":"1"},{"M":{"x":{"SS":["a"]}}}]}`, i) })
	},
	"one name, many times":  func(n int) string { return repeated(n, func(int) string { return `"status":{"S":"pending"}` }) },
	"one name, many cases":  func(n int) string { return repeated(n, func(i int) string { return `"` + inCase(i) + `":{"S":"x"}` }) },
	"cases of other fields": func(n int) string { return repeated(n, func(i int) string { return `"` + inCase(i) + `":{"N":"1"}` }) },
	"a nested one of many cases": func(n int) string {
		return `{"m":{"M":` + repeated(n, func(i int) string { return `"` + inCase(i) + `":{"S":"x"}` }) + `}}`
	},
	"long names": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"%s%d":{"S":""}`, long, i) })
	},
	"a long name": func(n int) string { return `{"` + strings.Repeat("a", n) + `":{"S":""}}` },
	"a long text": func(n int) string { return `{"status":{"S":"` + strings.Repeat("a", n) + `"}}` },
	"a long number": func(n int) string {
		return `{"status":{"N":"` + strings.Repeat("1", n) + `"},"i":{"N":"` + strings.Repeat("1", n) + `"}}`
	},
	"a long float": func(n int) string {
		return `{"f":{"N":"0.` + strings.Repeat("3", n) + `"},"x":{"N":"1e` + strings.Repeat("1", n) + `"}}`
	},
	"escapes":     func(n int) string { return `{"status":{"S":"` + strings.Repeat(`\u00e9\\\"`, n/10) + `"}}` },
	"backslashes": func(n int) string { return `{"status":{"S":"` + strings.Repeat(`\\`, n/2) + `"}}` },
	"quotes":      func(n int) string { return `{"status":{"S":"` + strings.Repeat(`\"`, n/2) + `"}}` },
	"escaped names": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"\u0073tatu%d":{"S":""}`, i) })
	},
	"beyond ASCII": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"ſtatuſ%d":{"S":"é"}`, i) })
	},
	"not UTF-8": func(n int) string { return `{"status":{"S":"` + strings.Repeat("\xff", n) + `"}}` },
	"a deep list": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"a%d":`, i) + nested(30, `{"L":[`, `]}`) })
	},
	"a deep map": func(n int) string {
		return repeated(n, func(i int) string { return fmt.Sprintf(`"a%d":`, i) + nested(30, `{"M":{"x":`, `}}`) })
	},
	"far too deep": func(n int) string { return `{"x":` + nested(n/12, `{"L":[`, `]}`) + `}` },
	"deep, long names": func(n int) string {
		return `{"x":` + nested(900, `{"M":{"`+strings.Repeat("a", n/900)+`":`, `}}`) + `}`
	},
	"deep and broken": func(n int) string {
		return `{"x":` + strings.Repeat(`{"M":{"`+strings.Repeat("a", n/900)+`":`, 900) + `{"N":1}` + strings.Repeat(`}}`, 900) + `}`
	},
	"a list":            func(n int) string { return `{"l":{"L":[` + strings.Repeat(`{"M":{}},`, n/9) + `{"M":{}}]}}` },
	"a set":             func(n int) string { return `{"ss":{"SS":[` + strings.Repeat(`"ab",`, n/5) + `"c"]},"x":{"NS":["1"]}}` },
	"binary":            func(n int) string { return `{"b":{"B":"` + strings.Repeat("AAAA", n/4) + `"}}` },
	"space":             func(n int) string { return `{` + strings.Repeat(" \n", n/2) + `"status":{"S":"pending"}}` },
	"JSON text":         func(n int) string { return `{"json":{"S":"` + jsonText(n, `\"%d\":\"\"`) + `"}}` },
	"JSON text, broken": func(n int) string { return `{"json":{"S":"` + jsonText(n, `\"%d\":\"\"`) + `x"}}` },
	"JSON text, nested": func(n int) string {
		return `{"json":{"S":"` + strings.Repeat(`{\"a\":`, min(n/7, 9000)) + strings.Repeat(" ", max(0, n-63000)) + `"}}`
	},
}

var long = strings.Repeat("n", 500)

// inCase is the name status in one of its 64 spellings, or a longer name.
func inCase(i int) string {
	name := []byte("status")
	for b := range name {
		if i>>b&1 == 1 {
			name[b] -= 'a' - 'A'
		}
	}
	return string(name)
}

func repeated(n int, attribute func(int) string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(attribute(i))
	}
	return b.String() + "}"
}

func nested(depth int, open, closing string) string {
	return strings.Repeat(open, depth) + `{"S":"x"}` + strings.Repeat(closing, depth)
}

func jsonText(n int, member string) string {
	text := repeated(n, func(i int) string { return fmt.Sprintf(member, i) })
	return text
}

type withJSON struct {
	everything
	Status string `dynamodbav:"status"`
}

type jsonItem struct {
	JSON   map[string]any `dynamodbav:"json" streamproc:"json"`
	Status string         `dynamodbav:"status"`
	I      int            `dynamodbav:"i"`
	F      float64        `dynamodbav:"f"`
	M      plainStrings   `dynamodbav:"m"`
	L      []plainStrings `dynamodbav:"l"`
}

// uses are the ways in which the options read an item.
var uses = map[string]*streamproc.Dispatcher{
	"Pending":       sink[any](func(o *streamproc.Options) { o.Needs = streamproc.KeysOnly }),
	"StatusChanged": sink[any](func(o *streamproc.Options) { o.Filter = streamproc.StatusChanged("status") }),
	"Having":        sink[any](func(o *streamproc.Options) { o.Filter = everyRecord.Having("__typename", "Job").Having("x", "y") }),
	"Writes": sink[any](func(o *streamproc.Options) {
		o.Filter, o.Writes, o.Needs = everyRecord, []string{"status", "other"}, streamproc.KeysOnly
	}),
	"Where": sink[any](func(o *streamproc.Options) {
		o.Needs = streamproc.KeysOnly
		o.Filter = streamproc.Where(func(r *streamproc.RawRecord) bool {
			_, _ = r.New().Values()
			return r.New().Is("status", "x") && r.Old().String("status") == "y"
		})
	}),
	"a struct":        sink[everything](func(o *streamproc.Options) { o.Filter = everyRecord }),
	"JSON fields":     sink[jsonItem](func(o *streamproc.Options) { o.Filter = everyRecord }),
	"embedded fields": sink[withJSON](func(o *streamproc.Options) { o.Filter = everyRecord }),
	"any":             sink[any](func(o *streamproc.Options) { o.Filter = everyRecord }),
	"at once":         sink[plainStrings](func(o *streamproc.Options) { o.Filter, o.Concurrency = everyRecord, 4 }),
}

func sink[T any](opt func(*streamproc.Options)) *streamproc.Dispatcher {
	return streamproc.New(func(context.Context, streamproc.Record[T]) error { return nil }, quiet, opt)
}

// TestLinearTime checks each use of each shape.
func TestLinearTime(t *testing.T) {
	for shape, item := range shapes {
		of := lineartest.Once(func(n int) []byte { return modified(item(n / 2)) })
		for use, d := range uses {
			lineartest.Check(t, use+" of an item with "+shape, func(n int) func() {
				event := of(n)
				return func() { _, _ = d.Invoke(t.Context(), event) }
			})
		}
	}
}

// modified is an event with images that differ in white space.
func modified(image string) []byte {
	return []byte(change("MODIFY", image, image[:len(image)-1]+" }"))
}

// TestManyRecordsAreReadInLinearTime: records of items of their own, and of one item.
func TestManyRecordsAreReadInLinearTime(t *testing.T) {
	for whose, id := range map[string]string{"items of their own": "%d", "one item": "1"} {
		of := lineartest.Once(func(n int) []byte {
			const images = `"NewImage":{"status":{"S":"pending"}},"OldImage":{}`
			record := `{"eventSource":"aws:dynamodb","eventName":"INSERT","dynamodb":{"Keys":{"id":{"S":"` + id + `"}},"SequenceNumber":"1",` + images + `}},`
			records := lineartest.Fill(record, n)
			return []byte(`{"Records":[` + records[:len(records)-1] + `]}`)
		})
		for use, d := range uses {
			lineartest.Check(t, use+" of records of "+whose, func(n int) func() {
				event := of(n)
				return func() {
					if _, err := d.Invoke(t.Context(), event); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}
