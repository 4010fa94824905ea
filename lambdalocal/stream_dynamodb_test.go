package lambdalocal_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// TestDynamoDBStream maps the stream of a table on a real server, and writes an
// item with an attribute of every type.
func TestDynamoDBStream(t *testing.T) {
	cfg := serverConfig(t)
	client := dynamodb.NewFromConfig(cfg)
	table, streamARN := createTable(t, client)
	local, _ := newLocal(t)
	got := make(chan json.RawMessage, 10)
	fn := add(t, local, "f", func(e struct{ Records []json.RawMessage }) {
		for _, r := range e.Records {
			got <- r
		}
	})
	if err := fn.MapStream(lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), streamARN)); err != nil {
		t.Fatal(err)
	}
	key := map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: "1"}}
	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]ddb.AttributeValue{
		"id": &ddb.AttributeValueMemberS{Value: "1"}, "n": &ddb.AttributeValueMemberN{Value: "12345678901234567890123456789012345678"},
		"b": &ddb.AttributeValueMemberB{Value: []byte{0, 1}}, "bool": &ddb.AttributeValueMemberBOOL{Value: true},
		"null": &ddb.AttributeValueMemberNULL{Value: true}, "ss": &ddb.AttributeValueMemberSS{Value: []string{"a"}},
		"ns": &ddb.AttributeValueMemberNS{Value: []string{"1.5"}}, "bs": &ddb.AttributeValueMemberBS{Value: [][]byte{{2}}},
		"m": &ddb.AttributeValueMemberM{Value: map[string]ddb.AttributeValue{"l": &ddb.AttributeValueMemberL{Value: []ddb.AttributeValue{&ddb.AttributeValueMemberS{Value: ""}}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	const image = `{"id":{"S":"1"},"n":{"N":"12345678901234567890123456789012345678"},"b":{"B":"AAE="},"bool":{"BOOL":true},
		"null":{"NULL":true},"ss":{"SS":["a"]},"ns":{"NS":["1.5"]},"bs":{"BS":["Ag=="]},"m":{"M":{"l":{"L":[{"S":""}]}}}}`
	checkRecord(t, <-got, "INSERT", streamARN, image, "")
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: key}); err != nil {
		t.Fatal(err)
	}
	checkRecord(t, <-got, "REMOVE", streamARN, "", image)
}

// serverConfig is for the clients of the test's DynamoDB server.
func serverConfig(t *testing.T) aws.Config {
	t.Helper()
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(dynamotest.Endpoint(t)),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// createTable makes a table of the test's own.
func createTable(t *testing.T, client *dynamodb.Client) (table, streamARN string) {
	t.Helper()
	table = "lambdalocal-" + rand.Text()
	t.Cleanup(func() {
		_, _ = client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &table})
	})
	out, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: ddb.KeyTypeHash}},
		StreamSpecification:  &ddb.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: ddb.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
	return table, *out.TableDescription.LatestStreamArn
}

