package streamproc_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/streamproc"
)

// fixtureJob is a plain struct of strings for the records of the fixtures.
type fixtureJob struct {
	ID        string `dynamodbav:"id"`
	Status    string `dynamodbav:"status"`
	Query     string `dynamodbav:"query"`
	Metadata  string `dynamodbav:"metadata"`
	CreatedAt string `dynamodbav:"createdAt"`
	UpdatedAt string `dynamodbav:"updatedAt"`
}

// fixtures are events of 100 records, with so many pending.
var fixtures = map[string]int{"stream-100-pending": 100, "stream-10-of-100-pending": 10}

func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// BenchmarkDispatch is bytes in → handler called with a decoded struct, for a
// batch of 100 records, beside the idiomatic way, and beside looking at the bytes
// as JSON and nothing more. What it reports per record is a table of ratios:
// x-idiomatic is how many times as fast as the idiomatic way, in the same run.
func BenchmarkDispatch(b *testing.B) {
	structs := streamproc.New(func(context.Context, streamproc.Record[fixtureJob]) error { return nil })
	jobs := streamproc.New(func(context.Context, streamproc.Record[jobstore.Job[string, string]]) error { return nil })
	for _, name := range slices.Sorted(maps.Keys(fixtures)) {
		payload, base := fixture(b, name), 0.0
		for _, way := range []struct {
			name string
			run  func() error
		}{
			{"idiomatic", func() error { return idiomatic(payload, func(fixtureJob) error { return nil }) }},
			{"scan-only", func() error { json.Valid(payload); return nil }},
			{"struct", func() error { _, err := structs.Invoke(b.Context(), payload); return err }},
			{"job", func() error { _, err := jobs.Invoke(b.Context(), payload); return err }},
		} {
			b.Run(name+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := way.run(); err != nil {
						b.Fatal(err)
					}
				}
				each := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / 100
				if base == 0 || way.name == "idiomatic" {
					base = each
				}
				b.ReportMetric(each, "ns/record")
				b.ReportMetric(base/each, "x-idiomatic")
			})
		}
	}
}

// idiomatic is what one writes by hand: the types of aws-lambda-go, and
// attributevalue of the SDK.
func idiomatic(payload []byte, handle func(fixtureJob) error) error {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	for _, r := range e.Records {
		if r.EventName != string(events.DynamoDBOperationTypeInsert) || r.Change.NewImage["status"].String() != "pending" {
			continue
		}
		var job fixtureJob
		if err := attributevalue.UnmarshalMap(convert(r.Change.NewImage), &job); err != nil {
			return err
		}
		if err := handle(job); err != nil {
			return err
		}
	}
	return nil
}

func convert(m map[string]events.DynamoDBAttributeValue) map[string]types.AttributeValue {
	out := make(map[string]types.AttributeValue, len(m))
	for name, v := range m {
		out[name] = convertValue(v)
	}
	return out
}

func convertValue(v events.DynamoDBAttributeValue) types.AttributeValue {
	switch v.DataType() {
	case events.DataTypeBinary:
		return &types.AttributeValueMemberB{Value: v.Binary()}
	case events.DataTypeBoolean:
		return &types.AttributeValueMemberBOOL{Value: v.Boolean()}
	case events.DataTypeBinarySet:
		return &types.AttributeValueMemberBS{Value: v.BinarySet()}
	case events.DataTypeList:
		list := make([]types.AttributeValue, len(v.List()))
		for i, e := range v.List() {
			list[i] = convertValue(e)
		}
		return &types.AttributeValueMemberL{Value: list}
	case events.DataTypeMap:
		return &types.AttributeValueMemberM{Value: convert(v.Map())}
	case events.DataTypeNumber:
		return &types.AttributeValueMemberN{Value: v.Number()}
	case events.DataTypeNumberSet:
		return &types.AttributeValueMemberNS{Value: v.NumberSet()}
	case events.DataTypeNull:
		return &types.AttributeValueMemberNULL{Value: true}
	case events.DataTypeStringSet:
		return &types.AttributeValueMemberSS{Value: v.StringSet()}
	}
	return &types.AttributeValueMemberS{Value: v.String()}
}
