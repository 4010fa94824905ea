package appsynctest

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// DynamoDB returns a client of the server that has the table.
func (a *API) DynamoDB() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{BaseEndpoint: &a.Endpoint, Region: a.Region, Credentials: a.Processor()})
}

// createTable makes what Amplify makes for the model with this identifier.
func (a *API) createTable(key ...string) error {
	a.key = key
	a.Table = "QueryJob-" + rand.Text() + "-NONE"
	input := dynamodb.CreateTableInput{
		TableName:           &a.Table,
		BillingMode:         types.BillingModePayPerRequest,
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	}
	for i, name := range key {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS})
		input.KeySchema = append(input.KeySchema, types.KeySchemaElement{AttributeName: &name, KeyType: []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}[i]})
	}
	if _, err := a.DynamoDB().CreateTable(context.Background(), &input); err != nil {
		return fmt.Errorf("table of the API: %w", err)
	}
	return nil
}
