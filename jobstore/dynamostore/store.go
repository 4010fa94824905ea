package dynamostore

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// Client is what a [Store] needs of the DynamoDB client. [dynamodb.Client] is one.
type Client interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

// Store is a [jobstore.JobStore] in a DynamoDB table. Make one with [New].
type Store[In, Out any] struct {
	client Client
	table  string
	opts   Options
	names  map[string]string // of attributes, by what expressions call them
}

// New returns a store of the jobs in table. It does no I/O. It fails when table is
// neither the name nor the ARN of a table, or the Retention is less than a minute. It panics when client is nil, another option
// is out of range, or values of In or Out would not come back from the table, see [driver.CheckTypes].
func New[In, Out any](client Client, table string, opts ...func(*Options)) (*Store[In, Out], error) {
	if client == nil {
		panic("dynamostore: New: client is nil")
	}
	if err := driver.CheckTypes[In, Out](); err != nil {
		panic("dynamostore: New: " + err.Error())
	}
	o := options("dynamostore: New", opts)
	if err := driver.CheckRetention("dynamostore: New", o.Retention); err != nil {
		return nil, err
	}
	if err := checkTable("dynamostore: New", table); err != nil {
		return nil, err
	}
	return &Store[In, Out]{client: client, table: table, opts: o, names: o.names()}, nil
}

// key is the key of a job's item.
func (s *Store[In, Out]) key(id string) item {
	key := item{s.opts.Attributes.ID: str(id)}
	if sort := s.opts.SortKey; sort.Name != "" {
		key[sort.Name] = str(sort.Value(id))
	}
	return key
}

// checkKey returns err, or what is wrong with the sort key of an ID that is right.
func (s *Store[In, Out]) checkKey(id string, err error) error {
	sort := s.opts.SortKey
	if err != nil || sort.Name == "" {
		return err
	}
	if v := sort.Value(id); v == "" || len(v) > maxSortKeyBytes || !utf8.ValidString(v) {
		return fmt.Errorf("%w: %s is %d bytes, want UTF-8 of 1 to %d bytes", jobstore.ErrInvalid, sort.Name, len(v), maxSortKeyBytes)
	}
	return nil
}
