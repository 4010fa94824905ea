// Package localtest is for tests with lambdalocal, in which lambda is the SDK's client.
package localtest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

var (
	_ context.Context
	_ = errors.New
	_ *testing.T
	_ = synctest.Test
	_ = time.Second
	_ = awslambda.Start
	_ = aws.String
	_ *lambda.Client
	_ = lambdalocal.New
	_ = selfinvoke.Wrap
)