func checkRecord(t *testing.T, record json.RawMessage, operation, streamARN, newImage, oldImage string) {
	t.Helper()
	var r struct {
		EventName, EventSource, EventSourceARN, EventID string
		DynamoDB                                        struct {
			Keys, NewImage, OldImage    any
			SequenceNumber              string
			StreamViewType              string
			ApproximateCreationDateTime json.Number
		}
	}
	if err := json.Unmarshal(record, &r); err != nil {
		t.Fatal(err)
	}
	if r.EventName != operation || r.EventSource != "aws:dynamodb" || r.EventSourceARN != streamARN || r.EventID == "" ||
		r.DynamoDB.SequenceNumber == "" || r.DynamoDB.StreamViewType != "NEW_AND_OLD_IMAGES" ||
		!justNow(r.DynamoDB.ApproximateCreationDateTime) {
		t.Errorf("got %s", record)
	}
	for _, image := range []struct {
		want string
		got  any
	}{{`{"id":{"S":"1"}}`, r.DynamoDB.Keys}, {newImage, r.DynamoDB.NewImage}, {oldImage, r.DynamoDB.OldImage}} {
		var want any
		if image.want != "" {
			if err := json.Unmarshal([]byte(image.want), &want); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(want, image.got); d != "" {
			t.Errorf("%s: image (-want +got):\n%s", operation, d)
		}
	}
	var e events.DynamoDBEventRecord
	if err := json.Unmarshal(record, &e); err != nil {
		t.Errorf("events.DynamoDBEventRecord does not decode it: %v", err)
	}
}

// justNow reports whether a record's time is right and, as on AWS, a float.
func justNow(seconds json.Number) bool {
	n, err := seconds.Float64()
	return err == nil && strings.HasSuffix(seconds.String(), ".0") && time.Since(time.Unix(int64(n), 0)) < time.Minute
}

// streams is a stream with a parent and a child shard
// and whose every third call fails.
type streams struct {
	mu     sync.Mutex
	calls  int
	shards map[string][]string // sequence numbers of each shard
	dead   map[string]bool     // iterators that expired
}

func (s *streams) flaky() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls++; s.calls%3 == 0 {
		return &types.ExpiredIteratorException{Message: aws.String("gone")}
	}
	return nil
}

func (s *streams) DescribeStream(_ context.Context, in *dynamodbstreams.DescribeStreamInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error) {
	if err := s.flaky(); err != nil {
		return nil, err
	}
	d := &types.StreamDescription{
		Shards:               []types.Shard{{ShardId: aws.String("child"), ParentShardId: aws.String("parent")}},
		LastEvaluatedShardId: aws.String("child"),
	}
	if in.ExclusiveStartShardId != nil {
		d = &types.StreamDescription{Shards: []types.Shard{{ShardId: aws.String("parent"), ParentShardId: aws.String("trimmed")}}}
	}
	return &dynamodbstreams.DescribeStreamOutput{StreamDescription: d}, nil
}

func (s *streams) GetShardIterator(_ context.Context, in *dynamodbstreams.GetShardIteratorInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error) {
	if (in.ShardIteratorType == types.ShardIteratorTypeTrimHorizon) != (in.SequenceNumber == nil) {
		return nil, errors.New("a sequence number that does not go with the type")
	}
	iterator := *in.ShardId + ":" + aws.ToString(in.SequenceNumber)
	delete(s.dead, iterator)
	return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: &iterator}, nil
}

// GetRecords returns one record. Only a parent is closed at its end.
func (s *streams) GetRecords(_ context.Context, in *dynamodbstreams.GetRecordsInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
	if err := s.flaky(); err != nil || s.dead[*in.ShardIterator] {
		s.dead[*in.ShardIterator] = true
		return nil, errors.Join(err, errors.New("expired"))
	}
	id, after, _ := strings.Cut(*in.ShardIterator, ":")
	all := s.shards[id]
	for i, n := range all {
		if n > after {
			r := types.Record{Dynamodb: &types.StreamRecord{SequenceNumber: aws.String(n)}}
			next := aws.String(id + ":" + n)
			if id == "parent" && i == len(all)-1 {
				next = nil
			}
			return &dynamodbstreams.GetRecordsOutput{Records: []types.Record{r}, NextShardIterator: next}, nil
		}
	}
	return &dynamodbstreams.GetRecordsOutput{NextShardIterator: in.ShardIterator}, nil
}

func TestDynamoDBStreamSurvivesErrorsAndKeepsShardOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, log := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)...) })
		client := &streams{dead: map[string]bool{}, shards: map[string][]string{"parent": {"1", "2", "3"}, "child": {"4", "5"}}}
		if err := fn.MapStream(lambdalocal.DynamoDBStream(client, "arn")); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Minute)
		local.Close()
		if fmt.Sprint(got) != "[1 2 3 4 5]" || !strings.Contains(log.String(), "gone") {
			t.Errorf("got %v, logged %s", got, log)
		}
	})
}
