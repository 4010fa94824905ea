package attr

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/dynamotest"
	"github.com/asyncpatterns/asyncpatterns/jobstore/internal/value/valuetest"
)

// table is a table of a real server's.
type table struct {
	client *dynamodb.Client
	name   string
}

func newTable(t *testing.T) table {
	t.Helper()
	client := dynamodb.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(dynamotest.Endpoint(t)),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	name := "attr-" + t.Name()
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return table{client, name}
}

func (tab table) put(ctx context.Context, av types.AttributeValue) error {
	_, err := tab.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &tab.name, Item: map[string]types.AttributeValue{"id": str("a"), "v": av}})
	return err
}

func (tab table) get(ctx context.Context) (types.AttributeValue, error) {
	out, err := tab.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &tab.name, Key: map[string]types.AttributeValue{"id": str("a")}, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, err
	}
	return out.Item["v"], nil
}

// TestServerTakesWhatIsAccepted and returns it.
func TestServerTakesWhatIsAccepted(t *testing.T) {
	tab := newTable(t)
	for _, c := range valuetest.Accepted() {
		t.Run(c.Name, func(t *testing.T) {
			for _, v := range c.Values {
				roundTrip(t, v, func(av types.AttributeValue) types.AttributeValue {
					if err := tab.put(t.Context(), av); err != nil {
						t.Fatal(err)
					}
					got, err := tab.get(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					return got
				})
			}
		})
	}
}

// TestServerLimits are those by which values are refused.
func TestServerLimits(t *testing.T) {
	tab := newTable(t)
	deep := func(n int) types.AttributeValue {
		av := str("leaf")
		for range n {
			av = object("a", av)
		}
		return av
	}
	for _, c := range []struct {
		av    types.AttributeValue
		taken bool
	}{
		{deep(31), true},
		{deep(32), false},
		{num("12345678901234567890123456789012345678"), true},
		{num("123456789012345678901234567890123456789"), false},
		{num("1e-130"), true},
		{num("1e-131"), false},
		{num("9.9999999999999999999999999999999999999E+125"), true},
		{num("1e126"), false},
		{num("NaN"), false},
		{num(""), false},
		{&types.AttributeValueMemberSS{Value: []string{"", "a"}}, true},
		{&types.AttributeValueMemberSS{Value: []string{"a", "a"}}, false},
		{&types.AttributeValueMemberNS{Value: []string{"1", "1.0"}}, false},
		{&types.AttributeValueMemberSS{}, false},
	} {
		t.Run(fmt.Sprintf("%T", c.av), func(t *testing.T) {
			if err := tab.put(t.Context(), c.av); (err == nil) != c.taken {
				t.Errorf("%v: %v", c.av, err)
			}
			if reason := problem(c.av); (reason == "") != c.taken {
				t.Errorf("%v: problem %q", c.av, reason)
			}
		})
	}
}
