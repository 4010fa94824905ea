package main

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// meter adds up what a flow takes.
type meter struct {
	*testing.T
	mu    sync.Mutex
	flow  counts
	sweep counts // of the scheduled invocations
}

// sweeping marks the context of a scheduled invocation.
type sweeping struct{}

func (m *meter) add(ctx context.Context, add func(*counts)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Value(sweeping{}) != nil {
		add(&m.sweep)
	} else {
		add(&m.flow)
	}
}

// check compares what a flow took with counts.json.
func (m *meter) check(flow string, got counts) {
	m.Helper()
	got.Seconds = math.Round(got.Seconds*100) / 100
	if got != measured[flow] {
		is, _ := json.Marshal(got)
		m.Errorf("counts.json has another %q: want %s", flow, is)
	}
}

// metered counts the invocations of a handler, and how long they wait.
type metered struct {
	lambda.Handler
	meter *meter
}

func (h metered) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if strings.Contains(string(event), `"detail-type":"Scheduled Event"`) {
		ctx = context.WithValue(ctx, sweeping{}, true)
	}
	began := time.Now()
	defer func() {
		h.meter.add(ctx, func(c *counts) { c.Invocations++; c.Seconds += time.Since(began).Seconds() })
	}()
	return h.Handler.Invoke(ctx, event)
}

// attach has the requests of a client counted, with the capacity that they take.
func (m *meter) attach(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("meter", m.measure), middleware.After)
	})
}

func (m *meter) measure(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	const all = types.ReturnConsumedCapacityIndexes
	switch in := in.Parameters.(type) {
	case *dynamodb.PutItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = all
	}
	out, metadata, err := next.HandleInitialize(ctx, in)
	if err != nil {
		m.Errorf("a request failed, and took units that no answer names: %v", err)
	}
	switch out := out.Result.(type) {
	case *dynamodb.PutItemOutput:
		m.wrote(out.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		m.wrote(out.ConsumedCapacity)
	case *dynamodb.GetItemOutput:
		m.read(ctx, out.ConsumedCapacity)
	case *dynamodb.QueryOutput:
		m.read(ctx, out.ConsumedCapacity)
	default:
		m.Errorf("the meter does not know %T", out)
	}
	return out, metadata, err
}

// wrote counts a write, also that of a scheduled invocation: it starts a job.
func (m *meter) wrote(capacity *types.ConsumedCapacity) {
	m.add(context.Background(), func(c *counts) {
		c.Requests++
		c.Writes += *capacity.Table.CapacityUnits
		for _, index := range capacity.GlobalSecondaryIndexes {
			c.IndexWrites += *index.CapacityUnits
		}
	})
}

func (m *meter) read(ctx context.Context, capacity *types.ConsumedCapacity) {
	m.add(ctx, func(c *counts) {
		c.Requests++
		c.Reads += *capacity.CapacityUnits
	})
}

// virtually runs f in virtual time, which begins at the real one: that of the server.
func virtually(t *testing.T, f func(*testing.T)) {
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		f(t)
	})
}
