package crosscheck_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestHistoriesOfDynamostore does the same on a DynamoDB server. Beside the workers,
// the network delivers copies of earlier requests, at any time: they must not change
// anything.
func TestHistoriesOfDynamostore(t *testing.T) {
	client := dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(dynamotest.Endpoint(t)), Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	table := fmt.Sprintf("histories-%d", time.Now().UnixNano())
	if _, err := dynamostore.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	checkHistories(t, 150, func(h *history) {
		network := &copying{Client: client}
		store, err := dynamostore.New[string, string](network, table, func(o *dynamostore.Options) { o.Now = h.now })
		if err != nil {
			t.Fatal(err)
		}
		h.store, h.replay = store, network.replay
	})
}

// copying keeps the writes that took effect, and can deliver them again. A claim that
// was refused is left out: its copy is as good as a claim of that moment, and refused
// only when the job has returned to pending since.
type copying struct {
	*dynamodb.Client
	mu   sync.Mutex
	sent []func(context.Context)
}

func (c *copying) keep(err error, again func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.sent = append(c.sent, again)
	}
}

func (c *copying) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	out, err := c.Client.PutItem(ctx, in, opts...)
	c.keep(err, func(ctx context.Context) { _, _ = c.Client.PutItem(ctx, in) })
	return out, err
}

func (c *copying) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	out, err := c.Client.UpdateItem(ctx, in, opts...)
	c.keep(err, func(ctx context.Context) { _, _ = c.Client.UpdateItem(ctx, in) })
	return out, err
}

// replay delivers a copy of a request whose original has been answered.
func (c *copying) replay(r *rand.Rand) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sent) > 0 {
		c.sent[r.IntN(len(c.sent))](context.Background())
	}
}
