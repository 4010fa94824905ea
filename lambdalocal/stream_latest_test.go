package lambdalocal_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// growing is a stream that is written to while it is read. Each shard is the child of
// the previous one. All but the last are closed.
type growing struct {
	mu     sync.Mutex
	shards [][]string       // sequence numbers
	fail   error            // of the next GetRecords
	gone   map[string]error // of the iterators of a shard, and of reading it
	down   error            // of every DescribeStream
}

func (g *growing) do(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

func (g *growing) DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := &types.StreamDescription{}
	for i := range g.shards {
		sh := types.Shard{ShardId: aws.String(strconv.Itoa(i)), SequenceNumberRange: &types.SequenceNumberRange{StartingSequenceNumber: aws.String("0")}}
		if i > 0 {
			sh.ParentShardId = aws.String(strconv.Itoa(i - 1))
		}
		if i < len(g.shards)-1 {
			sh.SequenceNumberRange.EndingSequenceNumber = aws.String("9")
		}
		d.Shards = append(d.Shards, sh)
	}
	return &dynamodbstreams.DescribeStreamOutput{StreamDescription: d}, g.down
}

// GetShardIterator returns the shard and how many of its records to skip.
func (g *growing) GetShardIterator(_ context.Context, in *dynamodbstreams.GetShardIteratorInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.gone[*in.ShardId]; err != nil {
		return nil, err
	}
	shard, _ := strconv.Atoi(*in.ShardId)
	n := 0
	for i, sequence := range g.shards[shard] {
		if in.ShardIteratorType == types.ShardIteratorTypeLatest || aws.ToString(in.SequenceNumber) == sequence {
			n = i + 1
		}
	}
	if in.SequenceNumber != nil && n == 0 {
		return nil, &types.TrimmedDataAccessException{Message: aws.String("gone")}
	}
	return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: aws.String(fmt.Sprintf("%d %d", shard, n))}, nil
}

func (g *growing) GetRecords(_ context.Context, in *dynamodbstreams.GetRecordsInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.fail; err != nil {
		g.fail = nil
		return nil, err
	}
	var shard, n int
	fmt.Sscan(*in.ShardIterator, &shard, &n)
	if err := g.gone[strconv.Itoa(shard)]; err != nil {
		return nil, err
	}
	out := &dynamodbstreams.GetRecordsOutput{}
	for _, sequence := range g.shards[shard][n:] {
		out.Records = append(out.Records, types.Record{Dynamodb: &types.StreamRecord{
			SequenceNumber: aws.String(sequence), ApproximateCreationDateTime: aws.Time(time.Now()),
		}})
	}
	if shard == len(g.shards)-1 {
		out.NextShardIterator = aws.String(fmt.Sprintf("%d %d", shard, len(g.shards[shard])))
	}
	return out, nil
}

func TestDynamoDBStreamLatest(t *testing.T) {
	tests := map[string]struct {
		fail error  // of the first read
		want string // of shards 1 2 | 3 4, then 5, and a new shard with 6 7
	}{
		"no error":         {nil, "5 6 7"},
		"an error":         {errors.New("no connection"), "5 6 7"},
		"iterator expired": {&types.ExpiredIteratorException{Message: aws.String("gone")}, "6 7"}, // as Lambda may miss records
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, _ := newLocal(t)
				var got []string
				fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)...) })
				client := &growing{shards: [][]string{{"1", "2"}, {"3", "4"}}, fail: tt.fail}
				if err := fn.MapStream(lambdalocal.DynamoDBStream(client, "arn"), latest); err != nil {
					t.Fatal(err)
				}
				client.do(func() { client.shards[1] = append(client.shards[1], "5") })
				pass(time.Minute)
				client.do(func() { client.shards = append(client.shards, []string{"6"}) })
				pass(time.Minute)
				client.do(func() { client.shards[2] = append(client.shards[2], "7") })
				pass(time.Minute)
				local.Close()
				if strings.Join(got, " ") != tt.want {
					t.Errorf("got %q, want %s", got, tt.want)
				}
			})
		})
	}
}

// TestDynamoDBStreamGoesOnAfterTrimming: the record read last has left the stream.
func TestDynamoDBStreamGoesOnAfterTrimming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := newLocal(t)
		var got []string
		fn := add(t, local, "f", func(e events.DynamoDBEvent) { got = append(got, sequences(e)...) })
		client := &growing{shards: [][]string{{"1", "2"}}}
		if err := fn.MapStream(lambdalocal.DynamoDBStream(client, "arn")); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		client.do(func() { client.shards[0], client.fail = []string{"5", "6"}, &types.ExpiredIteratorException{} })
		pass(time.Minute)
		local.Close()
		if strings.Join(got, " ") != "1 2 5 6" {
			t.Errorf("got %q", got)
		}
	})
}

func TestDynamoDBStreamLatestFailsWithoutStream(t *testing.T) {
	local, _ := newLocal(t)
	down := errors.New("no connection")
	err := add(t, local, "f", echo).MapStream(lambdalocal.DynamoDBStream(&growing{down: down}, "arn"), latest)
	if !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
}

// TestDynamoDBStreamLatestOnServer puts an item before MapStream and one after.
func TestDynamoDBStreamLatestOnServer(t *testing.T) {
	cfg := serverConfig(t)
	client := dynamodb.NewFromConfig(cfg)
	table, streamARN := createTable(t, client)
	stream := lambdalocal.DynamoDBStream(dynamodbstreams.NewFromConfig(cfg), streamARN)
	put := func(id string) {
		t.Helper()
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{
			TableName: &table, Item: map[string]ddb.AttributeValue{"id": &ddb.AttributeValueMemberS{Value: id}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	local, _ := newLocal(t)
	got := make(chan string, 10)
	fn := add(t, local, "f", func(e events.DynamoDBEvent) {
		for _, r := range e.Records {
			got <- r.Change.Keys["id"].String()
		}
	})
	put("before")
	if err := fn.MapStream(stream, latest); err != nil {
		t.Fatal(err)
	}
	put("after")
	select {
	case id := <-got:
		if id != "after" {
			t.Errorf("got %s first", id)
		}
	case <-time.After(30 * time.Second):
		t.Error("nothing came")
	}
}
