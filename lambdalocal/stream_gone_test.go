package lambdalocal_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// notFound is the error of a shard or a stream that is gone, as the SDK and as some local
// servers return it.
var notFound = map[string]error{
	"the SDK's": &types.ResourceNotFoundException{},
	"generic":   &smithy.GenericAPIError{Code: "ResourceNotFoundException"},
}

func oldest(o *lambdalocal.MappingOptions) { o.StartingPosition = lambdalocal.TrimHorizon }

// TestDynamoDBStreamShardIsGone: its reader ends, its children start, and an hour logs one
// line about it.
func TestDynamoDBStreamShardIsGone(t *testing.T) {
	for kind, err := range notFound {
		for name, tt := range map[string]struct {
			before bool // it was read
			want   string
			opts   func(*lambdalocal.MappingOptions)
		}{
			"before it is read":      {true, "3 4 5", oldest},
			"while it is read":       {false, "1 2 3 4 5", oldest},
			"before LATEST is found": {true, "3 4 5", latest},
			"after LATEST was found": {false, "3 4 5", latest},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					local, log := newLocal(t)
					var got []string
					fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)...) })
					client := &growing{shards: [][]string{{"1", "2"}}, gone: map[string]error{}}
					vanish := func() { client.do(func() { client.gone["0"] = err }) }
					if tt.before {
						vanish()
					}
					if err := fn.MapStream(lambdalocal.DynamoDBStream(client, "arn"), tt.opts); err != nil {
						t.Fatal(err)
					}
					pass(time.Minute)
					vanish()
					client.do(func() { client.shards = append(client.shards, []string{"3", "4", "5"}) })
					pass(time.Hour)
					local.Close()
					if strings.Join(got, " ") != tt.want {
						t.Errorf("got %q, want %s", got, tt.want)
					}
					if n := strings.Count(log.String(), "cannot be read"); n > 1 {
						t.Errorf("%d lines: %s", n, log)
					}
				})
			})
		}
	}
}

// TestDynamoDBStreamIsGone: a stream that was deleted, and one that is out of reach, log a
// line now and then.
func TestDynamoDBStreamIsGone(t *testing.T) {
	for name, err := range map[string]error{"gone": notFound["the SDK's"], "out of reach": errors.New("no connection")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, log := newLocal(t)
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)...) })
				client := &growing{shards: [][]string{{"1"}}, gone: map[string]error{}}
				if err := fn.MapStream(lambdalocal.DynamoDBStream(client, "arn")); err != nil {
					t.Fatal(err)
				}
				pass(time.Minute)
				client.do(func() { client.down, client.gone["0"] = err, err })
				pass(24 * time.Hour)
				if n := strings.Count(log.String(), "cannot be read"); n < 2 || n > 32 {
					t.Errorf("%d lines in a day", n)
				}
				client.do(func() { client.down, client.gone = nil, nil; client.shards = append(client.shards, []string{"2"}) })
				pass(time.Minute)
				local.Close()
				if strings.Join(got, " ") != "1 2" {
					t.Errorf("got %q after it came back", got)
				}
			})
		})
	}
}

// TestDynamoDBStreamIsGoneOnServer deletes the table while its stream is read.
func TestDynamoDBStreamIsGoneOnServer(t *testing.T) {
	cfg := serverConfig(t)
	client := dynamodb.NewFromConfig(cfg)
	table, streamARN := createTable(t, client)
	local, log := newLocal(t)
	got := make(chan []string, 10)
	fn := add(t, local, "f", func(e events.DynamoDBEvent) { got <- sequences(e) })
	if err := fn.MapStream(lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), streamARN)); err != nil {
		t.Fatal(err)
	}
	item := map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: "a"}}
	if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
	<-got
	if _, err := client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &table}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return strings.Contains(log.String(), "list shards") }) // the reader has ended
	local.Close()
	if n := strings.Count(log.String(), "is gone"); n != 1 {
		t.Errorf("%d lines: %s", n, log)
	}
}
