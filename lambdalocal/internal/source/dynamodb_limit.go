package source

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/asyncpatterns/asyncpatterns/internal/outbound"
)

const requestLimit = 10 * time.Second // with the SDK's retries

// limited sends a request that ends after the limit, whatever is answered.
func limited[In, Out any](ctx context.Context, send func(context.Context, *In, ...func(*dynamodbstreams.Options)) (*Out, error), in *In) (*Out, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	return send(ctx, in, func(o *dynamodbstreams.Options) {
		if o.HTTPClient != nil {
			o.HTTPClient = outbound.Bounded(o.HTTPClient)
		}
	})
}
