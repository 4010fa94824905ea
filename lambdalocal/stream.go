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

// Feed returns a stream with a shard for each of the functions, named shardId-0
// and so on. Each returns up to limit records after the one with the given
// sequence number (from the beginning when that is empty), in the shape of the
// elements of a DynamoDB event's Records, and waits while there are none; one that
// returns none is asked again a quarter of a second later. The method Changes of
// memstore is one. Order is kept within a shard only, so the
// records of an item belong in the same one.
//
// For a mapping that begins at [Latest], what there is already is read with a
// context that has ended: the function must return records even so, and an
// error of the context, or nothing, when there are none left.
//
// A record that is older than 24 hours by its ApproximateCreationDateTime is
// gone, as from a real stream.
//
// Feed panics without a function, and for one that is nil.
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

// DynamoDBStream returns the stream of a table, as LatestStreamArn of
// DescribeTable names it. New shards are found as the stream makes them. It panics
// when the client is nil; an empty ARN is an error of MapStream.
//
// A mapping that begins at [Latest] begins at the end of each shard that is open
// then, and at the beginning of each that is found later.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func DynamoDBStream(client StreamsClient, streamARN string) Stream {
	refuse(client == nil, "DynamoDBStream: client is nil")
	return stream{source.DynamoDB(client, streamARN)}
}
