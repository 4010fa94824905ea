package queryjob

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// Store returns the jobs behind the AppSync API at APPSYNC_URL, whose subscribers see
// every change. Without that variable it returns those in the DynamoDB table
// TABLE with the index INDEX. Without an index a sweep scans the table.
func Store() Jobs {
	cfg := setup.Config()
	if url := os.Getenv("APPSYNC_URL"); url != "" {
		return setup.Must(appsyncstore.New[string, string](url, "QueryJob", appsyncstore.IAM(cfg), func(o *appsyncstore.Options) {
			o.Extra, o.Select = owned, []string{"owner"} // subscriptions filter by it
		}))
	}
	return setup.Must(dynamostore.New[string, string](dynamodb.NewFromConfig(cfg), setup.Env("TABLE"), func(o *dynamostore.Options) {
		o.Index = os.Getenv("INDEX")
	}))
}
