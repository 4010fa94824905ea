package lambdalocal

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal/internal/source"
)

// Stream is where a mapping reads its records: a [Feed] or a [DynamoDBStream].
// Several mappings may read one.
type Stream interface{ source() source.Stream }

type stream struct{ from source.Stream }

func (s stream) source() source.Stream { return s.from }

// Feed returns a stream of functions in this process, such as the method Changes of
// memstore's store. Each function is a shard. The shards are named shardId-0 and so
// on. Order is kept within a shard only, so all records of an item must be in one.
//
// A function returns up to limit records that follow the one with the sequence
// number after, or the first ones if after is empty. They have the shape of the
// elements of a DynamoDB event's Records. The function waits while there are none.
// If it returns none, it is called again a quarter of a second later.
//
// A mapping that begins at [Latest] first skips the records that exist. For that it
// calls the function with a context that has ended, until the function returns
// nothing or the error of the context.
//
// Records that are older than 24 hours by their ApproximateCreationDateTime are
// dropped, as they leave a real stream.
//
// Feed panics if there is no function, or if one is nil.
func Feed(changes ...func(ctx context.Context, after string, limit int) ([]json.RawMessage, error)) Stream {
	refuse(len(changes) == 0, "Feed: there is no function")
	for n, f := range changes {
		refuse(f == nil, "Feed: function %d of %d is nil", n+1, len(changes))
	}
	return stream{source.Feed(changes)}
}

// StreamsClient is what [DynamoDBStream] uses of *dynamodbstreams.Client.
type StreamsClient interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

// DynamoDBStream returns the stream of a table. Its ARN is the LatestStreamArn of
// DescribeTable. New shards are found as the stream makes them.
//
// A mapping that begins at [Latest] starts at the end of each open shard, and at the
// beginning of each shard that is found later.
//
// A shard that is gone, with its stream or after 24 hours, counts as read. Other errors
// are retried. The first, second, fourth, eighth and so on of them in a row are logged.
//
// DynamoDBStream panics if the client is nil. If the ARN is empty, MapStream fails.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func DynamoDBStream(client StreamsClient, streamARN string) Stream {
	refuse(client == nil, "DynamoDBStream: client is nil")
	return stream{source.DynamoDB(client, streamARN)}
}
