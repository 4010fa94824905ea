package selfinvoke_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

func ExampleWrap() {
	client := &fake{} // lambda.NewFromConfig(cfg)
	greet := selfinvoke.NewTask("greet", client, func(_ context.Context, name string) error {
		fmt.Println("slowly: hello,", name)
		return nil
	})
	handler := selfinvoke.Wrap(lambda.NewHandler(func(ctx context.Context, name string) (string, error) {
		return "got it", greet.Invoke(ctx, name)
	}), greet)

	// Lambda calls the function twice: with the caller's event, and with its own.
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		InvokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:greeter",
	})
	out, err := handler.Invoke(ctx, []byte(`"Rosario"`))
	fmt.Println(string(out), err)
	_, err = handler.Invoke(ctx, client.calls[0].Payload)
	fmt.Println(err)
	// Output:
	// "got it" <nil>
	// slowly: hello, Rosario
	// <nil>
}
